/**
 * Adam with decoupled weight decay (Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2), on arrays: a network here has a few thousand weights, and a dozen
 * tensor operations per array would cost more than the step itself.
 */
export interface AdamParams {
  readonly learningRate: number;
  /** Share of a weight that goes away with each step, times the learning rate. */
  readonly weightDecay: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;

/** A function that moves `weights` in place along gradients of the same shapes; `decays[k]` says whether array k shrinks. */
export function adam(weights: readonly Float32Array[], decays: readonly boolean[], { learningRate, weightDecay }: AdamParams): (gradients: readonly ArrayLike<number>[]) => void {
  const first = weights.map(({ length }) => new Float64Array(length));
  const second = weights.map(({ length }) => new Float64Array(length));
  let [power1, power2] = [1, 1];
  return (gradients) => {
    power1 *= BETA1;
    power2 *= BETA2;
    weights.forEach((values, k) => {
      const [m, v, gradient] = [first[k], second[k], gradients[k]];
      const kept = decays[k] ? 1 - learningRate * weightDecay : 1;
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i];
        m[i] = BETA1 * m[i] + (1 - BETA1) * g;
        v[i] = BETA2 * v[i] + (1 - BETA2) * g * g;
        values[i] = kept * values[i] - (learningRate * (m[i] / (1 - power1))) / (Math.sqrt(v[i] / (1 - power2)) + EPSILON);
      }
    });
  };
}
