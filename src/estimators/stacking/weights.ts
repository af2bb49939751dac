/**
 * Stacked regression (Wolpert 1992; Breiman 1996): one blend of several models with weights that are not negative and sum to one, learned from predictions of rows that the
 * models were not fitted on. Breiman found that this constraint is what keeps a stack from being worse than its best member.
 */
export interface Stack {
  /** One per member, ≥ 0, summing to 1. */
  readonly weights: readonly number[];
  /** Member with the least loss alone. */
  readonly best: number;
  /** Mean loss of the best member − mean loss of the blend, whose weights were learned on the other half of the rows; and the standard error of that difference. */
  readonly gain: number;
  readonly gainError: number;
  /** The blend is better by more than one standard error. */
  readonly wins: boolean;
}

export type StackTask = 'amount' | 'binary';

/** Blended predictions are kept this far from 0 (and probabilities from 1), in units of the mean target. */
const FLOOR = 1e-4;
/** Equal weights count as much as this many rows: members that are hardly different share. */
const PRIOR_ROWS = 20;
const STEPS = 400;

interface Loss {
  value(y: number, prediction: number): number;
  slope(y: number, prediction: number): number;
}

/** Unit deviance of the Tweedie family with power 1.5 (Jørgensen 1997, ch. 4), as selection uses it; y and prediction in units of the mean. */
const TWEEDIE: Loss = {
  value: (y, m) => 2 * (2 * Math.sqrt(m) - 4 * Math.sqrt(y) + (2 * y) / Math.sqrt(m)),
  slope: (y, m) => 2 * (1 - y / m) / Math.sqrt(m),
};
const LOG_LOSS: Loss = {
  value: (y, p) => (y === 1 ? -Math.log(p) : -Math.log1p(-p)),
  slope: (y, p) => (p - y) / (p * (1 - p)),
};

/**
 * @param predictions one array per member, on rows that it was not fitted on
 * @param weights of the rows
 * @param half 0 or 1 per row: the two halves that judge each other's weights (rows of one customer in the same half)
 */
export function fitStack(task: StackTask, predictions: readonly Float64Array[], y: Float64Array, weights: Float64Array, half: ArrayLike<number>): Stack {
  const loss = task === 'amount' ? TWEEDIE : LOG_LOSS;
  const unit = task === 'amount' ? weightedMean(y, weights, () => true) || 1 : 1;
  const scaledY = y.map((v) => v / unit);
  const bounded = predictions.map((p) => p.map((v) => (task === 'amount' ? Math.max(v / unit, FLOOR) : Math.min(Math.max(v, FLOOR), 1 - FLOOR))));
  const solve = (keep: (row: number) => boolean): Float64Array => blendWeights(loss, bounded, scaledY, weights, keep);
  const members = bounded.map((p) => p.map((v, row) => loss.value(scaledY[row], v)));
  const alone = members.map((losses) => weightedMean(losses, weights, () => true));
  const best = alone.indexOf(Math.min(...alone));
  const crossed = [solve((row) => half[row] === 1), solve((row) => half[row] === 0)];
  const difference = scaledY.map((value, row) => members[best][row] - loss.value(value, blended(bounded, crossed[half[row] === 1 ? 1 : 0], row)));
  const gain = weightedMean(difference, weights, () => true);
  const squares = weightedMean(difference.map((d) => (d - gain) ** 2), weights, () => true);
  const gainError = Math.sqrt(squares / Math.max(1, weights.reduce((sum, w) => sum + w, 0)));
  return { weights: Array.from(solve(() => true)), best, gain, gainError, wins: gain > gainError };
}

function blended(predictions: readonly Float64Array[], w: ArrayLike<number>, row: number): number {
  let sum = 0;
  for (let k = 0; k < predictions.length; k++) sum += w[k] * predictions[k][row];
  return sum;
}

function weightedMean(values: Float64Array, weights: Float64Array, keep: (row: number) => boolean): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    if (!keep(row)) continue;
    sum += weights[row] * values[row];
    total += weights[row];
  }
  return total === 0 ? 0 : sum / total;
}

/** Exponentiated gradient (Kivinen & Warmuth 1997) with a step that halves where the loss would rise: stays on the simplex by itself. */
function blendWeights(loss: Loss, predictions: readonly Float64Array[], y: Float64Array, weights: Float64Array, keep: (row: number) => boolean): Float64Array {
  const count = predictions.length;
  const rows = Int32Array.from(y.keys()).filter(keep);
  const total = rows.reduce((sum, row) => sum + weights[row], 0);
  const prior = PRIOR_ROWS / (total + PRIOR_ROWS);
  const evaluate = (w: Float64Array, gradient?: Float64Array): number => {
    let value = 0;
    gradient?.fill(0);
    for (const row of rows) {
      const mixed = blended(predictions, w, row);
      const share = weights[row] / total;
      value += share * loss.value(y[row], mixed);
      if (gradient === undefined) continue;
      const slope = share * loss.slope(y[row], mixed);
      for (let k = 0; k < count; k++) gradient[k] += slope * predictions[k][row];
    }
    // Relative entropy to equal weights.
    for (let k = 0; k < count; k++) {
      if (w[k] > 0) value += prior * w[k] * Math.log(w[k] * count);
      if (gradient !== undefined) gradient[k] += prior * (1 + Math.log(Math.max(w[k], 1e-12) * count));
    }
    return value;
  };
  let w = new Float64Array(count).fill(1 / count);
  if (rows.length === 0) return w;
  const gradient = new Float64Array(count);
  let value = evaluate(w, gradient);
  let step = 1;
  for (let i = 0; i < STEPS && step > 1e-6; i++) {
    const least = gradient.reduce((a, b) => Math.min(a, b), Infinity);
    const moved = w.map((v, k) => v * Math.exp(-step * (gradient[k] - least)));
    const sum = moved.reduce((a, b) => a + b, 0);
    const next = moved.map((v) => v / sum);
    const found = evaluate(next);
    if (found > value) {
      step /= 2;
      continue;
    }
    const settled = value - found < 1e-10 * Math.abs(value);
    w = next;
    if (settled) break;
    value = evaluate(w, gradient);
    step *= 1.3;
  }
  // Shares below a hundredth cost a prediction and change nothing.
  const kept = w.map((v) => (v < 0.01 ? 0 : v));
  const left = kept.reduce((a, b) => a + b, 0);
  return kept.map((v) => v / left);
}
