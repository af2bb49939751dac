/**
 * Static covariates (Fader & Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models"): what does not change about a customer
 * scales the parameters of their order process, α_i = α e^(−γ'z) and the like. Columns are standardised, so that γ compares, and a missing value counts as the mean.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { distinctRows, groupRows } from '../../math/stats/groupRows.ts';
import { compressColumns, requireColumn } from './history.ts';
import type { Histories } from './history.ts';
import type { Group } from './meanLoss.ts';

/** More would make explanations (2^inputs evaluations) slow. */
export const MOST_COVARIATES = 4;

export const covariateSchema = z.strictObject({
  column: z.string(),
  mean: z.number().finite(),
  scale: z.number().positive().finite(),
  /** One number per scaled parameter of the model. */
  effects: z.array(z.number().finite()),
});
export type CovariateTerm = z.infer<typeof covariateSchema>;
export type Standard = Omit<CovariateTerm, 'effects'>;

/** Mean and standard deviation of each column over the rows, independent of their order. A constant column has scale 1. */
export function standardise(matrix: Matrix, names: readonly string[], rows: ArrayLike<number>, weights: Float64Array): Standard[] {
  return names.map((column) => {
    const values = requireColumn(matrix, column);
    const present = Array.from({ length: rows.length }, (_, i) => i).filter((i) => Number.isFinite(values[rows[i]]));
    const { values: [distinct], weight } = distinctRows([Float64Array.from(present, (i) => values[rows[i]])], Float64Array.from(present, (i) => weights[i]));
    const total = weight.reduce((a, b) => a + b, 0);
    const mean = total > 0 ? distinct.reduce((sum, value, i) => sum + weight[i] * value, 0) / total : 0;
    const variance = total > 0 ? distinct.reduce((sum, value, i) => sum + weight[i] * (value - mean) ** 2, 0) / total : 0;
    return { column, mean, scale: variance > 1e-24 * mean * mean ? Math.sqrt(variance) : 1 };
  });
}

/** Standardised covariates of the rows, one array per term; 0 where a value is missing. */
export function covariatesOf(matrix: Matrix, terms: readonly Standard[], rows: ArrayLike<number>): Float64Array[] {
  return terms.map(({ column, mean, scale }) => {
    const values = requireColumn(matrix, column);
    return Float64Array.from({ length: rows.length }, (_, i) => {
      const value = (values[rows[i]] - mean) / scale;
      return Number.isFinite(value) ? value : 0;
    });
  });
}

/** Histories grouped by equal covariates, in ascending order of them. */
export function groupsOf(histories: Histories, weights: Float64Array, columns: readonly Float64Array[]): Group[] {
  if (columns.length === 0) return [{ data: compressColumns(histories, weights), z: [] }];
  const rows = weights.length;
  const { group, firsts } = groupRows(columns, rows);
  const members: number[][] = Array.from(firsts, () => []);
  for (let i = 0; i < rows; i++) members[group[i]].push(i);
  const groups = members.map((list) => {
    const take = (values: Float64Array): Float64Array => Float64Array.from(list, (i) => values[i]);
    return { data: compressColumns({ x: take(histories.x), tx: take(histories.tx), T: take(histories.T) }, take(weights)), z: columns.map((column) => column[list[0]]) };
  });
  return groups.sort((a, b) => {
    const different = a.z.findIndex((value, j) => value !== b.z[j]);
    return different < 0 ? 0 : a.z[different] - b.z[different];
  });
}
