import { z } from 'zod';
import { finite } from '../codec.ts';
import { applyConformal, conformalSchema } from '../calibration/conformal.ts';
import { amountProblem, canonicalRows, checkCancelled, columnsNamed, defineEstimator, refuse } from '../rows.ts';
import { conformalOn } from './amounts.ts';

export interface RateBaselineParams {
  /** Column that holds a rate, for example net spend per day over the last 365 days. */
  readonly column: string;
  /** What the rate is multiplied by: the horizon in the rate's unit. */
  readonly factor: number;
}

const schema = z.object({
  kind: z.literal('rate_baseline'),
  column: z.string(),
  factor: finite.positive(),
  conformal: conformalSchema,
});
export type RateBaselineArtefact = z.infer<typeof schema>;

/** rate × factor, 0 where the rate is missing or negative: "as before", the amount that every value model must beat. Only its quantiles are learned. */
export const rateBaseline = defineEstimator<RateBaselineArtefact, RateBaselineParams>({
  kind: 'rate_baseline',
  tasks: ['amount'],
  schema,
  defaults: { column: 'revenue_rate_365d_per_day', factor: 90 },

  fit(train, { column, factor }, context) {
    checkCancelled(context);
    // A period in which nobody bought is no reason to refuse: the rate itself is not learned.
    const problem = amountProblem(train.y, 30);
    if (problem !== undefined && problem.reason !== 'one_class') return problem;
    const data = canonicalRows(train);
    const rate = data.columns[data.names.indexOf(column)];
    if (rate === undefined) return refuse('missing_column', `The rate baseline needs the column ${column}.`);
    const predicted = asBefore(rate, factor);
    // Nothing was fitted, so all rows may serve; the latest period alone where it is big enough is nearer to what comes.
    const from = data.rows - data.latestFrom >= 200 ? data.latestFrom : 0;
    const conformal = conformalOn(predicted.subarray(from), data.y.subarray(from));
    if (conformal === undefined) return refuse('too_few_rows', `${data.rows} rows; at least 30 are needed.`);
    return { ok: true, artefact: { kind: 'rate_baseline', column, factor, conformal }, report: { rows: data.rows, column, factor } };
  },

  predict: predictAsBefore,

  explain(artefact, x) {
    return { scale: 'identity', base: 0, columns: [artefact.column], contributions: [predictAsBefore(artefact, x)] };
  },

  quantiles(artefact, x, levels) {
    return applyConformal(artefact.conformal, predictAsBefore(artefact, x), levels);
  },
});

const asBefore = (rate: Float64Array, factor: number): Float64Array => rate.map((v) => (v > 0 ? v * factor : 0));

function predictAsBefore({ column, factor }: Pick<RateBaselineArtefact, 'column' | 'factor'>, x: Parameters<typeof columnsNamed>[0]): Float64Array {
  return asBefore(columnsNamed(x, [column])[0], factor);
}
