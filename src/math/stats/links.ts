/** Logistic function 1/(1+e^−z), without overflow. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** ln(p/(1−p)); ±Infinity at 1 and 0. */
export function logit(p: number): number {
  return Math.log(p) - Math.log1p(-p);
}

/** ln(1+e^z), without overflow. */
export function softplus(z: number): number {
  return z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
}

/** Log-odds of a probability that is first kept `edge` away from 0 and 1: always finite. */
export function boundedLogit(p: number, edge: number): number {
  return logit(Math.min(1 - edge, Math.max(edge, p)));
}

/** σ of the mean of the models' log-odds, one per row: the normalised geometric mean of their odds, so that sure models keep their say. `predictions`: probabilities per model, at least one. */
export function meanOfLogOdds(predictions: readonly Float64Array[], edge: number): Float64Array {
  return Float64Array.from(predictions[0], (_, row) => sigmoid(predictions.reduce((sum, p) => sum + boundedLogit(p[row], edge), 0) / predictions.length));
}
