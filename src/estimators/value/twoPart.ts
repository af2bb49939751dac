/**
 * Expected amount = P(any spend) × E(amount | spend) × scale, below a cap. Half of the customers spend nothing and a few spend most of the money, so
 * whether and how much are learned apart: how much by ridge regression on the logarithm, or by boosted trees with a Gamma-like loss.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { applyConformal, conformalSchema } from '../calibration/conformal.ts';
import { finite } from '../codec.ts';
import type { FitContext, FitOutcome, TrainingData } from '../contract.ts';
import { linearFields, linearProblem } from '../linear/linearSchema.ts';
import { linearScores } from '../linear/linearTerms.ts';
import { logisticRegression } from '../linear/logisticRegression.ts';
import { fitRidge } from '../linear/ridge.ts';
import { amountProblem, canonicalRows, checkCancelled, defineEstimator, holdOut, refuse, type CanonicalRows } from '../rows.ts';
import { boostedTrees } from '../trees/boostedTrees.ts';
import { conformalOn, robustCap, selectRows, totalScale } from './amounts.ts';

export interface TwoPartParams {
  readonly probabilityModel: 'logistic' | 'boosted';
  /** `boosted` needs 500 rows that spent; below that it is `log_linear`. */
  readonly amountModel: 'log_linear' | 'boosted';
  /** λ of the ridge on the logarithm of the amount. */
  readonly lambda: number;
  /** The cap is `capFactor` times this quantile of the amounts above 0. */
  readonly capLevel: number;
  readonly capFactor: number;
}

