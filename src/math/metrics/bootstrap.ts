import type { Random } from '../../base/random.ts';
import { quantileSorted } from '../stats/quantile.ts';

export interface BootstrapOptions {
  readonly rng: Random;
  /** Number of resamples; 200 unless told. */
  readonly replicates?: number;
  /** Level of the interval; .95 unless told. */
  readonly level?: number;
  /** Rows with the same number are drawn together (cluster bootstrap): those of one customer are not independent. Absent: every row by itself. */
  readonly groups?: ArrayLike<number>;
}

export interface BootstrapInterval {
  /** The metric on the rows themselves. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  /** Resamples on which the metric was defined. */
  readonly replicates: number;
}

/**
 * Percentile bootstrap interval (Efron 1979) of any metric over parallel arrays, rows drawn together:
 * `bootstrap(rocAuc, [y, score], { rng })`. Undefined where the metric is, or where fewer than half of the resamples define it.
 */
export function bootstrap<Columns extends readonly Float64Array[]>(
  metric: (...columns: Columns) => number | undefined,
  columns: readonly [...Columns],
  options: BootstrapOptions,
): BootstrapInterval | undefined {
  const { rng, replicates = 200, level = 0.95, groups } = options;
  const n = columns[0]?.length ?? 0;
  const estimate = metric(...columns);
  if (n === 0 || estimate === undefined) return undefined;
  const drawn = columns.map(() => new Float64Array(n));
  const clusters = groups === undefined ? undefined : rowsByGroup(groups);
  const found: number[] = [];
  for (let r = 0; r < replicates; r++) {
    if (clusters === undefined) {
      for (let i = 0; i < n; i++) {
        const row = rng.int(n);
        for (let c = 0; c < drawn.length; c++) drawn[c][i] = columns[c][row];
      }
    } else {
      const rows = Array.from(clusters, () => clusters[rng.int(clusters.length)]).flat();
      for (let c = 0; c < drawn.length; c++) drawn[c] = Float64Array.from(rows, (row) => columns[c][row]);
    }
    const one = metric(...(drawn as unknown as Columns));
    if (one !== undefined) found.push(one);
  }
  if (found.length < Math.max(2, replicates / 2)) return undefined;
  found.sort((a, b) => a - b);
  const centre = found.reduce((sum, v) => sum + v, 0) / found.length;
  const variance = found.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (found.length - 1);
  const tail = (1 - level) / 2;
  return {
    estimate,
    low: quantileSorted(found, tail),
    high: quantileSorted(found, 1 - tail),
    standardError: Math.sqrt(variance),
    replicates: found.length,
  };
}

function rowsByGroup(groups: ArrayLike<number>): number[][] {
  const found = new Map<number, number[]>();
  for (let row = 0; row < groups.length; row++) {
    const own = found.get(groups[row]);
    if (own === undefined) found.set(groups[row], [row]);
    else own.push(row);
  }
  return [...found.values()];
}
