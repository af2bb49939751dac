/** How far single features get alone. One that separates almost everything by itself is suspected to know the answer. */
import type { Task } from '../../estimators/contract.ts';
import { rocAuc, spearman } from '../../math/metrics/index.ts';
import { argsort, rowHashes } from '../../math/stats/index.ts';
import type { Dataset } from '../dataset.ts';
import { datasetRows } from '../dataset.ts';
import { tidy } from './curves.ts';
import type { HeadDiagnostics } from './schema.ts';

/** Above this a look is worth it; training itself stops at the limit of leakCheck.ts. */
export const SUSPECT = 0.95;
const SHOWN = 10;
const MOST_ROWS = 20_000;
/** Of the rarer outcome, below which one of a hundred features separates a period by chance. */
const LEAST_OUTCOMES = 10;
const LEAST_ROWS = 30;

/** Rows drawn by customer and period, as many as are looked at. */
function spread({ customerIds, period, y }: Dataset): Int32Array {
  return argsort(rowHashes([customerIds, period], y.length)).slice(0, MOST_ROWS).sort();
}

/** AUC without direction, or the absolute rank correlation; missing values are their own lowest value. Null where there is none. */
function alone(task: Task, y: Float64Array, values: Float64Array): number | null {
  const lowest = values.reduce((least, value) => (value < least ? value : least), Infinity);
  const filled = values.map((value) => (Number.isNaN(value) ? (Number.isFinite(lowest) ? lowest : 0) - 1 : value));
  if (task !== 'binary') {
    const order = spearman(y, filled);
    return order === undefined ? null : tidy(Math.abs(order));
  }
  const auc = rocAuc(y, filled);
  return auc === undefined ? null : tidy(Math.max(auc, 1 - auc));
}

function tellsSomething(task: Task, y: Float64Array): boolean {
  if (task !== 'binary') return y.length >= LEAST_ROWS;
  const happened = y.reduce((sum, value) => sum + value, 0);
  return Math.min(happened, y.length - happened) >= LEAST_OUTCOMES;
}

/** The strongest single features on the test period, beside how they did in the learned periods. */
export function strongestAlone(task: Task, learned: Dataset | undefined, test: Dataset): HeadDiagnostics['leaks'] {
  const bounded = (data: Dataset): Dataset => (data.y.length <= MOST_ROWS ? data : datasetRows(data, spread(data)));
  const now = bounded(test);
  const before = learned === undefined ? undefined : bounded(learned);
  const suspicious = { learned: before !== undefined && tellsSomething(task, before.y), test: tellsSomething(task, now.y) };
  const features = now.x.columns.map(({ name, values }, c) => {
    const found = { name, learned: before === undefined ? null : alone(task, before.y, before.x.columns[c].values), test: alone(task, now.y, values) };
    return { ...found, suspect: (['learned', 'test'] as const).some((side) => suspicious[side] && (found[side] ?? 0) > SUSPECT) };
  });
  const strength = ({ learned: l, test: t }: { learned: number | null; test: number | null }): number => Math.max(l ?? 0, t ?? 0);
  return { limit: SUSPECT, features: features.sort((a, b) => strength(b) - strength(a) || (a.name < b.name ? -1 : 1)).slice(0, SHOWN) };
}
