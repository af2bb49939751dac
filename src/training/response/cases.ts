/** Customers as they were known on a day, with what the messages of the weeks after it did: read twice by the function that serves, so that training and serving cannot part. */
import { answerHistory } from '../../features/activity/answers.ts';
import type { Outcome } from '../../features/activity/answers.ts';
import type { Activity } from '../../features/activity/activity.ts';
import type { ResponseCase } from '../../estimators/response/fit.ts';

const HITS = { open: 'opened', click: 'clicked', convert: 'converted' } as const;

/** Activities by customer as of a day. */
export interface Reading {
  /** Epoch day. */
  readonly day: number;
  readonly activities: ReadonlyMap<number, Pick<Activity, 'messages' | 'contacts'>>;
}

/**
 * Customers who had been sent something through the channel before the earlier day and were sent something after it, by number.
 * @param later read when the messages of `periods` periods after the earlier day had their week
 */
export function responseCases(earlier: Reading, later: Reading, channel: string, outcome: Outcome, periods: number): ResponseCase[] {
  const found: { readonly id: number; readonly one: ResponseCase }[] = [];
  for (const [id, { messages }] of later.activities) {
    let [tries, hits] = [0, 0];
    for (const row of messages) {
      if (row.channel !== channel || row.period >= periods) continue;
      tries += row.sent;
      hits += row[HITS[outcome]];
    }
    const before = earlier.activities.get(id);
    if (tries === 0 || before === undefined) continue;
    const known = answerHistory(before, channel, outcome, earlier.day);
    if (known.own.length > 0) found.push({ id, one: { known, tries, hits } });
  }
  return found.sort((a, b) => a.id - b.id).map(({ one }) => one);
}

/** Enough of either kind to choose and to test by. */
const LEAST = { customers: 20, messages: 50, each: 10 } as const;

export function areEnough(cases: readonly ResponseCase[]): boolean {
  const [tries, hits] = cases.reduce(([n, k], one) => [n + one.tries, k + one.hits], [0, 0]);
  return cases.length >= LEAST.customers && tries >= LEAST.messages && hits >= LEAST.each && tries - hits >= LEAST.each;
}
