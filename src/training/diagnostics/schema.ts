/**
 * What a version keeps of its one test besides the figures of its card: curves, tables and samples, none of which names a customer.
 * Sizes are bounded whatever the shop: curves of at most 200 points, at most 15 features × 500 points, bands of at least 30 customers.
 */
import { z } from 'zod';
import { championComparisonSchema, gateAnswerSchema } from '../champion/schema.ts';

export const DIAGNOSTICS_VERSION = 1;
export const MOST_POINTS = 200;
export const MOST_FEATURES = 15;
export const MOST_SAMPLE = 500;

const number = z.number();
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const count = z.int().min(0);
/** Points of a curve, first coordinate ascending. */
const curve = z.array(z.tuple([number, number])).max(MOST_POINTS);
const range = z.strictObject({ value: number, low: number, high: number });
/** Rows with similar predictions, lowest first: mean of what was said, and what happened with its 95 % interval: a share, a mean amount, or median days. */
const bin = z.strictObject({ rows: count, predicted: number, actual: number, low: number, high: number });

export const candidateDiagnosticsSchema = z.strictObject({
  candidate: z.string(),
  /** `binary`: (false positive rate, true positive rate) and (recall, precision). */
  roc: curve.optional(),
  pr: curve.optional(),
  /** Share of customers, highest prediction first → share of the outcome that is reached. */
  gain: curve,
  calibration: z.array(bin).max(20),
});

const contributionsSchema = z.strictObject({
  /** `explained`: the estimator's own exact contributions. `shapley`: exact Shapley values against a customer of median values. */
  method: z.enum(['explained', 'shapley']),
  scale: z.enum(['log_odds', 'identity', 'log']),
  /** Rows in the sample. */
  rows: count,
  /** Highest mean absolute contribution first. */
  features: z.array(z.strictObject({
    name: z.string(),
    meanAbsolute: number,
    /** (value, contribution), each feature sorted by itself: points of one customer cannot be put together. null: no record. */
    points: z.array(z.tuple([number.nullable(), number])).max(MOST_SAMPLE),
  })).max(MOST_FEATURES),
});

const segmentSchema = z.strictObject({
  by: z.string(),
  groups: z.array(z.strictObject({
    /** Values from (included) to (not included) of the column, or the level of a category. */
    from: number.nullable(),
    to: number.nullable(),
    level: z.string().optional(),
    rows: count,
    predicted: number,
    /** Share, mean amount or median days that happened, with the 95 % interval. */
    actual: range,
    /** AUC, normalised Gini or mean absolute error in days; absent where the group has too little of either outcome. */
    quality: range.optional(),
  })).max(12),
  /** Customers in groups too small to be shown. */
  hidden: count,
});

const driftSchema = z.strictObject({
  rows: z.strictObject({ learned: count, test: count }),
  /** Share of shops without any change in which at least one feature would be called moved. */
  falseAlarms: number,
  checked: count,
  moved: count,
  drifted: count,
  /** The furthest beyond chance first. */
  features: z.array(z.strictObject({
    name: z.string(),
    psi: number,
    /** What chance alone stays below, and the most that happened between earlier periods (null: too few of them). */
    noise: number,
    usual: number.nullable(),
    verdict: z.enum(['stable', 'moved', 'drifted']),
    /** Medians of what is present, and shares that are missing. */
    median: z.strictObject({ learned: number.nullable(), test: number.nullable() }),
    missing: z.strictObject({ learned: number, test: number }),
  })).max(20),
});

export const headDiagnosticsSchema = z.strictObject({
  horizonDays: z.int().positive(),
  task: z.enum(['binary', 'amount', 'duration']),
  rows: z.strictObject({ test: count, learned: count }),
  /** First and last cut-off of the test period. */
  test: z.strictObject({ first: date, last: date, cutoffs: count }),
  chosen: candidateDiagnosticsSchema,
  /** null where the baseline itself serves. */
  baseline: candidateDiagnosticsSchema.nullable(),
  /** `amount`: the gain of the perfect order. */
  perfectGain: curve.optional(),
  /** The tested model over every period, oldest first; its own learning periods included, which it knows. */
  periods: z.array(z.strictObject({
    first: date, last: date, role: z.enum(['learned', 'test']), rows: count, predicted: number, actual: range,
    /** 5, 25, 50, 75 and 95 % of the predictions. */
    quantiles: z.array(number).length(5),
  })).max(40),
  /** Predictions of the test period by bin, `edges` one longer than `rows`; `happened` of them had the outcome (binary). */
  scores: z.strictObject({ edges: z.array(number).max(41), rows: z.array(count).max(40), happened: z.array(count).max(40).optional(),
    /** `duration`: of everyone, as scores are. Absent in reports from before that was kept: of those who came back. */
    of: z.literal('everyone').optional() }),
  contributions: contributionsSchema.nullable(),
  segments: z.array(segmentSchema).max(12),
  drift: driftSchema.nullable(),
  /** The same of the customers on the last day of the data, whose outcomes are not known yet. Absent where events open the rows. */
  driftNow: driftSchema.nullable().optional(),
  /** How far single features get alone: AUC, or absolute rank correlation. Above the limit they are suspected to know the answer. */
  leaks: z.strictObject({
    limit: number,
    features: z.array(z.strictObject({ name: z.string(), learned: number.nullable(), test: number.nullable(), suspect: z.boolean() })).max(10),
  }),
  /** `binary`: the outcome among the customers with the highest probabilities, per hundredth of the customers. */
  cutoffs: z.array(z.strictObject({ rows: count, score: number, rate: number, low: number, high: number })).max(100).nullable(),
  /** Intervals by tenth of prediction, lowest first: share of outcomes inside the 80 % interval, and its mean width. */
  coverage: z.array(z.strictObject({ rows: count, predicted: number, covered: range, width: number })).max(10).nullable(),
  /** `duration`: mean absolute error by tenth, lowest first. */
  errors: z.array(z.strictObject({ rows: count, predicted: number, error: range })).max(10).nullable(),
  /** `duration`, of those who came back: share that came by the day said for a level, and shares back by day, said and happened. */
  survival: z.strictObject({
    levels: z.array(z.strictObject({ level: number, share: range })).max(5),
    byDay: z.array(z.tuple([number, number, number])).max(MOST_POINTS),
    /** Of everyone: Brier score by day, of the model and of the Kaplan–Meier curve of the same rows. Absent in reports from before it was kept. */
    brier: z.array(z.tuple([number, number, number])).max(MOST_POINTS).optional(),
  }).nullable(),
});
export type HeadDiagnostics = z.infer<typeof headDiagnosticsSchema>;
export type CandidateDiagnostics = z.infer<typeof candidateDiagnosticsSchema>;

export const diagnosticsSchema = z.strictObject({ schemaVersion: z.literal(DIAGNOSTICS_VERSION), heads: z.array(headDiagnosticsSchema).min(1).max(12),
  /** Against the version that served then; absent where none did. */
  comparison: championComparisonSchema.optional(),
  /** What the promotion gate said of the version when it came about. */
  gate: gateAnswerSchema.optional(),
});
export type Diagnostics = z.infer<typeof diagnosticsSchema>;
