/** What training hands back: everything that serving, explaining and judging a model needs. The registry wraps it with version and checksum. */
import { z } from 'zod';
import { servingSchema } from '../estimators/serving.ts';
import { RUNGS } from './define.ts';
import { evaluationSchema } from './evaluation.ts';
import { requirementSchema } from './readiness.ts';
import { recipeSchema } from './recipe.ts';

const number = z.number();
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const rung = z.enum(RUNGS);

export const GRADES = ['excellent', 'good', 'usable', 'not_recommended'] as const;

export const leaderboardRowSchema = z.strictObject({
  candidate: z.string(),
  rung,
  estimator: z.string(),
  /** Mean loss on the selection period, lower is better; absent where the fit failed. */
  loss: number.optional(),
  /** Standard error of the difference to the best candidate. */
  lossErrorToBest: number.optional(),
  /** Why there is no model. */
  failure: z.string().optional(),
  seconds: number.optional(),
  metrics: z.record(z.string(), number),
});
export type LeaderboardRow = z.infer<typeof leaderboardRowSchema>;

export const headSchema = z.strictObject({
  horizonDays: z.int().positive(),
  task: z.enum(['binary', 'amount', 'duration']),
  candidate: z.string(),
  rung,
  /** Kind of the estimator; its schema checks `artefact`. */
  estimator: z.string(),
  /** How it was fitted; absent in versions from before it was kept. */
  recipe: recipeSchema.optional(),
  artefact: z.unknown(),
  /** Level, calibration shape and intervals: how raw predictions become what is served (estimators/serving.ts). */
  serving: servingSchema,
  split: z.strictObject({
    mode: z.enum(['three_way', 'two_way', 'label_free']),
    train: z.array(date),
    calibration: date.optional(),
    test: date,
    serve: z.array(date),
  }),
  rows: z.strictObject({ train: z.int(), calibration: z.int(), test: z.int(), serve: z.int() }),
  /** Mean of the target over the newest period. */
  baseRate: number,
  /** Median of each column over the rows that served the last fit; null where a column is always missing. */
  typical: z.record(z.string(), number.nullable()),
  evaluation: evaluationSchema,
  baseline: z.strictObject({ candidate: z.string(), evaluation: evaluationSchema }),
  beatsBaseline: z.boolean(),
  leaderboard: z.array(leaderboardRowSchema),
  /** The search for parameters that came before; with the seed and the number of trials it can be run again. */
  search: z.strictObject({
    trials: z.int(),
    /** Rows of the fits, and of the judging, both within the training cut-offs. */
    rows: z.int(),
    judgedRows: z.int(),
    /** What beat its declaration there, with both losses; whether it serves is decided on the calibration period. */
    found: z.array(z.strictObject({ candidate: z.string(), trial: z.int(), loss: number, declaredLoss: number, params: z.record(z.string(), z.unknown()) })),
  }).optional(),
  grade: z.enum(GRADES),
  confidence: z.enum(['high', 'medium', 'low']),
  warnings: z.array(z.string()),
});
export type TrainedHead = z.infer<typeof headSchema>;

export const trainedModelSchema = z.strictObject({
  model: z.string(),
  target: z.looseObject({ kind: z.string() }),
  observations: z.looseObject({ at: z.string() }),
  population: z.array(z.looseObject({ feature: z.string() })),
  /** Columns in the order of the matrix that the artefacts expect. */
  columns: z.array(z.strictObject({ name: z.string(), unit: z.string(), missing: z.union([z.literal('missing'), number]) })),
  featureSetHash: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  seed: z.int(),
  data: z.strictObject({
    /** Content hash of the snapshot that was trained on. */
    snapshot: z.string(),
    events: z.int(),
    customers: z.int(),
    /** First day that training did not know. */
    end: date,
  }),
  readiness: z.array(requirementSchema),
  heads: z.array(headSchema).min(1),
  /** Five rows (one value per column, null = missing) with the prediction of each head, re-scored whenever the model is loaded. */
  golden: z.strictObject({ rows: z.array(z.array(number.nullable())), predictions: z.array(z.array(number)) }),
});
export type TrainedModel = z.infer<typeof trainedModelSchema>;
