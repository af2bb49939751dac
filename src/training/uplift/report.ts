/** What an evaluation of an experiment shows: kept beside the version of its model, never inside the checked bytes. Holds no customer ids. */
import { z } from 'zod';

const number = z.number();
const bilingual = z.strictObject({ zh: z.string(), en: z.string() });

export const intervalSchema = z.strictObject({ estimate: number, low: number, high: number, standardError: number });
const interval = intervalSchema;

export const UPLIFT_REPORT_VERSION = 1;

export const upliftReportSchema = z.strictObject({
  experiment: z.string(),
  verdict: z.enum(['rankable', 'insufficient_evidence']),
  words: bilingual,
  /** First business day that was not known. */
  end: z.string(),
  customers: z.strictObject({ treated: z.int(), heldOut: z.int() }),
  /** Customers whose response window was not over. */
  waiting: z.int(),
  /** Probability of arms at least so uneven, if the declared chance of treatment is true. */
  sampleRatioP: number,
  /** Contacted although held out, and treated without a contact on record; null where the experiment names no campaign. */
  crossed: z.strictObject({ heldOutContacted: z.int(), treatedContacted: z.int() }).nullable(),
  /** Mean outcome of the treated and of the held out. */
  outcome: z.strictObject({ treated: number, heldOut: number, unit: z.enum(['points', 'currency']) }),
  /** Mean of the treated minus mean of the held out, in units of the outcome (0.01 is one percentage point), with its 95 % interval. */
  averageEffect: interval.nullable(),
  /** × 1 per customer, 95 % intervals. */
  qini: interval.nullable(),
  responseQini: interval.nullable(),
  /** Qini of the uplift minus that of the plain response. */
  lead: interval.nullable(),
  /** Learners out of fold; the one that serves is declared and not chosen by this comparison. */
  learners: z.array(z.strictObject({ learner: z.string(), serves: z.boolean(), repeats: z.int(), qini: interval.nullable(), failure: z.string().optional() })),
  tenths: z.array(z.strictObject({ tenth: z.int(), rows: z.int(), treated: z.int(), score: number, effect: number, low: number, high: number })),
  /** Largest differences first: (mean of the treated − mean of the held out) ÷ standard deviation. */
  balance: z.array(z.strictObject({ column: z.string(), category: z.string().optional(), treated: number, heldOut: number, difference: number })),
  /** Columns that differ by more than {@link MOST_DIFFERENCE}. */
  unbalanced: z.int(),
  columns: z.int(),
});
export type UpliftReport = z.infer<typeof upliftReportSchema>;

/** Standardised difference from which a column is named as unbalanced (Austin 2009). */
export const MOST_DIFFERENCE = 0.1;
