/**
 * Every estimator by its kind, for code that learns the kind at run time: the trainer from a model's declaration, scoring from an artefact.
 * Code that knows which estimator it means imports that one.
 */
import { AppError } from '../base/errors.ts';
import { baseRate } from './baseline/baseRate.ts';
import { columnRule } from './baseline/columnRule.ts';
import { checkArtefact } from './codec.ts';
import type { Estimator } from './contract.ts';
import { bgBb, bgCnbdK, bgNbd, btydValue, gammaGamma, mbgCnbdK, mbgNbd, paretoNbd, shiftedBetaGeometric } from './customerBase/index.ts';
import { hazardTrees } from './hazard/hazardTrees.ts';
import { gammaRegression, linearRegression, logisticRegression, multinomialRegression, poissonRegression, tweedieRegression } from './linear/index.ts';
import { globalGap, personalMeanGap, repurchaseCycle } from './repurchaseCycle/index.ts';
import { averagedOver } from './stacking/averaged.ts';
import { stackedOver } from './stacking/stacked.ts';
import { onnx } from './onnx/onnx.ts';
import { boostedTrees } from './trees/boostedTrees.ts';
import { randomForest } from './trees/randomForest.ts';
import { neuralSequence, neuralTabular, neuralValue } from './neural/index.ts';
import { rateBaseline } from './value/rateBaseline.ts';
import { scaledRate } from './value/scaledRate.ts';
import { shrunkMean } from './value/shrunkMean.ts';
import { twoPart } from './value/twoPart.ts';
import { conformalQuantiles } from './value/conformalQuantiles.ts';
import { zeroInflatedLognormal } from './value/zeroInflatedLognormal.ts';

export { checkArtefact, decodeArtefact, encodeArtefact } from './codec.ts';
export {
  baseRate, bgBb, bgCnbdK, bgNbd, boostedTrees, btydValue, columnRule, gammaGamma, gammaRegression, globalGap, hazardTrees, linearRegression, logisticRegression, mbgCnbdK, mbgNbd, multinomialRegression,
  neuralSequence, neuralTabular, neuralValue, paretoNbd, personalMeanGap, poissonRegression, rateBaseline, repurchaseCycle, scaledRate, shiftedBetaGeometric, shrunkMean, tweedieRegression, twoPart,
  conformalQuantiles,
  zeroInflatedLognormal,
};

export interface AnyArtefact {
  readonly kind: string;
}

/**
 * An estimator whose types are not known. `fit` takes some of the estimator's parameters and fills in the rest from its defaults; it throws
 * `unknown_name` for a parameter that does not exist and `invalid_input` for one of another type. `predict`, `quantiles` and `explain`
 * check the artefact by the estimator's schema the first time they see it and throw `artefact_invalid`.
 */
export type AnyEstimator = Estimator<AnyArtefact, unknown>;

/** `overrides` over `defaults`. A default that is a number or a string may be overridden by either (`lambda: 'path' | number`). */
export function withDefaults<Params>(kind: string, defaults: Params, overrides: unknown): Params {
  if (overrides === undefined || overrides === null) return defaults;
  const known = defaults as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(overrides)) {
    if (!(name in known)) {
      throw new AppError('unknown_name', `${kind} has no parameter ${name}.`, { hint: `It has: ${Object.keys(known).join(', ')}.` });
    }
    const scalar = (v: unknown): boolean => typeof v === 'number' || typeof v === 'string';
    if (typeof value !== typeof known[name] && !(scalar(value) && scalar(known[name]))) {
      throw new AppError('invalid_input', `The parameter ${name} of ${kind} is a ${typeof value}; it must be a ${typeof known[name]}.`, { hint: 'Correct it in the file of the model.' });
    }
  }
  return { ...defaults, ...overrides };
}

