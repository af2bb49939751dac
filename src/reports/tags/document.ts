/** The usefulness report of one tag, as it is kept, served and printed. Holds no customer ids. */
import { z } from 'zod';
import { USER_KINDS } from '../../store/repositories/conditionUsers.ts';

const words = z.strictObject({ zh: z.string(), en: z.string() });
const day = z.iso.date();
const count = z.int().min(0);

/** How well the tag tells later buyers from others. */
export const VERDICTS = ['strongly', 'clearly', 'hardly', 'not_at_all', 'too_few'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const PROBLEMS = ['never_published', 'nobody', 'everybody', 'one_value', 'mostly_without_value', 'stale', 'model_paused', 'shifted', 'restless', 'separates_nothing', 'unused'] as const;
export type Problem = (typeof PROBLEMS)[number];

const valueCount = z.strictObject({ value: z.string(), label: words, customers: count, /** Of customers with a value. */ share: z.number() });

/** Numbers below the first edge, between each two, and from the last edge on: one count more than edges. */
const binned = z.strictObject({ edges: z.array(z.number()), counts: z.array(count) });

const numbersSchema = z.strictObject({
  mean: z.number(),
  /** 0, 1, 5, 10, 25, 50, 75, 90, 95, 99 and 100 %; of dates as days since 1970-01-01. */
  quantiles: z.array(z.number()),
  histogram: binned,
  /** Tenths as of this report: what the next one is compared in. */
  tenths: binned,
});

/** What cannot be said yet, and from which day on it can. */
const unknownSchema = z.strictObject({ state: z.literal('unknown'), why: z.enum(['too_short', 'no_history', 'never_published']), from: day.nullable() });
export type Unknown = z.infer<typeof unknownSchema>;

const changeSchema = z.union([
  z.strictObject({
    state: z.literal('known'),
    /** Day that the present is compared with. */
    day,
    customers: count,
    /** Customers of that day who have another status or value now; null for numbers, which keep no history. */
    changed: count.nullable(),
    changedShare: z.number().nullable(),
    /** Population stability index of the distribution, and what chance alone would exceed once in a hundred times. */
    stability: z.number(),
    noise: z.number(),
  }),
  unknownSchema,
]);

const outcomeSchema = z.strictObject({
  /** Null: customers without a valid value; `no` of a rule tag: those who did not carry it. */
  value: z.string().nullable(),
  label: words,
  customers: count,
  ordered: count,
  rate: z.number(),
  /** Wilson's interval of the rate, 95 %. */
  low: z.number(),
  high: z.number(),
  /** Rate ÷ everybody's rate; null where nobody ordered. */
  lift: z.number().nullable(),
  meanSpend: z.number(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

const separationKnown = z.strictObject({
  state: z.literal('known'),
  days: z.int(),
  /** The tag is the one that was published for this day; orders are those of the days after. */
  day,
  /** Of a rule tag: version of the definition that was evaluated then. */
  version: z.int().nullable(),
  customers: count,
  rate: z.number(),
  meanSpend: z.number(),
  values: z.array(outcomeSchema),
  /** Cramér's V with its bootstrap interval and the p-value of the χ² test; null where nobody or everybody ordered, or there is one value. */
  orders: z.strictObject({ value: z.number(), low: z.number(), high: z.number(), level: z.number(), pValue: z.number() }).nullable(),
  /** Area under the ROC curve of the bands in their order; null where bands have none. */
  auc: z.number().nullable(),
  /** Share of the variance of spend that the values explain, ω². */
  spend: z.strictObject({ value: z.number(), pValue: z.number() }).nullable(),
  verdict: z.enum(VERDICTS),
});
const separationSchema = z.union([separationKnown, unknownSchema.extend({ days: z.int() })]);
export type SeparationKnown = z.infer<typeof separationKnown>;
export type Separation = z.infer<typeof separationSchema>;

export const tagReportSchema = z.strictObject({
  key: z.string(),
  kind: z.enum(['statistical', 'rule', 'predictive', 'preference', 'value', 'lifecycle']),
  label: words,
  /** Business day on which the report was made. */
  today: day,
  /** Newest day that the tag was computed for; null where it never was. */
  asOf: day.nullable(),
  customers: count,
  /** Every customer is counted once: those without a row are `absent`. */
  statuses: z.array(z.strictObject({ status: z.enum(['ok', 'insufficient_data', 'not_eligible', 'stale', 'opted_out', 'model_paused', 'absent']), customers: count, share: z.number() })),
  /** Of tags that are words; the twenty largest, and how many more there are. Null of numbers and dates. */
  values: z.strictObject({ different: count, top: z.array(valueCount), others: count }).nullable(),
  numbers: numbersSchema.nullable(),
  change: changeSchema,
  separation: z.array(separationSchema),
  users: z.array(z.strictObject({ kind: z.enum(USER_KINDS), key: z.string() })),
  problems: z.array(z.enum(PROBLEMS)),
});
export type TagReport = z.infer<typeof tagReportSchema>;
