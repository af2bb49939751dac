/**
 * More terms than rows: the ridge optimum is a sum of the rows (Hastie & Tibshirani 2004, "Efficient quadratic regularization for expression arrays"), so it is found over as many
 * parameters as there are rows. With X Xᵀ = L Lᵀ the rows of L stand for those of X, under the same penalty, and β = Xᵀ L⁻ᵀ γ.
 */
import { cholesky } from '../../math/linear.ts';
import type { Design, DesignColumn } from '../preprocessing/design.ts';
import type { SmoothLoss } from './smoothLoss.ts';

/** A design of as many columns as rows that stands for a wider one; parameters end with the intercept, which stays as it is. */
export interface NarrowDesign {
  readonly design: Design;
  /** Parameters of the narrow problem as those of the wide one. */
  readonly widen: (parameters: Float64Array) => Float64Array;
  /** The other way; exact for sums of the rows. */
  readonly shrink: (parameters: Float64Array) => Float64Array;
}

/** The same problem over fewer parameters. */
export interface Narrow {
  readonly loss: SmoothLoss;
  readonly design: NarrowDesign;
}

/** Terms from which on it pays. */
const LEAST_TERMS = 150;
/** Share of the mean square of a row that is added to the diagonal, so that equal rows have a factor too. */
const ROUNDING = 1e-13;

export const isWide = (rows: number, terms: number): boolean => terms >= LEAST_TERMS && terms > 1.5 * rows;

/** Of designs that are still in use: all folds and penalties of a fit have one. */
const made = new WeakMap<Design, { readonly from: number; readonly to: number; readonly narrow: NarrowDesign | undefined }>();

/** @param lossOver the loss over another design of the same rows; its last parameter is the intercept @returns undefined when the rows have no factor */
export function narrowed(design: Design, from: number, to: number, lossOver: (design: Design) => SmoothLoss): Narrow | undefined {
  let known = made.get(design);
  if (known?.from !== from || known.to !== to) {
    known = { from, to, narrow: narrowDesign(design, from, to) };
    made.set(design, known);
  }
  return known.narrow === undefined ? undefined : { loss: lossOver(known.narrow.design), design: known.narrow };
}

function narrowDesign({ columns }: Design, from: number, to: number): NarrowDesign | undefined {
  const rows = to - from;
  const lower = cholesky(rowProducts(columns, from, rows), rows);
  if (lower === undefined) return undefined;
  const narrow: Float64Array[] = Array.from({ length: rows }, (_, j) => {
    const column = new Float64Array(to);
    for (let i = j; i < rows; i++) column[from + i] = lower[i * rows + j];
    return column;
  });
  const values = new Float64Array(rows);
  return {
    design: { rows: to, columns: narrow },
    widen(parameters) {
      const shares = Float64Array.from(parameters.subarray(0, rows));
      for (let i = rows - 1; i >= 0; i--) {
        shares[i] /= lower[i * rows + i];
        for (let k = 0; k < i; k++) shares[k] -= lower[i * rows + k] * shares[i];
      }
      const wide = new Float64Array(columns.length + 1);
      columns.forEach((column, c) => {
        read(column, from, values);
        let sum = 0;
        for (let i = 0; i < rows; i++) sum += values[i] * shares[i];
        wide[c] = sum;
      });
      wide[columns.length] = parameters[rows];
      return wide;
    },
    shrink(parameters) {
      const short = new Float64Array(rows + 1);
      columns.forEach((column, c) => {
        if (parameters[c] === 0) return;
        read(column, from, values);
        for (let i = 0; i < rows; i++) short[i] += parameters[c] * values[i];
      });
      for (let i = 0; i < rows; i++) {
        for (let k = 0; k < i; k++) short[i] -= lower[i * rows + k] * short[k];
        short[i] /= lower[i * rows + i];
      }
      short[rows] = parameters[columns.length];
      return short;
    },
  };
}

/** X Xᵀ, the lower triangle, four columns at a time so that it is read and written once for four. */
function rowProducts(columns: readonly DesignColumn[], from: number, rows: number): Float64Array {
  const products = new Float64Array(rows * rows);
  const [a, b, c, d] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  for (let at = 0; at < columns.length; at += 4) {
    [a, b, c, d].forEach((values, k) => (at + k < columns.length ? read(columns[at + k], from, values) : values.fill(0)));
    for (let i = 0; i < rows; i++) addMultiples(products, i * rows, i + 1, a, a[i], b, b[i], c, c[i], d, d[i]);
  }
  let trace = 0;
  for (let i = 0; i < rows; i++) trace += products[i * rows + i];
  for (let i = 0; i < rows; i++) products[i * rows + i] += ROUNDING * (trace / rows) + Number.MIN_VALUE;
  return products;
}

function addMultiples(out: Float64Array, at: number, count: number, a: Float64Array, u: number, b: Float64Array, v: number, c: Float64Array, w: number, d: Float64Array, x: number): void {
  for (let j = 0; j < count; j++) out[at + j] += u * a[j] + v * b[j] + (w * c[j] + x * d[j]);
}

function read(column: DesignColumn, from: number, out: Float64Array): void {
  if (column instanceof Float64Array) for (let i = 0; i < out.length; i++) out[i] = column[from + i];
  else for (let i = 0; i < out.length; i++) out[i] = column.table[column.codes[from + i]];
}
