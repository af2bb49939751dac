/**
 * Trains a network: Adam over small batches, the mean of the last epochs' weights as the result. Batches are drawn by the hash of a row's content, so copies of
 * a row are always together, and weight 2 means what the row twice means.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Random } from '../../base/random.ts';
import { hashUniform } from '../../math/stats/index.ts';
import { adam, type AdamParams } from './adam.ts';
import type { Backend, Tf } from './backend.ts';
import { layersOf, withLayers, type Network } from './network.ts';
import { asTensors, forward, type TrainingRows } from './tensors.ts';

export interface TrainingParams extends AdamParams {
  /** Most passes over the rows; fewer when the held-out loss stops falling. */
  readonly epochs: number;
  /** Epochs without a better held-out loss before training stops. */
  readonly patience: number;
  /** Least rows (by weight) per step, and most steps per epoch: with many rows each step sees more of them. */
  readonly batchRows: number;
  readonly steps: number;
}

/** Loss per row (rows × 1) of outputs (rows × outputs) and targets (rows × targets), in differentiable operations. */
export type RowLoss = (tf: Tf, outputs: Tensor2D, targets: Tensor2D) => Tensor2D;

export interface Epochs {
  readonly epochs: number;
  /** Judges the network after an epoch; training stops after `patience` epochs without a lower answer. Absent: all epochs. */
  readonly judge?: (network: Network) => number;
  readonly patience?: number;
}

export interface Trained {
  readonly network: Network;
  readonly epochs: number;
  /** What `judge` said after each epoch. */
  readonly judged: readonly number[];
}

/** Epochs whose weights are averaged (Polyak & Juditsky 1992): a single one is where the last batch happened to pull. */
const AVERAGED = 3;

/** `checkpoint` runs before each batch and may throw to stop. Weights live outside of tensors, so none is left behind either way. */
export function trainNetwork({ tf }: Backend, start: Network, rows: TrainingRows, loss: RowLoss, params: TrainingParams, limit: Epochs, rng: Random, checkpoint: () => void): Trained {
  const total = rows.weights.reduce((sum, w) => sum + w, 0);
  const batches = Math.max(1, Math.min(params.steps, Math.round(total / params.batchRows)));
  const layers = layersOf(start);
  const weights = layers.flatMap((layer) => [Float32Array.from(layer.weights), Float32Array.from(layer.bias)]);
  const shapes = layers.flatMap(({ inputs, outputs }): [number, number][] => [[inputs, outputs], [1, outputs]]);
  // Biases are what the data say they are; only matrices decay.
  const move = adam(weights, weights.map((_, k) => k % 2 === 0), params);
  const snapshots: Float32Array[][] = [];
  const judged: number[] = [];
  let best: { readonly network: Network; readonly loss: number; readonly epoch: number } | undefined;
  for (let epoch = 0; epoch < limit.epochs; epoch++) {
    for (const picked of batchesOf(rows.hashes, batches, rng.fork('epoch', epoch).int(4294967296))) {
      checkpoint();
      move(tf.tidy(() => {
        const batch = asTensors(tf, rows, picked, start);
        const gradients = tf.grads((...tensors) => tf.sum(tf.mul(loss(tf, forward(tf, start, tensors as Tensor2D[], batch), batch.targets), batch.weights)));
        return gradients(weights.map((values, k) => tf.tensor2d(values, shapes[k]))).map((gradient) => gradient.dataSync());
      }));
    }
    snapshots.push(weights.map((values) => values.slice()));
    if (snapshots.length > AVERAGED) snapshots.shift();
    if (limit.judge === undefined) continue;
    const network = averaged(start, snapshots);
    const answer = limit.judge(network);
    judged.push(answer);
    if (best === undefined || answer < best.loss) best = { network, loss: answer, epoch };
    else if (epoch - best.epoch >= (limit.patience ?? Infinity)) break;
  }
  return { network: best?.network ?? averaged(start, snapshots), epochs: best === undefined ? limit.epochs : best.epoch + 1, judged };
}

/** Rows of each batch, drawn by hash; empty batches are left out. */
function batchesOf(hashes: Float64Array, batches: number, seed: number): Int32Array[] {
  const batchOf = Int32Array.from(hashes, (hash) => Math.floor(batches * hashUniform(hash, seed)));
  const sizes = new Int32Array(batches);
  for (const batch of batchOf) sizes[batch]++;
  const lists = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  batchOf.forEach((batch, row) => (lists[batch][sizes[batch]++] = row));
  return lists.filter((list) => list.length > 0);
}

function averaged(shape: Network, snapshots: readonly (readonly Float32Array[])[]): Network {
  const mean = (k: number): Float64Array => Float64Array.from(snapshots[0][k], (_, i) => snapshots.reduce((sum, one) => sum + one[k][i], 0) / snapshots.length);
  let at = 0;
  return withLayers(shape, (layer) => ({ ...layer, weights: mean(at++), bias: mean(at++) }));
}
