/** Customer-base ("buy till you die") models: estimators for the trainer, and their parts for tags, reports and tests. */
export { bgNbd, expectedOrdersOfRows, mbgNbd } from './nbdEstimator.ts';
export type { NbdArtefact, NbdEstimatorParams } from './nbdEstimator.ts';
export { gammaGamma } from './gammaGammaEstimator.ts';
export type { GammaGammaArtefact, GammaGammaEstimatorParams } from './gammaGammaEstimator.ts';
export { btydValue } from './valueEstimator.ts';
export type { BtydValueArtefact, BtydValueParams } from './valueEstimator.ts';
export { expectedOrders, expectedOrdersOfNewCustomer, nbdLogLikelihood, pActive, pAlive } from './nbd.ts';
export type { NbdModel, NbdParams } from './nbd.ts';
export { fitBetterNbd, fitNbd } from './nbdFit.ts';
export { expectedSpend, fitGammaGamma, gammaGammaLogLikelihood, harmonicSpend, spendSample } from './gammaGamma.ts';
export { AGE, FREQUENCY, MONETARY, RECENCY, compressHistories } from './history.ts';
export type { History } from './history.ts';
