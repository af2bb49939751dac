/** Simulated shops whose customers order at their own rhythm, and the rows that a feature room would make of them at a cut-off. */
import { seededRandom } from '../../src/base/random.ts';
import type { Random } from '../../src/base/random.ts';
import type { TrainingData } from '../../src/estimators/contract.ts';

/** Gamma(shape, 1) by Marsaglia & Tsang (2000). */
export function randomGamma(rng: Random, shape: number): number {
  if (shape < 1) return randomGamma(rng, shape + 1) * (1 - rng.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = rng.normal();
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - rng.next()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}

export interface RenewalShop {
  readonly seed: number;
  readonly customers: number;
  readonly family: 'gamma' | 'lognormal';
  /** Median cycle in days and its spread on the log scale over customers. */
  readonly cycleDays: number;
  readonly cycleSpread: number;
  /** Coefficient of variation of one customer's gaps: lowest and highest. */
  readonly cv: readonly [number, number];
  /** Chance of leaving for ever after each order. */
  readonly dropOut: number;
  /** First orders fall evenly into [0, this day). */
  readonly arrivalDays: number;
}

export interface SimulatedCustomer {
  /** Order days, ascending, up to day 6000 or drop-out. */
  readonly days: readonly number[];
}

export function simulateShop(shop: RenewalShop): SimulatedCustomer[] {
  const rng = seededRandom(shop.seed, 'renewal shop');
  return Array.from({ length: shop.customers }, () => {
    const cycle = shop.cycleDays * Math.exp(shop.cycleSpread * rng.normal());
    const cv = shop.cv[0] + (shop.cv[1] - shop.cv[0]) * rng.next();
    const sigma = Math.sqrt(Math.log1p(cv * cv));
    const days = [rng.next() * shop.arrivalDays];
    while (days[days.length - 1] < 6000 && rng.next() >= shop.dropOut) {
      const gap = shop.family === 'gamma' ? cycle * cv * cv * randomGamma(rng, 1 / (cv * cv)) : cycle * Math.exp(sigma * rng.normal() - 0.5 * sigma * sigma);
      days.push(days[days.length - 1] + Math.max(1, gap));
    }
    return { days };
  });
}

/**
 * One row per customer with an order before `cutoff`.
 * @param watchDays outcomes later than this are censored; Infinity gives the truth (drop-outs wait 1e9 days).
 */
export function rowsAt(customers: readonly SimulatedCustomer[], cutoff: number, watchDays: number): TrainingData {
  const kept = customers.filter(({ days }) => days[0] < cutoff);
  const column = (f: (days: number[]) => number) => Float64Array.from(kept, ({ days }) => f(days.filter((day) => day < cutoff)));
  const gapsOf = (days: number[]): number[] => days.slice(1).map((day, i) => day - days[i]);
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const next = kept.map(({ days }) => (days.find((day) => day >= cutoff) ?? 1e9) - cutoff);
  return {
    x: {
      rows: kept.length,
      columns: [
        { name: 'gap_mean_days', values: column((days) => mean(gapsOf(days))) },
        { name: 'gap_count', values: column((days) => days.length - 1) },
        {
          name: 'gap_std_days',
          values: column((days) => {
            const gaps = gapsOf(days);
            return gaps.length < 2 ? NaN : Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean(gaps)) ** 2, 0) / (gaps.length - 1));
          }),
        },
        { name: 'gap_ewm_days', values: column((days) => gapsOf(days).reduce((ewm, gap) => (Number.isNaN(ewm) ? gap : 0.7 * ewm + 0.3 * gap), NaN)) },
        { name: 'days_since_last_order', values: column((days) => cutoff - days[days.length - 1]) },
      ],
    },
    y: Float64Array.from(next, (days) => Math.max(1e-6, Math.min(days, watchDays))),
    observed: Uint8Array.from(next, (days) => Number(days <= watchDays)),
  };
}

/** Rows of several cut-offs under each other, with their period. */
export function stack(sets: readonly TrainingData[]): TrainingData {
  const join = (parts: Float64Array[]): Float64Array => Float64Array.from(parts.flatMap((part) => [...part]));
  return {
    x: {
      rows: sets.reduce((sum, set) => sum + set.x.rows, 0),
      columns: sets[0].x.columns.map(({ name }, i) => ({ name, values: join(sets.map((set) => set.x.columns[i].values)) })),
    },
    y: join(sets.map((set) => set.y)),
    observed: Uint8Array.from(sets.flatMap((set) => [...(set.observed ?? [])])),
    period: Int32Array.from(sets.flatMap((set, i) => Array.from({ length: set.x.rows }, () => i))),
  };
}
