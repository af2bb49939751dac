/** One envelope for every tag, whatever its kind: what is stored, served and filtered on. */
import { z } from 'zod';

export const TAG_KINDS = ['statistical', 'rule', 'predictive', 'preference', 'value', 'lifecycle'] as const;
export type TagKind = (typeof TAG_KINDS)[number];

/** Why a tag has or has not a value. A missing score is never 0 and never "low". */
export const TAG_STATUSES = ['ok', 'insufficient_data', 'not_eligible', 'stale', 'opted_out', 'model_paused'] as const;
export type TagStatus = (typeof TAG_STATUSES)[number];

export const CONFIDENCES = ['high', 'medium', 'low'] as const;

const bilingualSchema = z.strictObject({ zh: z.string(), en: z.string() });

/** One reason in words: the customer's own number beside the typical number. */
export const reasonSchema = z.strictObject({
  direction: z.enum(['up', 'down']),
  feature: z.string(),
  /** Share of the total push of all features, in (0, 1]. */
  weight: z.number(),
  /** The customer's number; null where it is missing. */
  value: z.number().nullable(),
  typical: z.number().nullable(),
  text: bilingualSchema,
});
export type Reason = z.infer<typeof reasonSchema>;

export const tagSchema = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  kind: z.enum(TAG_KINDS),
  status: z.enum(TAG_STATUSES),
  /** Number, text, date (YYYY-MM-DD) or ordered list; null unless the status is ok. */
  value: z.union([z.number(), z.string(), z.array(z.string()), z.null()]),
  /** Code of the band; names live in the catalogue. */
  band: z.string().nullable(),
  /** Calibrated probability in [0, 1]. */
  probability: z.number().nullable(),
  /** 1–100 among the customers scored in the same run, 100 = most likely. */
  percentile: z.int().min(1).max(100).nullable(),
  /** probability ÷ base rate of the run. */
  lift: z.number().nullable(),
  /** Numbers for amounts and days; for dates epoch days. */
  interval: z.strictObject({ low: z.number(), high: z.number(), level: z.number() }).nullable(),
  horizonDays: z.int().nullable(),
  /** Business day the tag was computed for. */
  asOf: z.string(),
  /** Business day from which the current value has held. */
  validFrom: z.string(),
  /** Business day on which a dynamic tag turns stale; null for static tags. */
  expiresAt: z.string().nullable(),
  source: z.strictObject({ name: z.string(), version: z.int(), run: z.int() }),
  confidence: z.enum(CONFIDENCES).nullable(),
  reasons: z.array(reasonSchema).max(6),
});
export type Tag = z.infer<typeof tagSchema>;
