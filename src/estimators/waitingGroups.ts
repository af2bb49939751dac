/**
 * Groups of customers whose waits are about equally hard to foretell: windows are given their coverage in each of them (Mondrian conformal prediction,
 * Vovk, Gammerman & Shafer 2005, section 4.5), not only over the whole shop.
 */
import type { Matrix } from '../base/matrix.ts';
import { columnOf } from '../base/matrix.ts';
import { GAP_COUNT, GAP_MEAN, GAP_STD, SILENCE } from './repurchaseCycle/rhythm.ts';

/** Fewer than two gaps; silent for more than 1.5 of the own mean gap; gaps vary by less than 0.85 of their mean; by more. */
export const WAITING_GROUPS = ['no_rhythm', 'overdue', 'even', 'uneven'] as const;

const OVERDUE_RATIO = 1.5;
const UNEVEN_ABOVE = 0.85;

/** Index into {@link WAITING_GROUPS} of every row; undefined where the columns of the rhythm are not there. */
export function waitingGroups(x: Matrix): Uint8Array | undefined {
  const [mean, count, std, silence] = [GAP_MEAN, GAP_COUNT, GAP_STD, SILENCE].map((name) => columnOf(x, name));
  if (mean === undefined || count === undefined || std === undefined || silence === undefined) return undefined;
  return Uint8Array.from({ length: x.rows }, (_, row) => {
    if (!(count[row] >= 2) || !(mean[row] > 0)) return 0;
    if (silence[row] > OVERDUE_RATIO * mean[row]) return 1;
    return std[row] < UNEVEN_ABOVE * mean[row] ? 2 : 3;
  });
}
