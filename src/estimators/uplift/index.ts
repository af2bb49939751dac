/** Uplift: how much more an outcome a customer would have if treated. Learners over any estimator of the house, and the verdict whether they may be used. */
import type { AnyArtefact } from '../index.ts';
import type { UpliftLearner } from './contract.ts';
import { doublyRobust } from './doublyRobust.ts';
import { oneModel } from './oneModel.ts';
import { twoModel } from './twoModel.ts';
import { xLearner } from './xLearner.ts';

export type { BaseEstimator, UpliftData, UpliftFit, UpliftLearner, UpliftParams } from './contract.ts';
export { outOfFoldUplift, type OutOfFold } from './outOfFold.ts';
export { calibrateUplift, effectAt, type CalibratedEffect, type UpliftCalibration } from './calibrate.ts';
export { upliftVerdict, type UpliftVerdict, type VerdictOptions } from './verdict.ts';

export type UpliftKind = 'two_model' | 'one_model' | 'x_learner' | 'doubly_robust';

/** Every learner by its kind. */
export const UPLIFT_LEARNERS: Readonly<Record<UpliftKind, UpliftLearner<AnyArtefact>>> = Object.freeze({ two_model: twoModel, one_model: oneModel, x_learner: xLearner, doubly_robust: doublyRobust });
