/** Nelder–Mead simplex search (1965) with the dimension-dependent coefficients of Gao & Han (2012). Needs no derivatives. */
import { throwIfCancelled } from '../base/errors.ts';
import type { Objective, OptimiseOptions, OptimiseResult } from './optimise.ts';

/** Minimises `objective` from `start`. Converged: the values of the simplex agree within `valueTolerance` and its points within 1e-7. */
export function minimiseNelderMead(objective: Objective, start: Float64Array, options: OptimiseOptions = {}): OptimiseResult {
  const n = start.length;
  const { maxIterations = 500 * n, valueTolerance = 1e-13, signal } = options;
  const expand = 1 + 2 / n;
  const contract = n === 1 ? 0.5 : 0.75 - 1 / (2 * n);
  const shrink = n === 1 ? 0.5 : 1 - 1 / n;
  let evaluations = 0;
  const at = (x: Float64Array): { x: Float64Array; value: number } => {
    evaluations++;
    const value = objective(x);
    return { x, value: Number.isNaN(value) ? Infinity : value };
  };
  let simplex = [at(Float64Array.from(start))];
  for (let i = 0; i < n; i++) {
    const x = Float64Array.from(start);
    x[i] += 0.1 * Math.max(Math.abs(x[i]), 1);
    simplex.push(at(x));
  }
  let iterations = 0;
  let converged = false;
  for (; iterations < maxIterations; iterations++) {
    throwIfCancelled(signal, 'The optimisation');
    simplex.sort((p, q) => p.value - q.value);
    const best = simplex[0];
    const worst = simplex[n];
    let width = 0;
    for (const point of simplex) for (let i = 0; i < n; i++) width = Math.max(width, Math.abs(point.x[i] - best.x[i]) / Math.max(1, Math.abs(best.x[i])));
    if (worst.value - best.value <= valueTolerance && width <= 1e-7) {
      converged = Number.isFinite(best.value);
      break;
    }
    const centre = new Float64Array(n);
    for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) centre[i] += simplex[k].x[i] / n;
    const along = (t: number): { x: Float64Array; value: number } => at(centre.map((c, i) => c + t * (c - worst.x[i])));
    const reflected = along(1);
    if (reflected.value < best.value) {
      const expanded = along(expand);
      simplex[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[n - 1].value) {
      simplex[n] = reflected;
    } else {
      const contracted = reflected.value < worst.value ? along(contract) : along(-contract);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[n] = contracted;
      else simplex = simplex.map((point, k) => (k === 0 ? point : at(point.x.map((v, i) => best.x[i] + shrink * (v - best.x[i])))));
    }
  }
  simplex.sort((p, q) => p.value - q.value);
  return { x: simplex[0].x, value: simplex[0].value, gradientNorm: NaN, iterations, evaluations, converged };
}
