/**
 * What the best number of contacts earns, honestly. The number is chosen where the profit of these very customers was highest, so that profit is too good on average, and an
 * interval that does not know of the choice is too narrow. The bootstrap chooses again in every resample: its choice earns more there than among all customers, and the mean
 * difference is what the choice flatters by (Efron 1983, optimism). The interval is that of the resampled best profits, moved to the corrected one
 * (after Noma, Shinozaki, Iba, Teramukai & Furukawa 2021).
 */
import { bestCutoff, profitCurve } from './profit.ts';
import type { Economics, ProfitPoint } from './profit.ts';
import type { HeadDiagnostics } from '../training/diagnostics/schema.ts';

export interface ChosenProfit extends ProfitPoint {
  /** The profit less what choosing it flatters by, with its 95 % interval. */
  readonly expected: number;
  readonly expectedLow: number;
  readonly expectedHigh: number;
}

const RESAMPLES = 400;

/** The best cut-off and what it may be expected to earn; undefined where contacting nobody is best. The script of the page does the same, number by number. */
export function chooseCutoff(cutoffs: NonNullable<HeadDiagnostics['cutoffs']>, economics: Economics): ChosenProfit | undefined {
  const curve = profitCurve(cutoffs, economics);
  const best = bestCutoff(curve);
  if (best === undefined) return undefined;
  const gain = economics.success * economics.value;
  const groups = cutoffs.map(({ rows, rate }, k) => {
    const before = k === 0 ? { rows: 0, hits: 0 } : { rows: cutoffs[k - 1].rows, hits: cutoffs[k - 1].rows * cutoffs[k - 1].rate };
    const hits = Math.max(0, rows * rate - before.hits);
    return { hits, others: Math.max(0, rows - before.rows - hits) };
  });
  const total = cutoffs[cutoffs.length - 1].rows;
  const next = uniforms();
  const profits = new Float64Array(RESAMPLES);
  let optimism = 0;
  for (let b = 0; b < RESAMPLES; b++) {
    let [people, hits, highest, chosen] = [0, 0, 0, -1];
    for (let k = 0; k < groups.length; k++) {
      const drawn = poisson(groups[k].hits, next);
      hits += drawn;
      people += drawn + poisson(groups[k].others, next);
      const profit = hits * gain - people * economics.cost;
      if (profit > highest) [highest, chosen] = [profit, k];
    }
    profits[b] = people === 0 ? 0 : (highest * total) / people;
    optimism += (profits[b] - (chosen < 0 ? 0 : curve[chosen].profit)) / RESAMPLES;
  }
  const expected = best.profit - optimism;
  const moved = expected - profits.reduce((sum, profit) => sum + profit, 0) / RESAMPLES;
  profits.sort();
  const at = (share: number): number => profits[Math.round(share * (RESAMPLES - 1))] + moved;
  return { ...best, expected, expectedLow: at(0.025), expectedHigh: at(0.975) };
}

/** Small enough to stand in the page as well (Steele & Vigna's mix as in mulberry32), and always the same draws: the same numbers give the same answer. */
function uniforms(): () => number {
  let state = 20260101;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** How often the customers of a group stand in a resample: by inversion, from 30 on by the normal distribution of the same mean and variance. */
function poisson(mean: number, next: () => number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(-2 * mean * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())));
  let chance = Math.exp(-mean);
  let left = next() - chance;
  let count = 0;
  while (left >= 0 && count < 100) {
    count++;
    chance *= mean / count;
    left -= chance;
  }
  return count;
}
