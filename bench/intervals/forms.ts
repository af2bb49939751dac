/** Ways to correct an interval by a calibration period, and how an interval is judged. */

export interface Ends {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const ALPHA = 0.2;

/** The ⌈(n + 1)(1 − α)⌉-th smallest. */
function conformalRank(scores: Float64Array): number {
  const sorted = scores.toSorted();
  return sorted[Math.min(sorted.length, Math.ceil((sorted.length + 1) * (1 - ALPHA) - 1e-9)) - 1];
}

/** One amount off the low end and onto the high one (Romano, Patterson & Candès 2019, equations 6 to 8). */
export function added(known: Ends, y: Float64Array, asked: Ends): Ends {
  return moved(known, y, asked, () => 1);
}

/** One share of the width (Sesia & Candès 2020, CQR-r). */
export function byWidth(known: Ends, y: Float64Array, asked: Ends): Ends {
  const least = 0.01 * mean(known.high.map((high, i) => high - known.low[i]));
  return moved(known, y, asked, (low, high) => Math.max(high - low, least));
}

function moved(known: Ends, y: Float64Array, asked: Ends, unit: (low: number, high: number) => number): Ends {
  const by = conformalRank(y.map((value, i) => Math.max(known.low[i] - value, value - known.high[i]) / unit(known.low[i], known.high[i])));
  const low = asked.low.map((value, i) => Math.max(0, value - by * unit(value, asked.high[i])));
  const high = asked.high.map((value, i) => value + by * unit(asked.low[i], value));
  return { low: low.map((value, i) => Math.min(value, high[i])), high: high.map((value, i) => Math.max(value, low[i])) };
}

export interface Judged {
  readonly coverage: number;
  readonly width: number;
  /** Mean width plus 2/α times the miss (Gneiting & Raftery 2007, equation 43). */
  readonly score: number;
  /** Furthest below 80 % in any group of 60 rows or more. */
  readonly shortfall: number;
}

export function judged(y: Float64Array, { low, high }: Ends, groups: readonly ArrayLike<number>[]): Judged {
  const inside = y.map((value, i) => (low[i] <= value && value <= high[i] ? 1 : 0));
  const miss = y.map((value, i) => Math.max(0, low[i] - value, value - high[i]));
  const width = mean(high.map((end, i) => end - low[i]));
  let shortfall = 0;
  for (const group of groups) {
    for (const wanted of new Set(Array.from(group))) {
      const rows = inside.filter((_, i) => group[i] === wanted);
      if (rows.length >= 60) shortfall = Math.max(shortfall, 1 - ALPHA - mean(rows));
    }
  }
  return { coverage: mean(inside), width, score: width + (2 / ALPHA) * mean(miss), shortfall };
}

/** 0, 1 or 2 by thirds of the values. */
export function thirds(values: Float64Array): Uint8Array {
  const sorted = values.toSorted();
  const [first, second] = [1, 2].map((k) => sorted[Math.floor((k * sorted.length) / 3)]);
  return Uint8Array.from(values, (value) => (value <= first ? 0 : value <= second ? 1 : 2));
}

export const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
