/** Draws that are decided by a row's content and a seed: they fall on the same rows whatever their order, and on all copies of a row together. */

/** A number in [0, 1) from a row's 32-bit hash and a 32-bit seed: the finaliser of MurmurHash3 (Appleby 2011). */
export function rowUniform(hash: number, seed: number): number {
  let h = hash ^ seed;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Poisson(mean) counts by inversion of one uniform number: how often a row stands in a bootstrap sample (Oza & Russell 2001). */
export function poissonCount(uniform: number, mean: number): number {
  let chance = Math.exp(-mean);
  let below = chance;
  let count = 0;
  while (uniform >= below && count < 60) {
    count++;
    chance *= mean / count;
    below += chance;
  }
  return count;
}
