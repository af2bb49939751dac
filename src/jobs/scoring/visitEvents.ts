/** Events that come with a question about a visit. */
import { z } from 'zod';
import { BROWSING_KINDS } from '../../features/visit/kinds.ts';
import type { TimedEvent } from '../../features/visit/underWay.ts';
import { newEventSchema } from '../../store/events.ts';
import type { NewEvent } from '../../store/events.ts';

/** Events that one question may hand in: more than a person does in a visit. */
export const MOST_VISIT_EVENTS = 500;

/** An event of the visit on its way in; the customer is named once, beside them. */
export const visitEventSchema = newEventSchema.omit({ customer: true }).extend({ occurredAt: z.union([newEventSchema.shape.occurredAt, z.iso.datetime({ offset: true })]) });

/** Instants may come as text. */
export function visitEvents(events: readonly z.infer<typeof visitEventSchema>[]): Omit<NewEvent, 'customer'>[] {
  return events.map(({ occurredAt, ...rest }) => ({ ...rest, occurredAt: typeof occurredAt === 'number' ? occurredAt : Date.parse(occurredAt) }));
}

const READ_KINDS: ReadonlySet<string> = new Set([...BROWSING_KINDS, 'order']);

/** An event as a visit reads it. */
export function timed({ occurredAt, kind, product, category, channel, properties, quantity, orderRef }: Omit<NewEvent, 'customer'>): TimedEvent {
  const device = properties?.device;
  return { at: occurredAt, kind, product: product ?? null, category: category ?? null, channel: channel ?? null, device: typeof device === 'string' ? device : null, quantity: quantity === undefined ? null : Number(quantity), orderRef: orderRef ?? null };
}

/** One event per id. */
function distinct(events: readonly Omit<NewEvent, 'customer'>[]): Omit<NewEvent, 'customer'>[] {
  const seen = new Set<string>();
  return events.filter(({ eventId }) => eventId === undefined || (!seen.has(eventId) && seen.add(eventId)));
}

/** Those that can belong to a visit at the moment (epoch ms), each once. */
export function toldEvents(events: readonly Omit<NewEvent, 'customer'>[], moment: number): Omit<NewEvent, 'customer'>[] {
  return distinct(events).filter(({ kind, occurredAt }) => READ_KINDS.has(kind) && occurredAt <= moment);
}
