/** What a shop with contracts decides about renewals: the part `contracts` of its configuration (docs/contracts.md). */
import { z } from 'zod';

export const contractSettingsSchema = z.strictObject({
  /** A customer whose contract ends within so many days has a probability; of several, the shortest that reaches the end speaks. */
  horizonsDays: z.array(z.int().min(1).max(365)).min(1).max(4).refine((days) => new Set(days).size === days.length, 'must not name a number of days twice').default([30, 90]),
  /** Days after the end within which a new period still is a renewal. */
  graceDays: z.int().min(0).max(180).default(14),
});
export type ContractSettings = z.infer<typeof contractSettingsSchema>;
