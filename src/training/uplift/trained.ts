/** What an evaluated experiment hands to the registry: everything that scoring uplift needs. */
import { z } from 'zod';
import { calibrationSchema } from '../../estimators/uplift/calibrate.ts';
import { upliftColumnSchema } from '../../estimators/uplift/matrix.ts';

const number = z.number();

export const upliftModelSchema = z.strictObject({
  /** Key of the experiment, and when it was made: one that was deleted and made again is another. */
  experiment: z.string(),
  experimentCreatedAt: z.int(),
  responseDays: z.int().positive(),
  outcome: z.looseObject({ kind: z.string() }),
  /** Unit of effects: shares of customers (shown in percentage points) or money. */
  unit: z.enum(['points', 'currency']),
  /** Whether customers may be ranked; where not, nothing of this is ever served as a number. */
  rankable: z.boolean(),
  columns: z.array(upliftColumnSchema).min(1),
  featureSetHash: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  seed: z.int(),
  data: z.strictObject({ snapshot: z.string(), events: z.int(), customers: z.int(), end: z.string(), treated: z.int(), heldOut: z.int() }),
  learner: z.string(),
  artefact: z.unknown(),
  /** Expected outcome without treatment: kind of its estimator, and its artefact. */
  natural: z.strictObject({ estimator: z.string(), artefact: z.unknown(), mean: number }),
  calibration: calibrationSchema.nullable(),
  averageEffect: number,
  golden: z.strictObject({ rows: z.array(z.array(number.nullable())), predictions: z.array(z.array(number)) }),
});
export type UpliftModel = z.infer<typeof upliftModelSchema>;
