import { FITTED, JUDGED, JUDGED_GROUPS, largeEnough, sideOf } from '../../rows.ts';
import { rowUniform } from './rowDraws.ts';

/** Share of the rows that is held out where periods cannot serve, and the least weight that either side must have. */
const SHARE = 0.15;
const LEAST = 100;

export interface HeldFrom {
  /** One hash per row. */
  readonly hashes: Int32Array;
  /** One hash per row's group; absent where rows stand alone. */
  readonly owners: Int32Array | undefined;
  readonly period: Int32Array | undefined;
  readonly weights: Float64Array | undefined;
}

/**
 * What each row does for the number of trees, as `holdOut` of src/estimators/rows.ts: the latest period judges where it is big enough to judge by (of groups, a share of them, and
 * nobody's other rows are fitted), else a share of the rows drawn by the hash of their owner. Undefined when too few rows would be left on either side.
 */
export function heldRows({ hashes, owners, period, weights }: HeldFrom, seed: number): Uint8Array | undefined {
  const rows = hashes.length;
  const held = new Uint8Array(rows);
  if (period !== undefined && rows > 0) {
    const latest = period.reduce((most, p) => Math.max(most, p), period[0]);
    const oldest = period.reduce((least, p) => Math.min(least, p), period[0]);
    for (let i = 0; i < rows; i++) {
      if (owners === undefined || oldest === latest) held[i] = period[i] === latest ? JUDGED : FITTED;
      else held[i] = sideOf(rowUniform(owners[i], seed) < JUDGED_GROUPS, period[i] === latest);
    }
    if (largeEnough(held, weights, LEAST)) return held;
  }
  for (let i = 0; i < rows; i++) held[i] = rowUniform((owners ?? hashes)[i], seed) < SHARE ? JUDGED : FITTED;
  return largeEnough(held, weights, LEAST) ? held : undefined;
}
