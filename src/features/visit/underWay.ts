/** Which events make up the visit that is under way, from what the store has and what was handed in with the question. */
import type { VisitEvent } from './kinds.ts';

/** An order, or an event of browsing. */
export interface TimedEvent extends VisitEvent {
  readonly orderRef: string | null;
}

export interface UnderWay {
  /** Of its first browsing event, epoch ms. */
  readonly startMs: number;
  /** Of its newest event, an order included: the silence counts from there. */
  readonly lastMs: number;
  /** Browsing events, oldest first. */
  readonly events: readonly VisitEvent[];
  /** An order has come since it began: the question is answered. */
  readonly ordered: boolean;
}

/** What tells two tellings of one event apart from two events: nobody does the same thing with the same product twice in a millisecond. */
const sameness = ({ at, kind, product, orderRef }: TimedEvent): string => JSON.stringify([at, kind, product, orderRef]);

/** Both lists as one, each event once, oldest first; what comes after the moment is left out. */
export function mergedEvents(stored: readonly TimedEvent[], handed: readonly TimedEvent[], moment: number): TimedEvent[] {
  const found = new Map<string, TimedEvent>();
  // Twice in the store is twice: there the source's ids have decided already.
  const known = stored.filter(({ at }) => at <= moment);
  for (const event of known) found.set(sameness(event), event);
  const added = new Map(handed.filter((event) => event.at <= moment && !found.has(sameness(event))).map((event) => [sameness(event), event]));
  return [...known, ...added.values()].sort((a, b) => a.at - b.at);
}

/**
 * The chain of events with less than the silence between them that reaches the moment; undefined where there is none, or no browsing in it.
 * @param events browsing and orders up to the moment, oldest first
 */
export function visitUnderWay(events: readonly TimedEvent[], moment: number, silenceMs: number): UnderWay | undefined {
  let first = events.length;
  let until = moment;
  while (first > 0 && until - events[first - 1].at < silenceMs) until = events[--first].at;
  const chain = events.slice(first);
  const browsing = chain.filter(({ kind }) => kind !== 'order');
  if (browsing.length === 0) return undefined;
  const startMs = browsing[0].at;
  return { startMs, lastMs: chain[chain.length - 1].at, events: browsing, ordered: chain.some(({ kind, at }) => kind === 'order' && at >= startMs) };
}
