/** Repurchase cycle: estimators of the days until the next order, and the personal cycle for tags. */
export { personalCycle, personalCycles, repurchaseCycle, survivalAfter } from './cycleEstimator.ts';
export type { PersonalCycle, Regularity, RepurchaseCycleArtefact, RepurchaseCycleParams } from './cycleEstimator.ts';
export { globalGap } from './globalGap.ts';
export type { GlobalGapArtefact, GlobalGapParams } from './globalGap.ts';
export { personalMeanGap } from './personalMeanGap.ts';
export type { PersonalMeanGapArtefact } from './personalMeanGap.ts';
export { GAP_COUNT, GAP_EWM, GAP_MEAN, GAP_STD, RHYTHM_COLUMNS, SILENCE, rhythmOf, rhythmReader } from './rhythm.ts';
export type { Rhythm } from './rhythm.ts';
