/** Generalised linear models: logistic, multinomial, linear, Poisson, Gamma and Tweedie regression with elastic net. */
export { gammaRegression } from './gammaRegression.ts';
export { linearRegression } from './linearRegression.ts';
export { logisticRegression } from './logisticRegression.ts';
export { multinomialRegression } from './multinomialRegression.ts';
export { poissonRegression } from './poissonRegression.ts';
export { tweedieRegression } from './tweedieRegression.ts';
export { inference, type CoefficientRow, type InferableArtefact, type Inference, type InferenceOptions } from './inference.ts';
