/** What is known of how a customer answers messages of one channel, from the customer's activity: the same numbers in training, in the night and on demand. */
import type { Activity } from './activity.ts';
import { ACTIVITY_DAYS, PERIOD_DAYS } from './statements.ts';

/** What may follow a message: `open` an open or a click, `convert` an order. */
export const OUTCOMES = ['open', 'click', 'convert'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const HITS = { open: 'opened', click: 'clicked', convert: 'converted' } as const satisfies Record<Outcome, 'opened' | 'clicked' | 'converted'>;

/** Messages of a period, 0 the newest, and how many of them had the outcome. */
export interface PeriodTally {
  readonly period: number;
  readonly tries: number;
  readonly hits: number;
}

export interface AnswerHistory {
  /** Through this channel, oldest period first. */
  readonly own: readonly PeriodTally[];
  /** Through every channel, this one included, oldest period first. */
  readonly everywhere: readonly PeriodTally[];
  /** Days since the newest message that was answered was sent; {@link ACTIVITY_DAYS} where none was. */
  readonly daysSinceAnswer: number;
  /** Messages of the last four weeks through all channels. */
  readonly recentMessages: number;
  /** Periods of four weeks since the last order; those of the whole memory where there was none. */
  readonly periodsSinceOrder: number;
}

const oldestFirst = (tallies: PeriodTally[]): PeriodTally[] => tallies.sort((a, b) => b.period - a.period);

export function answerHistory({ messages, contacts }: Pick<Activity, 'messages' | 'contacts'>, channel: string, outcome: Outcome, asOfDay: number): AnswerHistory {
  const own: PeriodTally[] = [];
  const all = new Map<number, { period: number; tries: number; hits: number }>();
  let lastAnswered = -1;
  for (const row of messages) {
    const hits = row[HITS[outcome]];
    if (row.channel === channel) own.push({ period: row.period, tries: row.sent, hits });
    lastAnswered = Math.max(lastAnswered, row.lastAnswered);
    let sum = all.get(row.period);
    if (sum === undefined) all.set(row.period, (sum = { period: row.period, tries: 0, hits: 0 }));
    sum.tries += row.sent;
    sum.hits += hits;
  }
  let [recentMessages, periodsSinceOrder] = [0, Math.ceil(ACTIVITY_DAYS / PERIOD_DAYS)];
  for (const { kind, period, n } of contacts) {
    if (kind === 'message_sent' && period === 0) recentMessages += n;
    else if (kind === 'order') periodsSinceOrder = Math.min(periodsSinceOrder, period);
  }
  return {
    own: oldestFirst(own), everywhere: oldestFirst([...all.values()]), recentMessages, periodsSinceOrder,
    daysSinceAnswer: lastAnswered < 0 ? ACTIVITY_DAYS : Math.min(ACTIVITY_DAYS, asOfDay - lastAnswered),
  };
}
