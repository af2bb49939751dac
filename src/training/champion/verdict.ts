/** When a difference is clear: beyond chance, and large enough to matter. */
import type { Difference, Measured } from './schema.ts';

/** Below half a percent of the loss nobody is reached who would not have been: with a million customers every difference is beyond chance. */
export const LOSS_MARGIN = 0.005;
/** Of an area, a Gini coefficient or a rank correlation. */
export const RANKING_MARGIN = 0.005;

/** Customers, and rows of the rarer outcome, below which errors are not known well enough to call anything clear. */
export const LEAST_CUSTOMERS = 30;
export const LEAST_OUTCOMES = 10;

type Side = 'better' | 'worse' | 'even';

function sideOf({ difference, low, high }: Difference, margin: number, lessIsBetter: boolean): Side {
  if (Math.abs(difference) <= margin || (low <= 0 && high >= 0)) return 'even';
  return difference < 0 === lessIsBetter ? 'better' : 'worse';
}

export function tooFew({ customers, rarer }: Pick<Measured, 'customers' | 'rarer'>): boolean {
  return customers < LEAST_CUSTOMERS || (rarer !== null && rarer < LEAST_OUTCOMES);
}

/** What loss and ranking say together; `mixed` where they clearly contradict each other. */
export function verdictOf({ loss, ranking, ...counts }: Pick<Measured, 'loss' | 'ranking' | 'customers' | 'rarer'>): Measured['verdict'] {
  if (tooFew(counts)) return 'even';
  const sides = [sideOf(loss, LOSS_MARGIN * Math.abs(loss.champion), true), ranking === null ? 'even' : sideOf(ranking, RANKING_MARGIN, false)];
  if (sides.includes('better')) return sides.includes('worse') ? 'mixed' : 'better';
  return sides.includes('worse') ? 'worse' : 'even';
}
