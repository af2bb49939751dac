/** Waiting time cut into bins, for models that ask in each bin whether the order comes now. */
import { distribution, weightedQuantile } from '../../math/stats/index.ts';

/**
 * Ends of at most `most` bins in days, ascending, with about equally many orders in each; the last one is the longest time that anybody was watched.
 * @param days days to the order or to the end of watching, > 0
 * @param seen 1 where the order was seen; at least one is
 */
export function binEnds(days: Float64Array, seen: Uint8Array, weights: Float64Array, most: number): number[] {
  const orders = distribution(days.map((v, i) => (seen[i] === 1 ? v : Number.NaN)), weights);
  const longest = days.reduce((a, b) => Math.max(a, b), 0);
  const ends: number[] = [];
  for (let k = 1; k < most; k++) {
    const end = weightedQuantile(orders, k / most);
    if (end < longest && end > (ends.at(-1) ?? 0)) ends.push(end);
  }
  ends.push(longest);
  return ends;
}

/** Share of bin `k` that a wait of `days` passed through: 0 before it, 1 behind it. */
export function exposure(ends: readonly number[], k: number, days: number): number {
  const start = k === 0 ? 0 : ends[k - 1];
  return Math.min(1, Math.max(0, (days - start) / (ends[k] - start)));
}

/** An hour: no wait is shorter. */
const SHORTEST_WAIT = 1 / 24;
/** Hazards are kept this far from 0 and 1, so that every curve ends somewhere. */
const EDGE = 1e-9;

/** −ln(1 − hazard): what a bin adds to the cumulative rate. */
function rateOf(hazard: number): number {
  return -Math.log1p(-Math.min(Math.max(hazard, EDGE), 1 - EDGE));
}

/** Rate per day behind the last bin: the average over the last third of the time watched. */
function tailRate(ends: readonly number[], hazards: Float64Array, at: number): number {
  const last = ends[ends.length - 1];
  let [rate, days] = [0, 0];
  for (let k = ends.length - 1; k >= 0 && days < last / 3; k--) {
    rate += rateOf(hazards[at + k]);
    days = last - (k === 0 ? 0 : ends[k - 1]);
  }
  return rate / days;
}

/** P(order within `days`) from the hazards of one row, `hazards[at … at + ends.length − 1]`; inside a bin the rate is constant. */
export function curveLevel(ends: readonly number[], hazards: Float64Array, at: number, days: number): number {
  let gone = 0;
  for (let k = 0; k < ends.length; k++) {
    const share = exposure(ends, k, days);
    gone += share * rateOf(hazards[at + k]);
    if (share < 1) return -Math.expm1(-gone);
  }
  return -Math.expm1(-gone - (days - ends[ends.length - 1]) * tailRate(ends, hazards, at));
}

/** The days at which {@link curveLevel} reaches `count` levels (ascending, `levels[from …]`), at least an hour, written to `out` at the same places. */
export function curveQuantiles(ends: readonly number[], hazards: Float64Array, at: number, levels: ArrayLike<number>, from: number, count: number, out: Float64Array): void {
  const bins = ends.length;
  let [gone, start, k] = [0, 0, 0];
  for (let l = 0; l < count; l++) {
    // Cumulative rate at which 1 − e^(−rate) is the level.
    const wanted = -Math.log1p(-levels[from + l]);
    while (k < bins) {
      const step = rateOf(hazards[at + k]);
      if (gone + step >= wanted) break;
      gone += step;
      start = ends[k++];
    }
    const rate = k < bins ? rateOf(hazards[at + k]) / (ends[k] - start) : tailRate(ends, hazards, at);
    out[from + l] = Math.max(SHORTEST_WAIT, start + (wanted - gone) / rate);
  }
}
