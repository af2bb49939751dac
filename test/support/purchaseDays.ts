/**
 * Rows that stand at a purchase day instead of a cut-off: the next order is asked for right after an order. This is the population of the reference table of next-order dates:
 * the first purchase day of each customer inside a window, with at least three purchase days before it; the wait until the next purchase day, cut at 180 days.
 */
import type { TrainingData } from '../../src/estimators/contract.ts';
import { quantileSorted } from '../../src/math/stats/index.ts';

/** Whole days of the calendar on which a customer ordered, ascending. */
export type PurchaseDays = ReadonlyMap<number, readonly number[]>;

export const CAP_DAYS = 180;

interface Anchor {
  readonly days: readonly number[];
  /** Which purchase day it is, from 0. */
  readonly place: number;
}

/** The first purchase day in [from, until) of every customer with at least `earlier` purchase days before it. */
export function firstPurchases(customers: PurchaseDays, from: number, until: number, earlier: number): Anchor[] {
  return [...customers.values()].flatMap((days) => {
    const place = days.findIndex((day) => day >= from);
    return place >= earlier && days[place] < until ? [{ days, place }] : [];
  });
}

const mean = (values: readonly number[]): number => (values.length === 0 ? Number.NaN : values.reduce((a, b) => a + b, 0) / values.length);

/** @param known first day that is not known: longer waits are censored there, or at the cap */
export function rowsOfPurchases(anchors: readonly Anchor[], known: number, period = 0): TrainingData {
  const kept = anchors.filter(({ days, place }) => days[place] + 1 < known);
  const gaps = kept.map(({ days, place }) => days.slice(1, place + 1).map((day, i) => day - days[i]));
  const sorted = gaps.map((own) => [...own].sort((a, b) => a - b));
  const column = (name: string, of: (own: readonly number[], i: number) => number) => ({ name, values: Float64Array.from(gaps, of) });
  const limit = kept.map(({ days, place }) => Math.min(CAP_DAYS, known - days[place]));
  const wait = kept.map(({ days, place }) => (days[place + 1] ?? Infinity) - days[place]);
  return {
    x: {
      rows: kept.length,
      columns: [
        column('gap_mean_days', mean),
        column('gap_count', (own) => own.length),
        column('gap_std_days', (own) => (own.length < 2 ? Number.NaN : Math.sqrt(own.reduce((sum, gap) => sum + (gap - mean(own)) ** 2, 0) / (own.length - 1)))),
        // Each newer gap weighs 1/0.7 of the one before, as in features/rhythm.ts.
        column('gap_ewm_days', (own) => own.reduce((sum, gap, i) => sum + gap * 0.7 ** (own.length - 1 - i), 0) / own.reduce((sum, _, i) => sum + 0.7 ** (own.length - 1 - i), 0)),
        column('days_since_last_order', () => 0),
        column('gap_median_days', (_, i) => (sorted[i].length === 0 ? Number.NaN : quantileSorted(sorted[i], 0.5))),
        column('gap_p90_days', (_, i) => (sorted[i].length === 0 ? Number.NaN : quantileSorted(sorted[i], 0.9))),
        column('gap_last_days', (own) => own.at(-1) ?? Number.NaN),
        column('gap_max_days', (_, i) => sorted[i].at(-1) ?? Number.NaN),
      ],
    },
    y: Float64Array.from(wait, (days, i) => Math.min(days, limit[i])),
    observed: Uint8Array.from(wait, (days, i) => Number(days <= limit[i])),
    period: new Int32Array(kept.length).fill(period),
  };
}

/** Purchase days of [from, until) in steps of 28 days, one period each. */
export function purchasePeriods(customers: PurchaseDays, from: number, until: number, earlier: number, known: number): TrainingData[] {
  const sets: TrainingData[] = [];
  for (let start = from; start < until; start += 28) {
    const set = rowsOfPurchases(firstPurchases(customers, start, Math.min(start + 28, until), earlier), known, sets.length);
    if (set.x.rows > 0) sets.push(set);
  }
  return sets;
}
