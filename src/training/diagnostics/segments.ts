/** How the model does in parts of the customers: an average can hide that it fails for the newest. */
import type { Random } from '../../base/random.ts';
import type { Column } from '../../base/matrix.ts';
import type { Task } from '../../estimators/contract.ts';
import { aucRange, bootstrap, normalisedGini } from '../../math/metrics/index.ts';
import { mean } from '../../math/stats/index.ts';
import type { CustomerGroups } from '../customerGroups.ts';
import type { Dataset } from '../dataset.ts';
import { tidy } from './curves.ts';
import type { HeadDiagnostics } from './schema.ts';
import { CENTRES, outcomeRange } from './tables.ts';

type Segment = HeadDiagnostics['segments'][number];
type Group = Segment['groups'][number];

/** Groups below this are counted and not shown: too few to judge by, and too few to stay unknown. */
const LEAST_CUSTOMERS = 30;
const LEAST_OF_EITHER = 10;
const MOST_LEVELS = 8;
const MOST_GROUPS = 12;
const MOST_SEGMENTS = 12;

/** Columns that people think in, with the lower ends of their bands; the first column that is there stands for its line. */
const BANDS: readonly { readonly by: string; readonly columns: readonly string[]; readonly from: readonly number[] }[] = [
  { by: 'tenure', columns: ['account_age_days', 'days_since_first_order'], from: [0, 90, 180, 365, 730] },
  { by: 'orders', columns: ['orders_total'], from: [0, 1, 2, 3, 6, 11] },
  { by: 'recency', columns: ['days_since_last_order'], from: [0, 15, 30, 60, 90, 180] },
  { by: 'channels', columns: ['distinct_channels_365d'], from: [0, 1, 2, 3] },
  { by: 'categories', columns: ['distinct_categories_365d'], from: [0, 1, 2, 3, 5] },
  { by: 'discount', columns: ['discounted_orders_share'], from: [0, 0.01, 0.25, 0.5, 0.75] },
];

export function segmentTable(task: Task, test: Dataset, predicted: Float64Array, rng: Random, known: readonly CustomerGroups[] = []): Segment[] {
  const banded = BANDS.flatMap(({ by, columns, from }) => {
    const column = columns.map((name) => test.x.columns.find((one) => one.name === name)).find((one) => one !== undefined);
    if (column === undefined) return [];
    const groups = [...from.map((low, i) => ({ from: low, to: from[i + 1] ?? null, rows: rowsWhere(column, (value) => value >= low && value < (from[i + 1] ?? Infinity)) })), { from: null, to: null, rows: rowsWhere(column, Number.isNaN) }];
    return [{ by, groups }];
  });
  const named = test.x.columns.filter(({ name, categories }) => categories !== undefined || /_is_/.test(name)).map((column) => ({ by: column.name, groups: levelsOf(column) }));
  const grouped = known.map(({ by, levels }) => ({ by, groups: groupsOf(test.customerIds, levels) }));
  return [...banded, ...grouped, ...named].slice(0, MOST_SEGMENTS).flatMap(({ by, groups }) => {
    const large = groups.filter(({ rows }) => rows.length >= LEAST_CUSTOMERS).slice(0, MOST_GROUPS);
    // One group that holds everyone is no comparison.
    if (large.length < 2) return [];
    const hidden = groups.reduce((sum, { rows }) => sum + rows.length, 0) - large.reduce((sum, { rows }) => sum + rows.length, 0);
    return [{ by, groups: large.map(({ rows, ...group }) => ({ ...group, ...judged(task, test.y, predicted, rows, rng.fork(by, rows[0])) })), hidden }];
  });
}

function rowsWhere({ values }: Column, keep: (value: number) => boolean): Int32Array {
  const rows: number[] = [];
  values.forEach((value, row) => { if (keep(value)) rows.push(row); });
  return Int32Array.from(rows);
}

/** The largest levels, and those without one. */
function groupsOf(customerIds: Float64Array, levels: ReadonlyMap<number, string>): { from: null; to: null; level?: string; rows: Int32Array }[] {
  const rowsOf = new Map<string | undefined, number[]>();
  customerIds.forEach((id, row) => {
    const level = levels.get(id);
    const rows = rowsOf.get(level) ?? [];
    rows.push(row);
    rowsOf.set(level, rows);
  });
  return [...rowsOf]
    .map(([level, rows]) => ({ from: null, to: null, ...(level === undefined ? {} : { level }), rows: Int32Array.from(rows) }))
    .sort((a, b) => Number(a.level === undefined) - Number(b.level === undefined) || b.rows.length - a.rows.length || ((a.level ?? '') < (b.level ?? '') ? -1 : 1));
}

function levelsOf(column: Column): { from: null; to: null; level: string; rows: Int32Array }[] {
  const levels = column.categories ?? ['0', '1'];
  return levels
    .map((level, code) => ({ from: null, to: null, level, rows: rowsWhere(column, (value) => value === code) }))
    .sort((a, b) => b.rows.length - a.rows.length || (a.level < b.level ? -1 : 1))
    .slice(0, MOST_LEVELS);
}

function judged(task: Task, y: Float64Array, predicted: Float64Array, rows: Int32Array, rng: Random): Pick<Group, 'rows' | 'predicted' | 'actual' | 'quality'> {
  const own = Float64Array.from(rows, (row) => y[row]);
  const said = Float64Array.from(rows, (row) => predicted[row]);
  const quality = qualityOf(task, own, said, rng);
  return { rows: rows.length, predicted: tidy(mean(said)), actual: outcomeRange(own, CENTRES[task]), ...(quality === undefined ? {} : { quality }) };
}

const BOOTSTRAP_ROWS = 4000;

function qualityOf(task: Task, y: Float64Array, predicted: Float64Array, rng: Random): Group['quality'] {
  if (task === 'duration') return outcomeRange(predicted.map((days, i) => Math.abs(days - y[i])), 'mean');
  const positives = y.filter((value) => value > 0).length;
  if (positives < LEAST_OF_EITHER || (task === 'binary' && y.length - positives < LEAST_OF_EITHER)) return undefined;
  if (task === 'binary') {
    const found = aucRange(y, predicted);
    return found === undefined ? undefined : { value: tidy(found.value), low: tidy(found.low), high: tidy(found.high) };
  }
  const value = normalisedGini(y, predicted);
  if (value === undefined) return undefined;
  // A large group is resampled in part, and the interval narrowed by what a sample of that size is wider.
  const part = Math.min(1, BOOTSTRAP_ROWS / y.length);
  const rows = Int32Array.from(y.keys()).filter(() => part === 1 || rng.next() < part);
  const around = bootstrap(normalisedGini, [Float64Array.from(rows, (row) => y[row]), Float64Array.from(rows, (row) => predicted[row])], { rng, replicates: 100 });
  if (around === undefined) return undefined;
  const shrink = Math.sqrt(rows.length / y.length);
  return { value: tidy(value), low: tidy(value - (around.estimate - around.low) * shrink), high: tidy(value + (around.high - around.estimate) * shrink) };
}
