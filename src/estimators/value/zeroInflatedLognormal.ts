/**
 * Zero-inflated lognormal regression: chance of any spend, and mean and spread of ln(amount) of those who spend, each from the columns (the likelihood of Wang, Liu & Miao
 * 2019, equation 5, whose two terms are maximised apart). A whole distribution per customer: its mean is the prediction, its quantiles are the interval.
 *
 * σ = boundedSigma(a + b·(μ − centre)/width): spread may grow or shrink with the size, and never runs away. What remains of a wrong shape is taken out twice: the total is
 * kept by one factor on the mean, and levels of quantiles are read through a map learned on rows that the fit had not seen.
 */
import { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import { withNumericGradient } from '../../math/optimise.ts';
import { minimiseLbfgs } from '../../math/optimiseLbfgs.ts';
import { interpolate } from '../../math/stats/index.ts';
import { boundedSigma, zilnCdf, zilnMean, zilnQuantile } from '../../math/zeroInflatedLognormal.ts';
import type { ZeroInflatedLognormal } from '../../math/zeroInflatedLognormal.ts';
import { conformalLevels } from '../calibration/levels.ts';
import { finite } from '../codec.ts';
import type { FitContext, FitOutcome, RowDistributions } from '../contract.ts';
import { amountProblem, canonicalOrder, checkCancelled, defineEstimator, holdOut, sharedQuantiles } from '../rows.ts';
import type { CanonicalOrder } from '../rows.ts';
import { boostedTrees } from '../trees/boostedTrees.ts';
import { robustCap, totalScale } from './amounts.ts';
import { explainProduct } from './explainProduct.ts';
import { BOOSTED_SPENDERS, chanceSchema, chances, explainChance, explainLogAmount, fitChance, fitLogLinear, logAmounts, logAmountSchema, orderedRows, someRows, wholeRows } from './parts.ts';
import type { LogAmountPart, PartRows, WeightedRows } from './parts.ts';

export interface ZeroInflatedLognormalParams {
  /** `boosted` needs 500 rows that spent; below that the amount is `linear`. */
  readonly model: 'linear' | 'boosted';
  /** λ of the ridge on the logarithm of the amount. */
  readonly lambda: number;
  readonly capLevel: number;
  readonly capFactor: number;
}

const ascends = (values: readonly number[]): boolean => values.every((v, i) => i === 0 || v >= values[i - 1]);
const schema = z.object({
  kind: z.literal('zero_inflated_lognormal'),
  probability: chanceSchema,
  mu: logAmountSchema,
  spread: z.object({ intercept: finite, slope: finite, centre: finite, width: finite.positive() }),
  /** Factor on the mean that keeps the total of the training rows. */
  scale: finite.positive(),
  cap: finite.positive(),
  /** Level to ask for in place of each of {@link LEVELS}; absent: as they are. */
  levels: z.array(z.number().gt(0).lt(1)).length(19).refine(ascends, 'levels must ascend').optional(),
});
export type ZeroInflatedLognormalArtefact = z.infer<typeof schema>;
type Core = Omit<ZeroInflatedLognormalArtefact, 'kind' | 'levels'>;

const LEVELS: readonly number[] = Object.freeze(Array.from({ length: 19 }, (_, i) => (i + 1) / 20));
/** Rows (by weight) from which the spread may depend on the size. */
const SLOPE_SPENDERS = 100;

export const zeroInflatedLognormal = defineEstimator<ZeroInflatedLognormalArtefact, ZeroInflatedLognormalParams>({
  kind: 'zero_inflated_lognormal',
  tasks: ['amount'],
  schema,
  defaults: { model: 'linear', lambda: 10, capLevel: 0.999, capFactor: 2 },

  fit(train, params, context) {
    checkCancelled(context);
    const problem = amountProblem(train.y, 30);
    if (problem !== undefined) return problem;
    const order = canonicalOrder(train);
    const core = fitCore(wholeRows(train, order), params, context);
    if (!core.ok) return core;
    const levels = heldOutLevels(order, params, context);
    return { ok: true, artefact: { kind: 'zero_inflated_lognormal', ...core.artefact, ...(levels === undefined ? {} : { levels }) }, report: { ...core.report, rows: order.rows, quantiles: levels !== undefined } };
  },

  predict: predictCore,
  quantiles: (artefact, x, levels) => sharedQuantiles(distributionOf(artefact, x), levels),
  distribution: distributionOf,

  explain({ probability, mu, spread, scale, cap }, x) {
    const log = Math.log(scale);
    return explainProduct(explainChance(probability, x), explainLogAmount(mu, x), x.rows, (m) => m + sigmaOf(spread, m) ** 2 / 2 + log, Math.log(cap));
  },
});

function sigmaOf({ intercept, slope, centre, width }: Core['spread'], mu: number): number {
  // Sizes far outside of what was seen have the spread of the last that was.
  return boundedSigma(intercept + slope * Math.max(-3, Math.min(3, (mu - centre) / width)));
}

function distributions({ probability, mu, spread }: Core, x: Matrix): (row: number) => ZeroInflatedLognormal {
  const p = chances(probability, x);
  const m = logAmounts(mu, x);
  return (row) => ({ probability: p[row], mu: m[row], sigma: sigmaOf(spread, m[row]) });
}

function predictCore(core: Core, x: Matrix): Float64Array {
  const of = distributions(core, x);
  return Float64Array.from({ length: x.rows }, (_, row) => Math.min(core.scale * zilnMean(of(row)), core.cap));
}

function distributionOf(artefact: ZeroInflatedLognormalArtefact, x: Matrix): RowDistributions {
  const of = distributions(artefact, x);
  const asked = [0, ...(artefact.levels ?? LEVELS), 1];
  const said = [0, ...LEVELS, 1];
  return {
    rows: x.rows,
    cdf: (values) => values.map((value, row) => interpolate(asked, said, zilnCdf(of(row), value))),
    quantiles: (levels, perRow) => levels.map((level, i) => zilnQuantile(of(Math.floor(i / perRow)), interpolate(said, asked, level))),
  };
}

/** Where the outcomes of rows that the fit had not seen fell; a zero is drawn anywhere in its own mass, so that levels are uniform where the model is right. */
function heldOutLevels(order: CanonicalOrder, params: ZeroInflatedLognormalParams, context: FitContext): number[] | undefined {
  const held = holdOut(order, context.rng.fork('levels').int(4294967296), 0.25, 50);
  if (held === undefined) return undefined;
  const core = fitEarlier(order, held, params, context);
  if (core === undefined) return undefined;
  const later = orderedRows(order, (i) => held[i] === 1);
  const of = distributions(core, later.x);
  const random = context.rng.fork('mass');
  const fell = later.y.map((y, row) => (y === 0 ? random.next() : 1) * zilnCdf(of(row), y));
  return conformalLevels(fell, LEVELS);
}

function fitEarlier(order: CanonicalOrder, held: Uint8Array, params: ZeroInflatedLognormalParams, context: FitContext): Core | undefined {
  const earlier = someRows(order, (i) => held[i] === 0);
  const core = amountProblem(earlier.y, 30) === undefined ? fitCore(earlier, params, context) : undefined;
  return core?.ok === true ? core.artefact : undefined;
}

function fitCore(rows: PartRows, params: ZeroInflatedLognormalParams, context: FitContext): FitOutcome<Core> {
  const probability = fitChance(rows.all, params.model === 'boosted' ? 'boosted' : 'logistic', context);
  if (!probability.ok) return probability;
  const amount = fitAmount(rows.spenders(), params, context);
  if (!amount.ok) return amount;
  const { mu, spread } = amount.artefact;
  const unscaled: Core = { probability: probability.artefact, mu, spread, scale: 1, cap: Number.MAX_VALUE };
  const cap = robustCap(rows.y, rows.weights, params.capLevel, params.capFactor);
  const scale = totalScale(rows.ordered(predictCore(unscaled, rows.all.x)), rows.y, rows.weights, cap);
  return { ok: true, artefact: { ...unscaled, scale, cap }, report: { scale, cap, probability: unscaled.probability.kind, mu: unscaled.mu.kind, sigmaAtCentre: sigmaOf(spread, spread.centre), spreadSlope: spread.slope } };
}

function fitAmount(spenders: WeightedRows, params: ZeroInflatedLognormalParams, context: FitContext): FitOutcome<Pick<Core, 'mu' | 'spread'>> {
  const mu = fitMu(spenders, params, context);
  return mu.ok ? { ok: true, artefact: { mu: mu.artefact, spread: fitSpread(logAmounts(mu.artefact, spenders.x), spenders) }, report: mu.report } : mu;
}

function fitMu(spenders: WeightedRows, params: ZeroInflatedLognormalParams, context: FitContext): FitOutcome<LogAmountPart> {
  if (params.model === 'boosted' && spenders.weights.reduce((sum, w) => sum + w, 0) >= BOOSTED_SPENDERS) {
    const log = { ...spenders, y: spenders.y.map(Math.log) };
    const outcome = boostedTrees.fit(log, { ...boostedTrees.defaults, objective: 'squared_error' }, { ...context, rng: context.rng.fork('mu') });
    if (outcome.ok) return outcome;
  }
  return fitLogLinear(spenders, params.lambda, context);
}

/** Maximum likelihood of the two coefficients of σ, μ given; with few spenders the slope is 0. */
function fitSpread(mu: Float64Array, { y, weights }: WeightedRows): Core['spread'] {
  let [total, sum, squares] = [0, 0, 0];
  for (let i = 0; i < mu.length; i++) {
    total += weights[i];
    sum += weights[i] * mu[i];
    squares += weights[i] * mu[i] * mu[i];
  }
  const centre = sum / total;
  const width = Math.sqrt(Math.max(squares / total - centre * centre, 0)) || 1;
  const shape = { centre, width, intercept: 0, slope: 0 };
  const free = total >= SLOPE_SPENDERS ? 2 : 1;
  const loss = withNumericGradient(([intercept, slope = 0]: ArrayLike<number> & Iterable<number>) => {
    let value = 0;
    for (let i = 0; i < mu.length; i++) {
      const sigma = sigmaOf({ ...shape, intercept, slope }, mu[i]);
      value += weights[i] * (Math.log(sigma) + 0.5 * ((Math.log(y[i]) - mu[i]) / sigma) ** 2);
    }
    // A trace of prior keeps both finite where all amounts are alike.
    return value / total + (0.5 * (intercept * intercept + 4 * slope * slope)) / (total + 10);
  });
  const [intercept, slope = 0] = minimiseLbfgs(loss, new Float64Array(free), { maxIterations: 50 }).x;
  return { ...shape, intercept, slope };
}
