/** A sequence over one customer's events in memory, by trying every chain. */
import { spanOf } from './context.ts';
import type { Calendar } from './context.ts';
import { passesAll } from './evaluateEvents.ts';
import type { EventFacts } from './facts.ts';
import { withinMs } from './sequenceLeaf.ts';
import type { Sequence, SequenceStep } from './sequenceLeaf.ts';

export function matchesSequence(all: readonly EventFacts[], { first, followedBy }: Sequence, calendar: Calendar): boolean {
  const { from = -Infinity, to } = spanOf(first.window, calendar);
  const fits = (event: EventFacts, step: Pick<SequenceStep, 'kinds' | 'where'>): boolean => event.occurredAt < calendar.asOf && step.kinds.includes(event.kind) && passesAll(event, step.where, calendar);
  const goesOn = (at: number, step: number): boolean => {
    if (step === followedBy.length) return true;
    const wanted = followedBy[step];
    const until = at + withinMs(wanted.within);
    const found = all.filter((event) => event.occurredAt > at && event.occurredAt <= until && fits(event, wanted));
    if (wanted.absent === true) return until <= calendar.asOf && found.length === 0;
    return found.some((event) => goesOn(event.occurredAt, step + 1));
  };
  return all.some((event) => event.occurredAt >= from && event.occurredAt < to && fits(event, first) && goesOn(event.occurredAt, 0));
}
