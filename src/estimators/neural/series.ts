/**
 * A short series per customer out of columns that count over nested windows (`orders_7d`, `orders_30d`, `orders_90d`, …): what happened between the edges of the
 * windows, per day, oldest first. Any columns named so by at least three windows make a channel; no other features are needed.
 */
import { z } from 'zod';
import type { Column } from '../../base/matrix.ts';
import { moments } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';
import { signedLog } from './inputs.ts';
import type { SeriesRows } from './network.ts';

const channelSchema = z.object({
  name: z.string(),
  /** Days of the windows, ascending, and the column of each. */
  windows: z.array(z.int().positive()).min(3),
  columns: z.array(z.int().min(0)),
  mean: finite,
  sd: finite.positive(),
});

export const seriesSchema = z
  .object({
    /** Days before the cut-off, descending: a step lies between two neighbours, the last one ends at the cut-off. */
    edges: z.array(z.int().min(0)).min(4),
    channels: z.array(channelSchema).min(1),
  })
  .refine(({ edges }) => edges.every((edge, i) => (i + 1 < edges.length ? edge > edges[i + 1] : edge === 0)), 'edges must descend to 0')
  .refine(({ channels }) => channels.every(({ windows, columns }) => windows.length === columns.length && windows.every((days, i) => i === 0 || days > windows[i - 1])), 'windows do not fit');
export type Series = z.infer<typeof seriesSchema>;

const CLIP = 5;
/** Rates are taken per 30 days before the logarithm, so that one order a month is where it begins to bend. */
const PER_DAYS = 30;

/** Channels of the columns, fitted on their values; undefined where no name has three windows. */
export function fitSeries(columns: readonly Column[], weights: Float64Array): Series | undefined {
  const found = new Map<string, { readonly days: number; readonly column: number }[]>();
  columns.forEach(({ name: full }, column) => {
    const [, name, days] = /^(.+)_(\d{1,4})d$/.exec(full) ?? [];
    if (name !== undefined && Number(days) > 0) found.set(name, [...(found.get(name) ?? []), { days: Number(days), column }]);
  });
  const nested = [...found].filter(([, list]) => list.length >= 3).sort(([a], [b]) => (a < b ? -1 : 1));
  if (nested.length === 0) return undefined;
  const edges = [...new Set([0, ...nested.flatMap(([, list]) => list.map(({ days }) => days))])].sort((a, b) => b - a);
  const plain = nested.map(([name, list]) => {
    const ascending = list.sort((a, b) => a.days - b.days);
    return { name, windows: ascending.map(({ days }) => days), columns: ascending.map(({ column }) => column), mean: 0, sd: 1 };
  });
  const sources = columns.map(({ values }) => values);
  const channels = plain.map((channel) => {
    const values = channel.windows.flatMap((_, i) => Array.from(weights, (_w, row) => signedLog(rateOf(channel, sources, row, i))));
    const { mean, sd } = moments(values, Float64Array.from({ length: values.length }, (_, k) => weights[k % weights.length]));
    return { ...channel, mean, sd: sd > 0 ? sd : 1 };
  });
  return { edges, channels };
}

/** What happened between window `i` and the one inside it, per 30 days; a missing count is none. */
function rateOf({ windows, columns }: Pick<Series['channels'][number], 'windows' | 'columns'>, values: readonly ArrayLike<number>[], row: number, i: number): number {
  const count = values[columns[i]][row] || 0;
  const inner = i === 0 ? 0 : values[columns[i - 1]][row] || 0;
  return (PER_DAYS * (count - inner)) / (windows[i] - (i === 0 ? 0 : windows[i - 1]));
}

/** Rows `from` … `to` − 1: each channel standardised, and the length of the step beside them. */
export function seriesRows({ edges, channels }: Series, columns: readonly Column[], from: number, to: number): SeriesRows {
  const steps = edges.length - 1;
  const width = channels.length + 1;
  const values = new Float32Array((to - from) * steps * width);
  const sources = columns.map((column) => column.values);
  for (let step = 0; step < steps; step++) {
    const length = Math.log((edges[step] - edges[step + 1]) / PER_DAYS) / 2;
    for (let row = from, at = step * width; row < to; row++, at += steps * width) {
      channels.forEach((channel, c) => {
        // Steps finer than the channel's windows share what lies between those; beyond its longest window nothing is known, and 0 is the average.
        const i = channel.windows.findIndex((days) => days >= edges[step]);
        if (i < 0) return;
        const standard = (signedLog(rateOf(channel, sources, row, i)) - channel.mean) / channel.sd;
        values[at + c] = Math.min(CLIP, Math.max(-CLIP, standard));
      });
      values[at + width - 1] = length;
    }
  }
  return { steps, channels: width, values };
}
