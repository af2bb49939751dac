/** Split conformal levels (Vovk, Gammerman & Shafer 2005; Romano, Patterson & Candès 2019, equation 8, on the scale of levels). */

/**
 * The level to ask a distribution for in place of each of `levels` (ascending), from the levels at which outcomes that it was not fitted on fell. The ends of an
 * interval are order statistics of rank ⌊level·(n+1)⌋ below the middle and ⌈level·(n+1)⌉ above it: with exchangeable rows the interval between them holds at least what
 * it says, for any n. The middle is the median. At least one outcome.
 */
export function conformalLevels(fell: Float64Array, levels: readonly number[]): number[] {
  const sorted = fell.toSorted();
  const n = sorted.length;
  const at = (rank: number): number => sorted[Math.max(1, Math.min(n, rank)) - 1];
  const tiny = 1e-9;
  const found = levels.map((level) => {
    const rank = level * (n + 1);
    if (level < 0.5) return rank < 1 ? LEAST : at(Math.floor(rank + tiny));
    if (level > 0.5) return rank > n + tiny ? MOST : at(Math.ceil(rank - tiny));
    return (at(Math.floor(rank)) + at(Math.ceil(rank))) / 2;
  });
  return found.map((level) => Math.min(MOST, Math.max(LEAST, level)));
}

/** Levels kept away from 0 and 1, where a distribution has no day to give. */
const LEAST = 0.001;
const MOST = 0.999;
