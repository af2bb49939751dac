import { z } from 'zod';
import { argsort, interpolate, isotonicBlocks } from '../../math/stats/index.ts';
import { finite } from '../codec.ts';
import { applyConformal, conformalSchema } from '../calibration/conformal.ts';
import { amountProblem, canonicalRows, checkCancelled, columnsNamed, defineEstimator, refuse } from '../rows.ts';
import { conformalOn, totalScale } from './amounts.ts';

export interface ScaledRateParams {
  /** Column that holds a rate, for example net spend per day over the last 365 days. */
  readonly column: string;
}

const ascends = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v >= values[i - 1]);
const schema = z
  .object({
    kind: z.literal('scaled_rate'),
    column: z.string(),
    rate: z.array(finite).min(1).refine(ascends, 'rates must ascend'),
    amount: z.array(finite.min(0)).min(1).refine(ascends, 'amounts must ascend'),
    /** Amount where the rate is missing. */
    missing: finite.min(0),
    conformal: conformalSchema,
  })
  .refine(({ rate, amount }) => rate.length === amount.length, 'one amount per rate');
export type ScaledRateArtefact = z.infer<typeof schema>;

/** Most groups of customers by rate whose mean amounts are pooled into an increasing curve, and the least rows of a group. */
const GROUPS = 40;
const GROUP_ROWS = 25;

/**
 * Amount as an increasing curve of the last year's rate, scaled so that the training total is met: customers without spend last year
 * get what such customers turned out to spend, and regression to the mean at the top is learned. Above the last group the curve grows in proportion to the rate.
 */
export const scaledRate = defineEstimator<ScaledRateArtefact, ScaledRateParams>({
  kind: 'scaled_rate',
  tasks: ['amount'],
  schema,
  defaults: { column: 'revenue_rate_365d_per_day' },

  fit(train, { column }, context) {
    checkCancelled(context);
    const problem = amountProblem(train.y, 30);
    if (problem !== undefined) return problem;
    const data = canonicalRows(train);
    const values = data.columns[data.names.indexOf(column)];
    if (values === undefined) return refuse('missing_column', `The scaled rate needs the column ${column}.`);
    const present = Int32Array.from(values.keys()).filter((i) => values[i] === values[i]);
    if (present.length === 0) return refuse('no_columns', `The column ${column} is missing in all ${data.rows} rows.`);
    const pick = (from: Float64Array): Float64Array => Float64Array.from(present, (i) => from[i]);
    const groups = groupMeans(pick(values), pick(data.y), pick(data.weights));
    const blocks = isotonicBlocks(groups.rate, groups.amount, groups.weight);
    let [total, weight, missingTotal, missingWeight] = [0, 0, 0, 0];
    data.y.forEach((v, i) => {
      total += data.weights[i] * v;
      weight += data.weights[i];
      if (values[i] === values[i]) return;
      missingTotal += data.weights[i] * v;
      missingWeight += data.weights[i];
    });
    const curve = { column, rate: [...blocks.x], amount: [...blocks.y], missing: (missingTotal + (20 * total) / weight) / (missingWeight + 20) };
    const scale = totalScale(amounts(curve, values), data.y, data.weights, Infinity);
    const scaled = { ...curve, amount: curve.amount.map((v) => v * scale), missing: curve.missing * scale };
    const from = data.rows - data.latestFrom >= 200 ? data.latestFrom : 0;
    const conformal = conformalOn(amounts(scaled, values.subarray(from)), data.y.subarray(from));
    if (conformal === undefined) return refuse('too_few_rows', `${data.rows} rows; at least 30 are needed.`);
    return { ok: true, artefact: { kind: 'scaled_rate', ...scaled, conformal }, report: { rows: data.rows, column, steps: blocks.x.length, scale } };
  },

  predict(artefact, x) {
    return amounts(artefact, columnsNamed(x, [artefact.column])[0]);
  },

  /** Against a customer whose rate is not known. */
  explain(artefact, x) {
    const predicted = amounts(artefact, columnsNamed(x, [artefact.column])[0]);
    return { scale: 'identity', base: artefact.missing, columns: [artefact.column], contributions: [predicted.map((v) => v - artefact.missing)] };
  },

  quantiles(artefact, x, levels) {
    return applyConformal(artefact.conformal, amounts(artefact, columnsNamed(x, [artefact.column])[0]), levels);
  },
});

function amounts({ rate, amount, missing }: Pick<ScaledRateArtefact, 'rate' | 'amount' | 'missing'>, values: Float64Array): Float64Array {
  const lastRate = rate[rate.length - 1];
  const lastAmount = amount[amount.length - 1];
  return values.map((v) => {
    if (v !== v) return missing;
    return v > lastRate && lastRate > 0 ? lastAmount * (v / lastRate) : interpolate(rate, amount, v);
  });
}

/** Mean rate and mean amount of groups of about equal weight; equal rates stay together. */
function groupMeans(rates: Float64Array, y: Float64Array, w: Float64Array): { rate: number[]; amount: number[]; weight: number[] } {
  const order = argsort(rates);
  const all = w.reduce((sum, v) => sum + v, 0);
  const size = Math.max(GROUP_ROWS, all / GROUPS);
  const groups = { rate: [] as number[], amount: [] as number[], weight: [] as number[] };
  let [sumRate, sumAmount, sumWeight] = [0, 0, 0];
  for (let k = 0; k < order.length; k++) {
    const i = order[k];
    sumRate += w[i] * rates[i];
    sumAmount += w[i] * y[i];
    sumWeight += w[i];
    const last = k + 1 === order.length;
    if (!last && (sumWeight < size || rates[order[k + 1]] === rates[i])) continue;
    groups.rate.push(sumRate / sumWeight);
    groups.amount.push(sumAmount / sumWeight);
    groups.weight.push(sumWeight);
    [sumRate, sumAmount, sumWeight] = [0, 0, 0];
  }
  return groups;
}