function erased<Artefact extends AnyArtefact, Params>(estimator: Estimator<Artefact, Params>): AnyEstimator {
  // Artefacts that have passed the schema; checking thousands of nodes again for each chunk of customers would cost more than scoring them.
  // What the schema made of them is kept: it may have brought an older format up to date.
  const checked = new WeakMap<object, Artefact>();
  const narrow = (artefact: AnyArtefact): Artefact => {
    const known = checked.get(artefact);
    if (known !== undefined) return known;
    const current = checkArtefact(artefact, estimator.schema);
    checked.set(artefact, current);
    return current;
  };
  return Object.freeze({
    kind: estimator.kind,
    tasks: estimator.tasks,
    schema: estimator.schema,
    defaults: estimator.defaults,
    ...(estimator.requiredColumns === undefined ? {} : { requiredColumns: estimator.requiredColumns }),
    ...(estimator.spokenColumns === undefined ? {} : { spokenColumns: estimator.spokenColumns }),
    ...(estimator.prepare === undefined ? {} : { prepare: () => estimator.prepare!() }),
    fit: (train, params, context) => estimator.fit(train, withDefaults(estimator.kind, estimator.defaults, params), context),
    predict: (artefact, x) => estimator.predict(narrow(artefact), x),
    ...(estimator.quantiles === undefined ? {} : { quantiles: (artefact, x, levels) => estimator.quantiles!(narrow(artefact), x, levels) }),
    ...(estimator.distribution === undefined ? {} : { distribution: (artefact, x) => estimator.distribution!(narrow(artefact), x) }),
    ...(estimator.explain === undefined ? {} : { explain: (artefact, x) => estimator.explain!(narrow(artefact), x) }),
  } satisfies AnyEstimator as AnyEstimator);
}

const SINGLE = Object.freeze({
  base_rate: erased(baseRate),
  column_rule: erased(columnRule),
  logistic_regression: erased(logisticRegression),
  boosted_trees: erased(boostedTrees),
  random_forest: erased(randomForest),
  onnx: erased(onnx),
  rate_baseline: erased(rateBaseline),
  shrunk_mean: erased(shrunkMean),
  scaled_rate: erased(scaledRate),
  two_part: erased(twoPart),
  conformal_quantiles: erased(conformalQuantiles),
  zero_inflated_lognormal: erased(zeroInflatedLognormal),
  tweedie_regression: erased(tweedieRegression),
  linear_regression: erased(linearRegression),
  poisson_regression: erased(poissonRegression),
  gamma_regression: erased(gammaRegression),
  multinomial_regression: erased(multinomialRegression),
  neural_value: erased(neuralValue),
  neural_tabular: erased(neuralTabular),
  neural_sequence: erased(neuralSequence),
  bg_nbd: erased(bgNbd),
  mbg_nbd: erased(mbgNbd),
  bg_cnbd_k: erased(bgCnbdK),
  mbg_cnbd_k: erased(mbgCnbdK),
  pareto_nbd: erased(paretoNbd),
  bg_bb: erased(bgBb),
  shifted_beta_geometric: erased(shiftedBetaGeometric),
  gamma_gamma: erased(gammaGamma),
  btyd_value: erased(btydValue),
  repurchase_cycle: erased(repurchaseCycle),
  hazard_trees: erased(hazardTrees),
  personal_mean_gap: erased(personalMeanGap),
  global_gap: erased(globalGap),
}) satisfies Readonly<Record<string, AnyEstimator>>;

/** The blend of any of them, and the plain mean of classifiers. */
export const stacked = stackedOver(SINGLE);
export const averaged = averagedOver(SINGLE);

export const ESTIMATORS = Object.freeze({ ...SINGLE, stacked: erased(stacked), averaged: erased(averaged) }) satisfies Readonly<Record<string, AnyEstimator>>;

export type EstimatorKind = keyof typeof ESTIMATORS;

/** The estimator called `kind`. Throws `unknown_name`. */
export function estimatorOf(kind: string): AnyEstimator {
  if (Object.hasOwn(ESTIMATORS, kind)) return ESTIMATORS[kind as EstimatorKind];
  throw new AppError('unknown_name', `There is no estimator called ${kind.slice(0, 60)}.`, { hint: `There are: ${Object.keys(ESTIMATORS).join(', ')}.` });
}
