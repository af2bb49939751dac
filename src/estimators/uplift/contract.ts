/**
 * What an uplift learner is: like an estimator (../contract.ts) pure functions over arrays, but of an outcome and a treatment. `predict` says how much more of
 * the outcome a row would have if it were treated. One suite (test/contract/uplift.ts) holds every learner to the same rules as estimators.
 */
import type { z } from 'zod';
import type { Matrix } from '../../base/matrix.ts';
import type { FitContext, FitFailure, FitReport } from '../contract.ts';

export interface UpliftData {
  readonly x: Matrix;
  /** Outcome per row: 0 or 1, or an amount. */
  readonly y: Float64Array;
  /** 1 where the row was treated, 0 where it was held out. */
  readonly treated: Uint8Array;
  /** Chance of treatment in (0, 1), per row, where it is known and differs. Absent: see {@link UpliftParams.propensity}. */
  readonly propensity?: Float64Array;
  readonly weights?: Float64Array;
}

/** An estimator of the house by its kind, and what differs from its defaults. */
export interface BaseEstimator {
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface UpliftParams {
  /** What predicts the outcome: logistic regression or boosted trees for 0/1, a linear, Tweedie or boosted model for amounts. */
  readonly outcome: BaseEstimator;
  /** What predicts the effect itself, a number of either sign (X-learner and doubly-robust learner). */
  readonly effect: BaseEstimator;
  /** `share`: the treatment was drawn at random, its chance is the share of treated rows. `estimated`: it depends on the columns and is learned from them. */
  readonly propensity: 'share' | 'estimated';
  /** Folds of rows for what must not have seen a row's own outcome. */
  readonly folds: number;
}

export type UpliftFit<Artefact> =
  | { readonly ok: true; readonly artefact: Artefact; readonly report: FitReport }
  | { readonly ok: false; readonly reason: FitFailure; readonly detail: string };

export interface UpliftLearner<Artefact extends { readonly kind: string }> {
  readonly kind: Artefact['kind'];
  readonly schema: z.ZodType<Artefact>;
  readonly defaults: UpliftParams;
  /** Throws only `cancelled` (and `unknown_name`, `invalid_input` for a base estimator that does not exist or has no such parameter). Never writes to its inputs. */
  fit(train: UpliftData, params: UpliftParams, context: FitContext): UpliftFit<Artefact>;
  /** Uplift per row, in units of the outcome. */
  predict(artefact: Artefact, x: Matrix): Float64Array;
}
