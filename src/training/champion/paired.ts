/** Two versions on the same rows: losses and ranking side by side, and how sure their difference is. Rows may come in any order; the numbers are the same to the last bit. */
import type { Random } from '../../base/random.ts';
import type { Task } from '../../estimators/contract.ts';
import type { Served } from '../../estimators/serving.ts';
import { rankingDifference, studentQuantile } from '../../math/metrics/index.ts';
import type { RankingMetric } from '../../math/metrics/index.ts';
import type { Dataset } from '../dataset.ts';
import { evaluate, selectionLoss } from '../evaluation.ts';
import type { Predicted } from '../evaluation.ts';
import { intervalsOf } from '../level.ts';
import type { Difference, Measured } from './schema.ts';

export const LOSS: Readonly<Record<Task, string>> = { binary: 'log_loss', amount: 'tweedie_deviance', duration: 'pinball_loss' };
export const RANKING: Readonly<Record<Task, RankingMetric>> = { binary: 'roc_auc', amount: 'normalised_gini', duration: 'spearman' };

/** Resamples: with many customers the error is far below what matters, and needs to be known less exactly. */
const replicatesFor = (customers: number): number => Math.max(40, Math.min(200, Math.round(10_000_000 / Math.max(1, customers))));

export type Paired = Pick<Measured, 'rows' | 'customers' | 'rarer' | 'loss' | 'ranking' | 'metrics'>;

/** Rows by customer, period, outcome and what both say: rows that are equal in all of that may stand in either place. */
function canonicalOrder({ customerIds, period, y }: Dataset, a: Float64Array, b: Float64Array): Int32Array {
  const order = Int32Array.from(y.keys());
  for (let i = 1; i < order.length; i++) {
    if (customerIds[i] > customerIds[i - 1]) continue;
    return order.sort((i, j) => customerIds[i] - customerIds[j] || period[i] - period[j] || y[i] - y[j] || a[i] - a[j] || b[i] - b[j]);
  }
  return order;
}

function arranged(order: Int32Array, y: Float64Array, served: Served): Predicted {
  const take = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row]);
  const { intervals } = intervalsOf(served);
  return {
    y, predicted: take(served.prediction),
    ...(intervals === undefined ? {} : { intervals: { low80: take(intervals.low80), high80: take(intervals.high80), low50: take(intervals.low50), high50: take(intervals.high50) } }),
  };
}

/** Numbers from 0 of the customers of rows that are sorted by customer. */
function groupsOf(order: Int32Array, customerIds: Float64Array): { readonly groups: Int32Array; readonly count: number } {
  const groups = new Int32Array(order.length);
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    if (i > 0 && customerIds[order[i]] !== customerIds[order[i - 1]]) count++;
    groups[i] = count;
  }
  return { groups, count: order.length === 0 ? 0 : count + 1 };
}

function difference(metric: string, challenger: number, champion: number, standardError: number, customers: number, level: number): Difference {
  const half = standardError === 0 ? 0 : studentQuantile(Math.max(1, customers - 1), level) * standardError;
  const centre = challenger - champion;
  return { metric, challenger, champion, difference: centre, standardError, low: centre - half, high: centre + half };
}

/** Standard error of the mean difference with the rows of a customer together (Liang & Zeger 1986; with one row each it is that of paired differences). */
function clusteredError(a: Float64Array, b: Float64Array, groups: Int32Array, customers: number): number {
  const n = a.length;
  const [sums, sizes] = [new Float64Array(customers), new Float64Array(customers)];
  let total = 0;
  for (let i = 0; i < n; i++) {
    sums[groups[i]] += a[i] - b[i];
    sizes[groups[i]]++;
    total += a[i] - b[i];
  }
  const squares = sums.reduce((sum, own, g) => sum + (own - (total / n) * sizes[g]) ** 2, 0);
  return Math.sqrt((squares * customers) / Math.max(1, customers - 1)) / n;
}

function rarerOf(y: Float64Array): number {
  const positives = y.reduce((sum, value) => sum + value, 0);
  return Math.min(positives, y.length - positives);
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The challenger against the champion on the rows of `data` (n ≥ 1). The difference of the losses has the error of its mean over customers, that of the ranking metric
 * one of a bootstrap over customers.
 * @param level of the intervals
 */
export function paired(task: Task, data: Dataset, challenger: Served, champion: Served, { rng, level }: { readonly rng: Random; readonly level: number }): Paired {
  const order = canonicalOrder(data, challenger.prediction, champion.prediction);
  const y = Float64Array.from(order, (row) => data.y[row]);
  const { groups, count } = groupsOf(order, data.customerIds);
  const [own, other] = [arranged(order, y, challenger), arranged(order, y, champion)];
  const [ownLoss, otherLoss] = [selectionLoss(task, own), selectionLoss(task, other)];
  const end = y.reduce((most, value) => Math.max(most, value), 0);
  const score = ({ predicted }: Predicted): Float64Array => (task === 'duration' ? predicted.map((days) => Math.min(days, end)) : predicted);
  // A version against itself differs nowhere, whoever is drawn.
  const replicates = challenger === champion ? 2 : replicatesFor(count);
  const ranked = rankingDifference(RANKING[task], y, score(own), score(other), { groups, count, rng: rng.fork('ranking'), replicates });
  return {
    rows: y.length,
    customers: count,
    rarer: task === 'binary' ? rarerOf(y) : null,
    loss: difference(LOSS[task], mean(ownLoss), mean(otherLoss), clusteredError(ownLoss, otherLoss, groups, count), count, level),
    ranking: ranked === undefined ? null : difference(RANKING[task], ranked.first, ranked.second, ranked.standardError, count, level),
    metrics: sideBySide(metricsOf(task, own, rng), metricsOf(task, other, rng)),
  };
}

/** Without the intervals of each alone, which say little about a difference on the same rows. */
function metricsOf(task: Task, predicted: Predicted, rng: Random): Record<string, number> {
  return Object.fromEntries(Object.entries(evaluate(task, predicted, rng, 0).metrics).map(([name, { value }]) => [name, value]));
}

function sideBySide(challenger: Readonly<Record<string, number>>, champion: Readonly<Record<string, number>>): Measured['metrics'] {
  const names = [...new Set([...Object.keys(challenger), ...Object.keys(champion)])].sort();
  return Object.fromEntries(names.map((name) => [name, { challenger: challenger[name] ?? null, champion: champion[name] ?? null }]));
}
