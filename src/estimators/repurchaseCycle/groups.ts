/**
 * Categories have rhythms of their own: coffee comes round sooner than shoes. A customer with few gaps is shrunk to the typical gap of the own group, and a group with few
 * customers to that of the shop: empirical Bayes on the log scale in two steps (Robbins 1956; Efron & Morris 1975).
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { namedColumns } from '../rows.ts';

export const groupsSchema = z.strictObject({
  column: z.string(),
  names: z.array(z.string()),
  /** Typical gap of the group ÷ that of the shop, one per name; a group that is not there has 1. */
  ratios: z.array(z.number().positive().finite()),
}).refine(({ names, ratios }) => names.length === ratios.length, 'one ratio per group');
export type CycleGroups = z.infer<typeof groupsSchema>;

/** The name of every row's group: a category, or the number itself; undefined where it is missing. */
function namesOf(x: Matrix, column: string): (row: number) => string | undefined {
  const [{ values, categories }] = namedColumns(x, [column]);
  return (row) => (values[row] === values[row] ? (categories?.[values[row]] ?? String(values[row])) : undefined);
}

/** Ratio of every row: 1 without groups, without a name, and for groups that the fit did not see. */
export function groupRatios(groups: CycleGroups | undefined, x: Matrix): (row: number) => number {
  if (groups === undefined) return () => 1;
  const ratios = new Map(groups.names.map((name, g) => [name, groups.ratios[g]]));
  const nameOf = namesOf(x, groups.column);
  return (row) => ratios.get(nameOf(row) ?? '') ?? 1;
}

export interface GapRow {
  readonly row: number;
  /** ln of the mean gap of a customer with gaps. */
  readonly logMean: number;
  readonly weight: number;
}

/**
 * Ratios from the mean gaps of customers that have any. With variance s² of customers in a group and τ² between groups (method of moments), the mean of a group of n
 * customers keeps n / (n + s²/τ²) of its distance to the shop's.
 */
export function fitGroups(x: Matrix, column: string, rows: readonly GapRow[]): CycleGroups {
  const nameOf = namesOf(x, column);
  const sums = new Map<string, { weight: number; sum: number; squares: number }>();
  // A fixed order of summing, so that the order of rows does not matter.
  for (const { row, logMean, weight } of [...rows].sort((a, b) => a.logMean - b.logMean || a.weight - b.weight)) {
    const name = nameOf(row);
    if (name === undefined) continue;
    const own = sums.get(name) ?? { weight: 0, sum: 0, squares: 0 };
    sums.set(name, { weight: own.weight + weight, sum: own.sum + weight * logMean, squares: own.squares + weight * logMean * logMean });
  }
  const groups = [...sums].map(([name, { weight, sum, squares }]) => ({ name, weight, mean: sum / weight, within: Math.max(0, squares - (sum * sum) / weight) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const total = groups.reduce((all, { weight }) => all + weight, 0);
  if (groups.length < 2 || total <= groups.length) return { column, names: [], ratios: [] };
  const centre = groups.reduce((all, { weight, mean }) => all + weight * mean, 0) / total;
  const within = groups.reduce((all, own) => all + own.within, 0) / (total - groups.length);
  // E[Σ n (m − centre)²] = (G − 1) s² + τ² (N − Σ n²/N).
  const spread = groups.reduce((all, { weight, mean }) => all + weight * (mean - centre) ** 2, 0);
  const between = (spread - (groups.length - 1) * within) / (total - groups.reduce((all, { weight }) => all + weight * weight, 0) / total);
  if (!(between > 0)) return { column, names: [], ratios: [] };
  return { column, names: groups.map(({ name }) => name), ratios: groups.map(({ weight, mean }) => Math.exp((weight / (weight + within / between)) * (mean - centre))) };
}
