/** The tested model over every period that training saw: do its predictions, and what happened, move with time? */
import { argsort, mean, quantileSorted } from '../../math/stats/index.ts';
import type { Dataset } from '../dataset.ts';
import { tidy } from './curves.ts';
import type { HeadDiagnostics } from './schema.ts';
import { outcomeRange } from './tables.ts';
import type { Centre } from './tables.ts';

type Period = HeadDiagnostics['periods'][number];

/** More cut-offs than this are put together, so that a shop with a campaign a day has a page that can be read. */
const MOST_GROUPS = 18;

/** One line per cut-off, or per run of neighbouring cut-offs where there are many. Periods without rows are left out. */
export function periodTable({ y, period, cutoffs }: Dataset, predicted: Float64Array, role: Period['role'], centre: Centre): Period[] {
  const size = Math.max(1, Math.ceil(cutoffs.length / MOST_GROUPS));
  const groups = Math.ceil(cutoffs.length / size);
  const rowsOf: number[][] = Array.from({ length: groups }, () => []);
  period.forEach((index, row) => rowsOf[Math.floor(index / size)].push(row));
  return rowsOf.flatMap((rows, group) => {
    if (rows.length === 0) return [];
    const values = Float64Array.from(rows, (row) => predicted[row]).sort();
    return [{
      first: cutoffs[group * size], last: cutoffs[Math.min(cutoffs.length, (group + 1) * size) - 1], role, rows: rows.length,
      predicted: tidy(mean(values)),
      actual: outcomeRange(Float64Array.from(rows, (row) => y[row]), centre),
      quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map((level) => tidy(quantileSorted(values, level))),
    }];
  });
}

const BINS = 24;

/** Equal bins of probabilities and days up to the highest, of amounts on the scale of log(1 + amount). */
export function scoreBins(task: 'binary' | 'amount' | 'duration', y: Float64Array, predicted: Float64Array): HeadDiagnostics['scores'] {
  if (predicted.length === 0) return { edges: [], rows: [] };
  const order = argsort(predicted);
  const highest = Math.max(predicted[order[order.length - 1]], 1e-6);
  const top = task === 'amount' ? Math.log1p(highest) : highest;
  const edges = Array.from({ length: BINS + 1 }, (_, i) => tidy(task === 'amount' ? Math.expm1((i * top) / BINS) : (i * top) / BINS));
  const rows = Array.from({ length: BINS }, () => 0);
  const happened = Array.from({ length: BINS }, () => 0);
  for (let i = 0; i < predicted.length; i++) {
    const at = task === 'amount' ? Math.log1p(Math.max(0, predicted[i])) : predicted[i];
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor((at / top) * BINS)));
    rows[bin]++;
    if (y[i] === 1) happened[bin]++;
  }
  return task === 'binary' ? { edges, rows, happened } : { edges, rows };
}
