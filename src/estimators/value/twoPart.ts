/**
 * Expected amount = P(any spend) × E(amount | spend) × scale, below a cap. Half of the customers spend nothing and a few spend most of the money, so
 * whether and how much are learned apart: how much by ridge regression on the logarithm, or by boosted trees with a Gamma-like loss.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { applyConformal, conformalSchema } from '../calibration/conformal.ts';
import { finite } from '../codec.ts';
import type { FitContext, FitOutcome } from '../contract.ts';
import { amountProblem, canonicalOrder, checkCancelled, defineEstimator, holdOut } from '../rows.ts';
import type { CanonicalOrder } from '../rows.ts';
import { boostedTrees } from '../trees/boostedTrees.ts';
import { conformalOn, robustCap, totalScale } from './amounts.ts';
import { explainProduct } from './explainProduct.ts';
import { BOOSTED_SPENDERS, chanceSchema, chances, explainChance, explainLogAmount, fitChance, fitLogLinear, logAmounts, logAmountSchema, orderedRows, someRows, wholeRows } from './parts.ts';
import type { LogAmountPart, PartRows, WeightedRows } from './parts.ts';

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

const schema = z.object({
  kind: z.literal('two_part'),
  probability: chanceSchema,
  /** Log of the amount given that something is spent, or boosted trees with a log link. */
  amount: logAmountSchema,
  scale: finite.positive(),
  cap: finite.positive(),
  conformal: conformalSchema.optional(),
});
export type TwoPartArtefact = z.infer<typeof schema>;
type Core = Omit<TwoPartArtefact, 'kind' | 'conformal'>;

export const twoPart = defineEstimator<TwoPartArtefact, TwoPartParams>({
  kind: 'two_part',
  tasks: ['amount'],
  schema,
  defaults: { probabilityModel: 'logistic', amountModel: 'boosted', lambda: 10, capLevel: 0.999, capFactor: 2 },

  fit(train, params, context) {
    checkCancelled(context);
    const problem = amountProblem(train.y, 30);
    if (problem !== undefined) return problem;
    const order = canonicalOrder(train);
    const whole = fitCore(wholeRows(train, order), params, context);
    if (!whole.ok) return whole;
    const conformal = heldOutConformal(order, params, context);
    const artefact: TwoPartArtefact = { kind: 'two_part', ...whole.artefact, ...(conformal === undefined ? {} : { conformal }) };
    return { ok: true, artefact, report: { ...whole.report, rows: order.rows, quantiles: conformal !== undefined } };
  },

  predict: predictCore,

  quantiles(artefact, x, levels) {
    const predicted = predictCore(artefact, x);
    if (artefact.conformal !== undefined) return applyConformal(artefact.conformal, predicted, levels);
    // Too few rows to learn a spread: every level is the expected amount.
    return Float64Array.from({ length: predicted.length * levels.length }, (_, k) => predicted[Math.floor(k / levels.length)]);
  },

  explain({ probability, amount, scale, cap }, x) {
    return explainProduct(explainChance(probability, x), explainLogAmount(amount, x), x.rows, (m) => m + Math.log(scale), Math.log(cap));
  },
});

/** Residuals of a model of the earlier rows on the latest period (or on rows drawn by hash): the same recipe, never its own training rows. */
function heldOutConformal(order: CanonicalOrder, params: TwoPartParams, context: FitContext): TwoPartArtefact['conformal'] {
  const held = holdOut(order, context.rng.fork('conformal').int(4294967296), 0.25, 50);
  if (held === undefined) return undefined;
  const core = fitEarlier(order, held, params, context);
  if (core === undefined) return undefined;
  const later = orderedRows(order, (i) => held[i] === 1);
  return conformalOn(predictCore(core, later.x), later.y);
}

function fitEarlier(order: CanonicalOrder, held: Uint8Array, params: TwoPartParams, context: FitContext): Core | undefined {
  const earlier = someRows(order, (i) => held[i] === 0);
  const core = amountProblem(earlier.y, 30) === undefined ? fitCore(earlier, params, context) : undefined;
  return core?.ok === true ? core.artefact : undefined;
}

function fitCore(rows: PartRows, params: TwoPartParams, context: FitContext): FitOutcome<Core> {
  const probability = fitChance(rows.all, params.probabilityModel, context);
  if (!probability.ok) return probability;
  const amount = fitAmount(rows.spenders(), params, context);
  if (!amount.ok) return amount;
  const unscaled: Core = { probability: probability.artefact, amount: amount.artefact, scale: 1, cap: Number.MAX_VALUE };
  const cap = robustCap(rows.y, rows.weights, params.capLevel, params.capFactor);
  const scale = totalScale(rows.ordered(predictCore(unscaled, rows.all.x)), rows.y, rows.weights, cap);
  return { ok: true, artefact: { ...unscaled, scale, cap }, report: { scale, cap, probability: unscaled.probability.kind, amount: unscaled.amount.kind } };
}

function fitAmount(spenders: WeightedRows, params: TwoPartParams, context: FitContext): FitOutcome<LogAmountPart> {
  if (params.amountModel === 'boosted' && spenders.weights.reduce((sum, w) => sum + w, 0) >= BOOSTED_SPENDERS) {
    // Power 1.9 is near Gamma, whose constant relative error suits order values, and still bounded for amounts close to 0.
    const outcome = boostedTrees.fit(spenders, { ...boostedTrees.defaults, objective: 'tweedie', tweediePower: 1.9 }, { ...context, rng: context.rng.fork('amount') });
    if (outcome.ok) return outcome;
  }
  return fitLogLinear(spenders, params.lambda, context);
}

function predictCore({ probability, amount, scale, cap }: Core, x: Matrix): Float64Array {
  const given = logAmounts(amount, x);
  return chances(probability, x).map((chance, i) => Math.min(chance * Math.exp(given[i]) * scale, cap));
}
