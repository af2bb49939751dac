/** Batches and the network as tensors: what training.ts differentiates. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from './backend.ts';
import type { Network, NetworkInput, Recurrent } from './network.ts';

export interface TrainingRows {
  readonly input: NetworkInput;
  /** Row-major rows × targets, what the loss reads. */
  readonly targets: Float64Array;
  readonly weights: Float64Array;
  readonly hashes: Float64Array;
}

export interface Batch {
  readonly values: Tensor2D;
  readonly codes: readonly Tensor2D[];
  readonly steps: readonly Tensor2D[];
  readonly targets: Tensor2D;
  /** Weight of each row over the weight of the batch. */
  readonly weights: Tensor2D;
}

/** The rows `picked`; of a batch that is inside tf.tidy. */
export function asTensors(tf: Tf, { input, targets, weights }: TrainingRows, picked: Int32Array, { embeddings }: Network): Batch {
  const n = picked.length;
  const gather = (values: Float64Array | Float32Array, stride: number, width: number, offset = 0): Tensor2D => {
    const taken = new Float32Array(n * width);
    for (let k = 0; k < n; k++) for (let i = 0, from = picked[k] * stride + offset; i < width; i++) taken[k * width + i] = values[from + i];
    return tf.tensor2d(taken, [n, width]);
  };
  const width = input.values.length / input.rows;
  const { series } = input;
  const total = picked.reduce((sum, row) => sum + weights[row], 0);
  return {
    values: gather(input.values, width, width),
    codes: input.codes.map((codes, k) => {
      const { inputs } = embeddings[k];
      const hot = new Float32Array(n * inputs);
      for (let i = 0; i < n; i++) hot[i * inputs + codes[picked[i]]] = 1;
      return tf.tensor2d(hot, [n, inputs]);
    }),
    steps: series === undefined ? [] : Array.from({ length: series.steps }, (_, step) => gather(series.values, series.steps * series.channels, series.channels, step * series.channels)),
    targets: gather(targets, targets.length / input.rows, targets.length / input.rows),
    weights: tf.tensor2d(Float32Array.from(picked, (row) => weights[row] / total), [n, 1]),
  };
}

/** What outputsOf in forward.ts computes, in operations that have derivatives. */
export function forward(tf: Tf, shape: Network, weights: readonly Tensor2D[], { values, codes, steps }: Batch): Tensor2D {
  let at = 0;
  const dense = (): ((x: Tensor2D) => Tensor2D) => {
    const [matrix, bias] = [weights[at++], weights[at++]];
    return (x) => tf.add(tf.matMul(x, matrix), bias);
  };
  const parts: Tensor2D[] = [...(values.shape[1] === 0 ? [] : [values]), ...codes.map((hot) => dense()(hot))];
  if (shape.recurrent !== undefined) parts.push(lastState(tf, shape.recurrent, dense, steps));
  let x = parts.length === 1 ? parts[0] : tf.concat(parts, 1);
  shape.layers.forEach((_, k) => {
    const z = dense()(x);
    x = k === shape.layers.length - 1 ? z : tf.relu(z);
  });
  return x;
}

function lastState(tf: Tf, { update }: Recurrent, dense: () => (x: Tensor2D) => Tensor2D, steps: readonly Tensor2D[]): Tensor2D {
  const [z, r, n, zs, rs, ns] = [dense(), dense(), dense(), dense(), dense(), dense()];
  const one = tf.ones([1, 1]);
  let state: Tensor2D = tf.zeros([steps[0].shape[0], update.outputs]);
  for (const x of steps) {
    const keep = tf.sigmoid(tf.add(z(x), zs(state)));
    const fresh = tf.tanh(tf.add(n(x), tf.mul(tf.sigmoid(tf.add(r(x), rs(state))), ns(state))));
    state = tf.add(tf.mul(keep, state), tf.mul(tf.sub(one, keep), fresh));
  }
  return state;
}
