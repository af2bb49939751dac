/** What a shop can configure about lifecycle stages: multiples of the personal cycle, orders that make a loyal customer, bounds of the cycle, and minimum stays. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** In the order in which customers usually go through them. */
export const STAGE_CODES = ['lead', 'new', 'growing', 'loyal', 'slipping', 'dormant', 'churned', 'reactivated'] as const;
export type Stage = (typeof STAGE_CODES)[number];

const cycles = z.number().positive().max(1_000);
const cycleDays = z.number().min(1).max(3_650);
const stay = z.int().min(0).max(365);

const minimumStaySchema = z.strictObject({
  new: stay.default(7), growing: stay.default(7), loyal: stay.default(7), slipping: stay.default(7), dormant: stay.default(7), churned: stay.default(7), reactivated: stay.default(7),
});

/** Every part has a default, so a configuration names only what it changes. */
export const lifecycleSchema = z
  .strictObject({
    /** Silence, in personal cycles, after which a customer is slipping, dormant and churned. */
    slippingAfterCycles: cycles.default(1.5),
    dormantAfterCycles: cycles.default(2.5),
    churnedAfterCycles: cycles.default(4),
    loyalFromOrders: z.int().min(2).max(10_000).default(5),
    /** A personal cycle outside of these counts as the nearer of the two. */
    shortestCycleDays: cycleDays.default(1),
    longestCycleDays: cycleDays.default(3_650),
    /** Nights that a stage is kept before silence alone may end it; an order never waits (docs/adr/lifecycle.md). */
    minimumStayDays: minimumStaySchema.default(minimumStaySchema.parse({})),
    /** How far ahead the next stage is predicted. Makes no stage, so it is no part of the rules' version. */
    forecastDays: z.int().min(1).max(90).default(30),
  })
  .superRefine((rules, context) => {
    const ascending = [['slippingAfterCycles', 'dormantAfterCycles'], ['dormantAfterCycles', 'churnedAfterCycles'], ['shortestCycleDays', 'longestCycleDays']] as const;
    for (const [low, high] of ascending) {
      if (rules[low] < rules[high] || (high === 'longestCycleDays' && rules[low] === rules[high])) continue;
      context.addIssue({ code: 'custom', path: [high], message: `is ${rules[high]} and must be greater than ${low}, which is ${rules[low]}` });
    }
  });
export type LifecycleRules = z.output<typeof lifecycleSchema>;

export const DEFAULT_LIFECYCLE: LifecycleRules = lifecycleSchema.parse({});

/** Names what makes stages: the same rules have the same hash, whatever the order of their keys and the horizon of the prediction. */
export function rulesHash({ forecastDays: _horizon, minimumStayDays, ...rules }: LifecycleRules): string {
  const sorted = (record: Readonly<Record<string, number>>): [string, number][] => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify([sorted(rules), sorted(minimumStayDays)])).digest('hex').slice(0, 16);
}
