import { rowUniform } from './rowDraws.ts';

/** Share of the rows that is held out where periods cannot serve, and the least weight that either side must have. */
const SHARE = 0.15;
const LEAST = 100;

/**
 * 1 for the rows that choose the number of trees: the latest period where it is big enough to judge by, else a share of the rows drawn by their hash.
 * Undefined when too few rows would be left on either side.
 */
export function heldRows(hashes: Int32Array, period: Int32Array | undefined, weights: Float64Array | undefined, totalWeight: number, seed: number): Uint8Array | undefined {
  const rows = hashes.length;
  const held = new Uint8Array(rows);
  const enough = (): boolean => {
    let weight = 0;
    for (let i = 0; i < rows; i++) if (held[i] === 1) weight += weights === undefined ? 1 : weights[i];
    return weight >= LEAST && totalWeight - weight >= LEAST;
  };
  if (period !== undefined && rows > 0) {
    const latest = period.reduce((most, p) => Math.max(most, p), period[0]);
    for (let i = 0; i < rows; i++) held[i] = period[i] === latest ? 1 : 0;
    if (enough()) return held;
  }
  for (let i = 0; i < rows; i++) held[i] = rowUniform(hashes[i], seed) < SHARE ? 1 : 0;
  return enough() ? held : undefined;
}
