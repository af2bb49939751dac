/**
 * Leaf `sequence`: one event, then others, each within a time of the one before it: "viewed, then ordered within 3 days", "added to the cart, then no order
 * within 3 days". True where any chain of the customer's events fits; always true or false.
 */
import { z } from 'zod';
import { filterList, kindList, spanWindowSchema } from './eventLeaf.ts';
import { CONDITION_LIMITS as limits } from './limits.ts';

const HOUR_MS = 3_600_000;

/** Days of 24 hours, or hours: time that passes, not days of the calendar. */
export const withinSchema = z.union([z.strictObject({ days: z.int().min(1).max(400) }), z.strictObject({ hours: z.int().min(1).max(9_600) })]);
export type Within = z.infer<typeof withinSchema>;

const events = { kinds: kindList, where: filterList.optional() };

/** With `absent` the step asks that no such event came, and that the time for it is over by asOf: what can still happen is not called missing. */
const stepSchema = z.strictObject({ ...events, within: withinSchema, absent: z.literal(true).optional() });
export type SequenceStep = z.infer<typeof stepSchema>;

export const sequenceSchema = z.strictObject({
  first: z.strictObject({ ...events, window: spanWindowSchema }),
  followedBy: z.array(stepSchema).min(1).max(limits.steps).refine((steps) => steps.slice(0, -1).every(({ absent }) => absent === undefined), 'only the last step may be absent'),
});
export type Sequence = z.infer<typeof sequenceSchema>;

export function withinHours(within: Within): number {
  return 'days' in within ? within.days * 24 : within.hours;
}

export function withinMs(within: Within): number {
  return withinHours(within) * HOUR_MS;
}
