/** What is kept of a new version's measurement against the champion of its day, per horizon (docs/adr/promotion.md). */
import { z } from 'zod';

const number = z.number();
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const bilingual = z.strictObject({ zh: z.string(), en: z.string() });

/** The same rows, both versions: `difference` is challenger − champion, with the interval at the level of the horizon. */
const differenceSchema = z.strictObject({ metric: z.string(), challenger: number, champion: number, difference: number, standardError: number, low: number, high: number });
export type Difference = z.infer<typeof differenceSchema>;

export const VERDICTS = ['better', 'worse', 'mixed', 'even'] as const;
/** What was set against the new version: the champion as it serves, its method fitted on what the new version learned from, or a method that is the same. */
export const COMPARED = ['artefact', 'recipe', 'same_recipe'] as const;

const measuredSchema = z.strictObject({
  horizonDays: z.int().positive(),
  compared: z.enum(COMPARED),
  /** The champion's. */
  candidate: z.string(),
  /** The champion was more than its simple rule when it was trained. */
  beatBaseline: z.boolean(),
  /** The features are not declared as they were when the champion was trained; the columns that it reads are all there. */
  featuresChanged: z.boolean(),
  test: date,
  rows: z.int(),
  customers: z.int(),
  /** `binary`: rows of the rarer outcome. */
  rarer: z.int().nullable(),
  /** Of the intervals: 0.95 for the first horizon that is compared, for the others so that all of them hold together. */
  level: number,
  /** Mean of the loss that selection minimises, row by row; less is better. */
  loss: differenceSchema,
  /** More is better; null where the rows do not define it. */
  ranking: differenceSchema.nullable(),
  metrics: z.record(z.string(), z.strictObject({ challenger: number.nullable(), champion: number.nullable() })),
  verdict: z.enum(VERDICTS),
  words: bilingual,
});
export type Measured = z.infer<typeof measuredSchema>;

export const NO_COMPARISON = [
  'champion_unreadable', 'target_changed', 'observations_changed', 'population_changed', 'currency_changed', 'columns_missing', 'only_challenger', 'only_champion', 'method_unknown', 'not_fitted',
] as const;

const notComparedSchema = z.strictObject({
  horizonDays: z.int().positive(),
  compared: z.null(),
  reason: z.enum(NO_COMPARISON),
  /** `only_champion`: the declaration still has the horizon. */
  declared: z.boolean().optional(),
  words: bilingual,
});
export type NotCompared = z.infer<typeof notComparedSchema>;

export const headComparisonSchema = z.union([measuredSchema, notComparedSchema]);
export type HeadComparison = z.infer<typeof headComparisonSchema>;

export const championComparisonSchema = z.strictObject({
  champion: z.strictObject({
    version: z.int().positive(),
    /** First day that it did not know; null where it cannot be opened any more. */
    end: date.nullable(),
  }),
  /** In the order of the new version's heads; horizons that only the champion has come last. */
  heads: z.array(headComparisonSchema).min(1).max(30),
});
export type ChampionComparison = z.infer<typeof championComparisonSchema>;

/** What decides whether a version may serve by itself (src/registry/gate.ts). */
export const GATE_RULES = [
  'first_version', 'champion_unreadable', 'better', 'newer',
  'not_recommended', 'baseline_is_better', 'champion_moved', 'horizon_lost', 'not_compared', 'worse', 'mixed', 'other_horizon_worse', 'same_days', 'only_a_rule', 'from_elsewhere',
] as const;

export const gateAnswerSchema = z.strictObject({
  /** The version may serve by itself. */
  pass: z.boolean(),
  rule: z.enum(GATE_RULES),
  /** What decided, with numbers. */
  why: bilingual,
});
export type GateAnswer = z.infer<typeof gateAnswerSchema>;
