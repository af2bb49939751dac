/**
 * Matrix factorisation for implicit feedback (Hu, Koren & Volinsky 2008): minimises Σ c_ui (p_ui − x_uᵀ y_i)² + λ (Σ ‖x_u‖² + Σ ‖y_i‖²) with p_ui = 1 where u bought i and
 * c_ui = 1 + α r_ui, by alternating least squares. Every row's system is solved exactly, so the factors do not depend on how rows are dealt out, and items alone make up the
 * artefact: a customer's factors follow from the history when they are asked for.
 */
import { seededRandom } from '../../base/random.ts';
import { AppError } from '../../base/errors.ts';
import type { FitContext } from '../contract.ts';

/** Rows × columns with the positive strengths r; row u is [starts[u], starts[u + 1]). */
export interface SparseRows {
  readonly columns: number;
  readonly starts: Int32Array;
  readonly at: Int32Array;
  readonly strength: Float64Array;
}

export interface AlsParams {
  readonly factors: number;
  /** λ. */
  readonly regularisation: number;
  /** α: how much surer a bought item is than one that was not. */
  readonly alpha: number;
  readonly iterations: number;
}

export const ALS_DEFAULTS: AlsParams = { factors: 16, regularisation: 1, alpha: 10, iterations: 8 };

/** The other way round: one row per column of `rows`. */
export function transpose({ columns, starts, at, strength }: SparseRows): SparseRows {
  const counts = new Int32Array(columns + 1);
  for (const column of at) counts[column + 1]++;
  for (let c = 0; c < columns; c++) counts[c + 1] += counts[c];
  const next = counts.slice();
  const [rowAt, values] = [new Int32Array(at.length), new Float64Array(at.length)];
  for (let u = 0; u + 1 < starts.length; u++) {
    for (let i = starts[u]; i < starts[u + 1]; i++) {
      const place = next[at[i]]++;
      rowAt[place] = u;
      values[place] = strength[i];
    }
  }
  return { columns: starts.length - 1, starts: counts, at: rowAt, strength: values };
}

/** YᵀY of rows × k factors, row-major k × k. */
export function gram(factors: Float64Array, k: number): Float64Array {
  const sum = new Float64Array(k * k);
  for (let row = 0; row < factors.length; row += k) {
    for (let a = 0; a < k; a++) {
      const value = factors[row + a];
      if (value === 0) continue;
      for (let b = a; b < k; b++) sum[a * k + b] += value * factors[row + b];
    }
  }
  for (let a = 0; a < k; a++) for (let b = 0; b < a; b++) sum[a * k + b] = sum[b * k + a];
  return sum;
}

/** Writes the factors of a row, whose entries are [start, end) of `at` and `strength`, into `out` at `offset`. */
export type RowSolver = (at: ArrayLike<number>, strength: ArrayLike<number>, start: number, end: number, out: Float64Array, offset: number) => void;

/** Solves rows one at a time against fixed factors and keeps the memory for it: (YᵀY + Yᵀ(C − I)Y + λI) x = YᵀC p (eq. 4). */
export function rowSolver(factors: Float64Array, { factors: k, alpha, regularisation }: AlsParams): RowSolver {
  const base = gram(factors, k);
  for (let a = 0; a < k; a++) base[a * k + a] += regularisation;
  const m = new Float64Array(k * k);
  return (at, strength, start, end, out, offset) => {
    m.set(base);
    out.fill(0, offset, offset + k);
    for (let i = start; i < end; i++) {
      const row = at[i] * k;
      const extra = alpha * strength[i];
      for (let a = 0; a < k; a++) {
        const value = extra * factors[row + a];
        out[offset + a] += (1 + extra) * factors[row + a];
        for (let b = 0; b <= a; b++) m[a * k + b] += value * factors[row + b];
      }
    }
    solveInPlace(m, k, out, offset);
  };
}

/** Cholesky over the lower half of `m`, then both substitutions on `x`; λ > 0 makes every matrix here positive definite. */
function solveInPlace(m: Float64Array, k: number, x: Float64Array, offset: number): void {
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = m[i * k + j];
      for (let p = 0; p < j; p++) sum -= m[i * k + p] * m[j * k + p];
      m[i * k + j] = i === j ? Math.sqrt(sum) : sum / m[j * k + j];
    }
  }
  for (let i = 0; i < k; i++) {
    let sum = x[offset + i];
    for (let p = 0; p < i; p++) sum -= m[i * k + p] * x[offset + p];
    x[offset + i] = sum / m[i * k + i];
  }
  for (let i = k - 1; i >= 0; i--) {
    let sum = x[offset + i];
    for (let p = i + 1; p < k; p++) sum -= m[p * k + i] * x[offset + p];
    x[offset + i] = sum / m[i * k + i];
  }
}

function solveRows(rows: SparseRows, against: Float64Array, params: AlsParams, out: Float64Array): void {
  const solve = rowSolver(against, params);
  for (let u = 0; u + 1 < rows.starts.length; u++) solve(rows.at, rows.strength, rows.starts[u], rows.starts[u + 1], out, u * params.factors);
}

/** Starting factors of a column, from its name alone: the order of columns does not matter. */
function startOf(seed: string, name: string, k: number, into: Float64Array, offset: number): void {
  const rng = seededRandom('als', seed, name);
  for (let a = 0; a < k; a++) into[offset + a] = (0.1 / Math.sqrt(k)) * rng.normal();
}

/** Column factors, columns × k row-major. @param names one per column; with `seed` they decide where the factors start. @throws AppError `cancelled`. */
export function fitAls(rows: SparseRows, names: readonly string[], params: AlsParams, seed: string, context: Pick<FitContext, 'signal' | 'cancelled'> = {}): Float64Array {
  const k = params.factors;
  const columns = new Float64Array(rows.columns * k);
  names.forEach((name, column) => { startOf(seed, name, k, columns, column * k); });
  const users = new Float64Array((rows.starts.length - 1) * k);
  const back = transpose(rows);
  for (let iteration = 0; iteration < params.iterations; iteration++) {
    if (context.signal?.aborted === true || (context.cancelled?.[0] ?? 0) !== 0) throw new AppError('cancelled', 'Factorising purchases was cancelled.', { hint: 'Run `tagcast train` again.' });
    solveRows(rows, columns, params, users);
    solveRows(back, users, params, columns);
  }
  return columns;
}

/** Σ c (p − xᵀy)² + λ(‖X‖² + ‖Y‖²): what the alternation brings down. Dense, for tests and small tables. */
export function alsLoss(rows: SparseRows, users: Float64Array, columns: Float64Array, { factors: k, alpha, regularisation }: AlsParams): number {
  let loss = 0;
  const strength = new Float64Array(rows.columns);
  for (let u = 0; u + 1 < rows.starts.length; u++) {
    strength.fill(0);
    for (let i = rows.starts[u]; i < rows.starts[u + 1]; i++) strength[rows.at[i]] = rows.strength[i];
    for (let c = 0; c < rows.columns; c++) {
      let dot = 0;
      for (let a = 0; a < k; a++) dot += users[u * k + a] * columns[c * k + a];
      loss += (1 + alpha * strength[c]) * ((strength[c] > 0 ? 1 : 0) - dot) ** 2;
    }
  }
  for (const values of [users, columns]) for (const value of values) loss += regularisation * value * value;
  return loss;
}
