/**
 * ln L of (M)BG/NBD and (M)BG/CNBD-k over compressed histories, with first and second derivatives by (r, α, a, b).
 *
 * With R = r + k x, ψ = ln Σ c_j of nbd.ts (0 for k = 1), D = ln((α + T) ÷ (α + t_x)) and v = f(x) + R D − ψ, the log-odds of having left, a history adds
 *     w [C(x) − R ln(α + T) + ψ + ln(1 + e^v)].
 * C and f, which hold all gamma functions, depend on x alone. So rows, which come sorted by (x, T), only add to ten sums of a block of equal x, from which all fourteen derivatives follow.
 */
import { GammaSteps } from '../../math/specialGammaSteps.ts';
import type { Likelihood } from './family.ts';
import type { CompressedHistories } from './history.ts';
import { firstOrderFlips } from './nbd.ts';
import type { NbdModel } from './nbd.ts';
import { BY_ALPHA, BY_ALPHA2, BY_R, BY_RR, BY_R_ALPHA, DOUBT, DOUBT_ALPHA, DOUBT_R, LEFT, MASS, SUMS, VALUE, addRegularRun, addRun } from './nbdSums.ts';

/** Rows that follow one another with equal (x, T), by the row after their last one; and blocks of equal x likewise, by the run after their last one. */
function runsOf({ x, T }: CompressedHistories): { readonly runs: Int32Array; readonly blocks: Int32Array } {
  const rows = x.length;
  const [runs, blocks] = [new Int32Array(rows), new Int32Array(rows)];
  let run = 0;
  let block = 0;
  for (let i = 1; i <= rows; i++) {
    if (i < rows && x[i] === x[i - 1] && T[i] === T[i - 1]) continue;
    runs[run++] = i;
    if (i === rows || x[i] !== x[i - 1]) blocks[block++] = run;
  }
  return { runs: runs.slice(0, run), blocks: blocks.slice(0, block) };
}

/** By (r, α, a, b): value, gradient, and the upper triangle of the Hessian, row by row. */
const TOTALS = 15;

/** Adds a block of n = x + s possible departures; `steps` hold Γ(r + k x), Γ(b + n) and Γ(a + b + n) beside those of x = 0 and n = 0. */
function addBlock(p: Float64Array, flipB: number, steps: readonly GammaSteps[], sums: Float64Array, totals: Float64Array): void {
  const [orders, stays, flips] = steps;
  const r = p[0];
  const alpha = p[1];
  const a = p[2];
  const mass = sums[MASS];
  const left = sums[LEFT];
  const doubt = sums[DOUBT];
  const logAlpha = Math.log(alpha);
  totals[0] += mass * (orders.log + stays.log - flips.log + r * logAlpha) + sums[VALUE];
  totals[1] += mass * (orders.slope + logAlpha) + sums[BY_R];
  totals[2] += (mass * r) / alpha + sums[BY_ALPHA];
  totals[3] += left / a - mass * flips.slope;
  totals[4] += mass * (stays.slope - flips.slope) - left * flipB;
  totals[5] += mass * orders.curve + sums[BY_RR];
  totals[6] += mass / alpha + sums[BY_R_ALPHA];
  totals[7] += sums[DOUBT_R] / a;
  totals[8] -= sums[DOUBT_R] * flipB;
  totals[9] += sums[BY_ALPHA2] - (mass * r) / (alpha * alpha);
  totals[10] += sums[DOUBT_ALPHA] / a;
  totals[11] -= sums[DOUBT_ALPHA] * flipB;
  totals[12] += (doubt - left) / (a * a) - mass * flips.curve;
  totals[13] -= mass * flips.curve + (doubt * flipB) / a;
  totals[14] += mass * (stays.curve - flips.curve) + (doubt + left) * flipB * flipB;
}

/** The likelihood of a data set: what depends on the data alone is worked out here, once. */
export function nbdLikelihood(data: CompressedHistories, model: NbdModel, k: number): Likelihood {
  const { runs, blocks } = runsOf(data);
  const { x: xs, T } = data;
  const s = firstOrderFlips(model);
  const [sums, totals] = [new Float64Array(SUMS), new Float64Array(TOTALS)];
  return (p, gradient, hessian) => {
    totals.fill(0);
    const steps = [new GammaSteps(p[0]), new GammaSteps(p[3]), new GammaSteps(p[2] + p[3])];
    for (let block = 0, run = 0, row = 0; block < blocks.length; block++) {
      const x = xs[row];
      const n = x + s;
      const R = p[0] + k * x;
      const logFlip = n === 0 ? -Infinity : Math.log(p[2] / (p[3] + n - 1));
      steps[0].to(k * x);
      steps[1].to(n);
      steps[2].to(n);
      sums.fill(0);
      for (; run < blocks[block]; row = runs[run++]) {
        if (k === 1 && n > 0) addRun(data, row, runs[run], p[1], T[row], R, logFlip, sums);
        else addRegularRun(data, row, runs[run], p[1], T[row], R, logFlip, k, sums);
      }
      addBlock(p, n === 0 ? 0 : 1 / (p[3] + n - 1), steps, sums, totals);
    }
    gradient.set(totals.subarray(1, 5));
    if (hessian !== undefined) {
      for (let i = 0, at = 5; i < 4; i++) for (let j = i; j < 4; j++, at++) hessian[4 * i + j] = hessian[4 * j + i] = totals[at];
    }
    return totals[0];
  };
}