const constant = z.object({ kind: z.literal('constant'), value: finite });
const logLinear = z.object({ kind: z.literal('log_linear'), ...linearFields }).superRefine((artefact, context) => {
  const message = linearProblem(artefact);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
const probabilitySchema = z.union([logisticRegression.schema, boostedTrees.schema, constant]);
const amountSchema = z.union([logLinear, boostedTrees.schema, constant]);
const schema = z.object({
  kind: z.literal('two_part'),
  probability: probabilitySchema,
  /** Log of the amount given that something is spent, or boosted trees with a log link. */
  amount: amountSchema,
  scale: finite.positive(),
  cap: finite.positive(),
  conformal: conformalSchema.optional(),
});
export type TwoPartArtefact = z.infer<typeof schema>;
type Core = Omit<TwoPartArtefact, 'kind' | 'conformal'>;

/** Rows (by weight) that spent, below which the amount is one number for all. */
const LEAST_SPENDERS = 20;
/** Spenders below which trees would see too few large amounts to place them. */
const BOOSTED_SPENDERS = 500;

export const twoPart = defineEstimator<TwoPartArtefact, TwoPartParams>({
  kind: 'two_part',
  tasks: ['amount'],
  schema,
  defaults: { probabilityModel: 'logistic', amountModel: 'boosted', lambda: 10, capLevel: 0.999, capFactor: 2 },

  fit(train, params, context) {
    checkCancelled(context);
    const problem = amountProblem(train.y, 30);
    if (problem !== undefined) return problem;
    const data = canonicalRows(train);
    const whole = fitCore(asTraining(data, () => true), params, context);
    if (!whole.ok) return whole;
    const conformal = heldOutConformal(data, params, context);
    const artefact: TwoPartArtefact = { kind: 'two_part', ...whole.artefact, ...(conformal === undefined ? {} : { conformal }) };
    return { ok: true, artefact, report: { ...whole.report, rows: data.rows, quantiles: conformal !== undefined } };
  },

  predict: predictCore,

  quantiles(artefact, x, levels) {
    const predicted = predictCore(artefact, x);
    if (artefact.conformal !== undefined) return applyConformal(artefact.conformal, predicted, levels);
    // Too few rows to learn a spread: every level is the expected amount.
    return Float64Array.from({ length: predicted.length * levels.length }, (_, k) => predicted[Math.floor(k / levels.length)]);
  },
});

/** Residuals of a model of the earlier rows on the latest period (or on rows drawn by hash): the same recipe, never its own training rows. */
function heldOutConformal(data: CanonicalRows, params: TwoPartParams, context: FitContext): TwoPartArtefact['conformal'] {
  const held = holdOut(data, context.rng.fork('conformal').int(4294967296), 0.25, 50);
  if (held === undefined) return undefined;
  const earlier = asTraining(data, (i) => held[i] === 0);
  if (amountProblem(earlier.y, 30) !== undefined) return undefined;
  const core = fitCore(earlier, params, context);
  if (!core.ok) return undefined;
  const later = asTraining(data, (i) => held[i] === 1);
  return conformalOn(predictCore(core.artefact, later.x), later.y);
}

function asTraining(data: CanonicalRows, keep: (row: number) => boolean): TrainingData & { readonly weights: Float64Array } {
  const { columns, y, weights, rows } = selectRows(data, keep);
  const x: Matrix = { rows: rows.length, columns: columns.map((values, c) => ({ name: data.names[c], values })) };
  // Two periods are enough to tell the latest from the others.
  return { x, y, weights, period: Int32Array.from(rows, (i) => (i >= data.latestFrom ? 1 : 0)) };
}

function fitCore(train: TrainingData & { readonly weights: Float64Array }, params: TwoPartParams, context: FitContext): FitOutcome<Core> {
  const any = train.y.map((v) => (v > 0 ? 1 : 0));
  const probability = fitProbability({ ...train, y: any }, params, context);
  if (!probability.ok) return probability;
  const amount = fitAmount(train, params, context);
  if (!amount.ok) return amount;
  const unscaled: Core = { probability: probability.artefact, amount: amount.artefact, scale: 1, cap: Number.MAX_VALUE };
  const cap = robustCap(train.y, train.weights, params.capLevel, params.capFactor);
  const scale = totalScale(predictCore(unscaled, train.x), train.y, train.weights, cap);
  return { ok: true, artefact: { ...unscaled, scale, cap }, report: { scale, cap, probability: unscaled.probability.kind, amount: unscaled.amount.kind } };
}

function fitProbability(train: TrainingData & { readonly weights: Float64Array }, params: TwoPartParams, context: FitContext): FitOutcome<TwoPartArtefact['probability']> {
  if (train.y.every((v) => v === 1)) return { ok: true, artefact: { kind: 'constant', value: 1 }, report: {} };
  const rng = context.rng.fork('probability');
  return params.probabilityModel === 'logistic'
    ? logisticRegression.fit(train, logisticRegression.defaults, { ...context, rng })
    : boostedTrees.fit(train, boostedTrees.defaults, { ...context, rng });
}

function fitAmount(train: TrainingData & { readonly weights: Float64Array }, params: TwoPartParams, context: FitContext): FitOutcome<TwoPartArtefact['amount']> {
  const spenders = Int32Array.from(train.y.keys()).filter((i) => train.y[i] > 0);
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(spenders, (i) => values[i]);
  const [y, weights] = [pick(train.y), pick(train.weights)];
  const columns = train.x.columns.map((column) => ({ ...column, values: pick(column.values) }));
  const spent = weights.reduce((sum, w) => sum + w, 0);
  const enough = spent >= LEAST_SPENDERS;
  if (spent >= BOOSTED_SPENDERS && params.amountModel === 'boosted') {
    const period = Int32Array.from(spenders, (i) => train.period?.[i] ?? 0);
    const rng = context.rng.fork('amount');
    // Power 1.9 is near Gamma, whose constant relative error suits order values, and still bounded for amounts close to 0.
    const outcome = boostedTrees.fit({ x: { rows: y.length, columns }, y, weights, period }, { ...boostedTrees.defaults, objective: 'tweedie', tweediePower: 1.9 }, { ...context, rng });
    if (outcome.ok) return outcome;
  }
  const log = y.map(Math.log);
  const linear = enough ? fitRidge({ rows: y.length, columns }, log, weights, { lambda: params.lambda, skewLimit: 2, clip: 6 }, context) : undefined;
  if (linear === undefined) {
    let [sum, total] = [0, 0];
    log.forEach((v, i) => {
      sum += weights[i] * v;
      total += weights[i];
    });
    return total > 0 ? { ok: true, artefact: { kind: 'constant', value: sum / total }, report: {} } : refuse('one_class', 'Nobody spent anything.');
  }
  return { ok: true, artefact: { kind: 'log_linear', columns: [...linear.columns], terms: [...linear.terms], clip: linear.clip, coefficients: linear.coefficients, intercept: linear.intercept }, report: {} };
}

function predictCore({ probability, amount, scale, cap }: Core, x: Matrix): Float64Array {
  const p = probability.kind === 'logistic_regression' ? logisticRegression.predict(probability, x)
    : probability.kind === 'boosted_trees' ? boostedTrees.predict(probability, x)
    : new Float64Array(x.rows).fill(probability.value);
  const given = amount.kind === 'boosted_trees' ? boostedTrees.predict(amount, x)
    : amount.kind === 'log_linear' ? linearScores(amount, x).map((z) => Math.exp(Math.min(z, 100)))
    : new Float64Array(x.rows).fill(Math.exp(amount.value));
  return p.map((chance, i) => Math.min(chance * given[i] * scale, cap));
}
