/** When a difference is clear: beyond chance, and large enough to matter. */
import type { Difference, Measured } from './schema.ts';

/** Below half a percent of the loss nobody is reached who would not have been: with a million customers every difference is beyond chance. */
export const LOSS_MARGIN = 0.005;
/** Of an area, a Gini coefficient or a rank correlation. */
export const RANKING_MARGIN = 0.005;

type Side = 'better' | 'worse' | 'even';

function sideOf({ difference, low, high }: Difference, margin: number, lessIsBetter: boolean): Side {
  if (Math.abs(difference) <= margin || (low <= 0 && high >= 0)) return 'even';
  return difference < 0 === lessIsBetter ? 'better' : 'worse';
}

/** What loss and ranking say together; `mixed` where they clearly contradict each other. */
export function verdictOf({ loss, ranking }: Pick<Measured, 'loss' | 'ranking'>): Measured['verdict'] {
  const sides = [sideOf(loss, LOSS_MARGIN * Math.abs(loss.champion), true), ranking === null ? 'even' : sideOf(ranking, RANKING_MARGIN, false)];
  if (sides.includes('better')) return sides.includes('worse') ? 'mixed' : 'better';
  return sides.includes('worse') ? 'worse' : 'even';
}
