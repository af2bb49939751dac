/** When an alert opens and closes: one for as long as a rule is broken, and not one per night. */
import type { LocalDate } from '../base/time.ts';

export interface Alert {
  readonly id: number;
  readonly key: string;
  readonly openedOn: LocalDate;
  readonly lastBadOn: LocalDate;
  /** Largest share of bad rows since it opened. */
  readonly worst: number;
  /** Good days in a row since the last bad one. */
  readonly goodDays: number;
  /** Newest day that was judged. */
  readonly lastDay: LocalDate;
  readonly closedOn: LocalDate | null;
}

/** What a day found; `nothing_to_check` decides nothing. */
export interface Judged {
  readonly state: 'good' | 'bad' | 'nothing_to_check';
  readonly checked: number;
  readonly bad: number;
}

/** An alert closes after so many good days in a row … */
export const CLOSES_AFTER = 2;
/** … on which the share of bad rows was below this part of what is allowed: a share that swings around the limit leaves it open. */
export const CLOSES_BELOW = 0.9;

export type AlertStep = { readonly do: 'nothing' } | { readonly do: 'open'; readonly worst: number } | { readonly do: 'update'; readonly alert: Alert };

/** @param open the rule's open alert. The same day again replaces nothing but the worst share: a day counts once. */
export function stepAlert(open: Alert | undefined, found: Judged, mostBad: number, day: LocalDate): AlertStep {
  if (found.state === 'nothing_to_check') return { do: 'nothing' };
  const share = found.bad / Math.max(1, found.checked);
  if (open === undefined) return found.state === 'bad' ? { do: 'open', worst: share } : { do: 'nothing' };
  if (day < open.lastDay) return { do: 'nothing' };
  if (found.state === 'bad') return { do: 'update', alert: { ...open, lastBadOn: day, lastDay: day, goodDays: 0, worst: Math.max(open.worst, share) } };
  if (share > CLOSES_BELOW * mostBad) return { do: 'update', alert: { ...open, lastDay: day, goodDays: 0 } };
  const goodDays = day === open.lastDay ? Math.max(open.goodDays, 1) : open.goodDays + 1;
  return { do: 'update', alert: { ...open, lastDay: day, goodDays, closedOn: goodDays >= CLOSES_AFTER ? day : null } };
}
