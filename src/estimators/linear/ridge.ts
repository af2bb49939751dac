import { choleskyFactor, choleskySolve } from './cholesky.ts';
import type { LinearTerms } from './linearTerms.ts';
import { designMatrix, fitTerms, type PreprocessingParams } from './preprocessing.ts';

export interface RidgeParams extends PreprocessingParams {
  /** λ of Σ w·(y − z)² + λ·‖β‖²: a coefficient is shrunk as by λ rows that say nothing. */
  readonly lambda: number;
}

/** Ridge regression by its normal equations on preprocessed columns; undefined when no column varies. Columns and rows are taken in the order given. */
export function fitRidge(names: readonly string[], columns: readonly Float64Array[], y: Float64Array, weights: Float64Array, params: RidgeParams): LinearTerms | undefined {
  const terms = fitTerms(columns, weights, params);
  const p = terms.length;
  if (p === 0) return undefined;
  const rows = y.length;
  const design = designMatrix(terms, params.clip, columns, rows);
  const size = p + 1;
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let i = 0; i < rows; i++) {
    const w = weights[i];
    const from = i * p;
    for (let a = 0; a < p; a++) {
      const scaled = w * design[from + a];
      for (let b = 0; b <= a; b++) normal[a * size + b] += scaled * design[from + b];
      normal[p * size + a] += scaled;
      right[a] += scaled * y[i];
    }
    normal[p * size + p] += w;
    right[p] += w * y[i];
  }
  // The least ridge keeps repeated columns solvable.
  for (let a = 0; a < p; a++) normal[a * size + a] += Math.max(params.lambda, 1e-8 * normal[p * size + p]);
  const factor = choleskyFactor(normal, size);
  if (factor === undefined) return undefined;
  const solution = choleskySolve(factor, size, right);
  return { columns: [...names], terms, clip: params.clip, coefficients: solution.slice(0, p), intercept: solution[p] };
}
