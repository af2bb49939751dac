/**
 * The network that every estimator of this family is: embeddings of categories, optionally a gated recurrent unit over a short series, dense layers with
 * rectified linear units, and a linear last layer. Here it is data; predicting is in forward.ts, training in training.ts.
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { float64Block } from '../codec.ts';
import type { EncodedRows } from './inputs.ts';

/** A matrix of weights, row-major `inputs` × `outputs`, and a bias per output. An embedding is one too, with a row per code. */
const denseSchema = z
  .object({ inputs: z.int().min(1), outputs: z.int().min(1), weights: float64Block, bias: float64Block })
  .refine(({ inputs, outputs, weights, bias }) => weights.length === inputs * outputs && bias.length === outputs, 'weights do not fit the sizes of the layer');
export type Dense = z.infer<typeof denseSchema>;

/** Gates and candidate of a gated recurrent unit, from a step's channels and from the state before. */
const recurrentSchema = z
  .object({ update: denseSchema, reset: denseSchema, candidate: denseSchema, updateState: denseSchema, resetState: denseSchema, candidateState: denseSchema })
  .refine(({ update, reset, candidate, updateState, resetState, candidateState }) => {
    const state = update.outputs;
    const alike = [reset, candidate].every(({ inputs, outputs }) => inputs === update.inputs && outputs === state);
    return alike && [updateState, resetState, candidateState].every(({ inputs, outputs }) => inputs === state && outputs === state);
  }, 'gates of different sizes');
export type Recurrent = z.infer<typeof recurrentSchema>;

export const networkSchema = z
  .object({ embeddings: z.array(denseSchema), recurrent: recurrentSchema.optional(), layers: z.array(denseSchema).min(1) })
  .refine(({ layers }) => layers.every((layer, i) => i === 0 || layer.inputs === layers[i - 1].outputs), 'layers do not follow each other');
export type Network = z.infer<typeof networkSchema>;

/** A short series per row: row-major rows × steps × channels, oldest step first. */
export interface SeriesRows {
  readonly steps: number;
  readonly channels: number;
  readonly values: Float32Array;
}

export interface NetworkInput extends EncodedRows {
  readonly series?: SeriesRows;
}

export interface NetworkSizes {
  readonly inputs: number;
  /** Codes per categorical column, 0 (unknown) included. */
  readonly codes: readonly number[];
  readonly recurrent?: { readonly channels: number; readonly state: number };
  readonly hidden: readonly number[];
  /** Bias of each output at the start: the network begins as a constant. */
  readonly outputs: readonly number[];
}

/** Dimensions of an embedding: the fourth root of the codes, doubled; at most 8. */
const embeddingSize = (codes: number): number => Math.min(8, Math.max(1, Math.round(2 * codes ** 0.25)));

/** Weights at random: N(0, 2/inputs) before rectifiers (He et al. 2015, eq. 10), N(0, 1/inputs) before gates, small ones before the outputs. */
export function newNetwork(sizes: NetworkSizes, rng: Random): Network {
  const dense = (name: string, inputs: number, outputs: number, variance: number): Dense => {
    const own = rng.fork(name);
    const sd = Math.sqrt(variance);
    // Single precision from the start: it is what training works with.
    return { inputs, outputs, weights: Float64Array.from({ length: inputs * outputs }, () => Math.fround(sd * own.normal())), bias: new Float64Array(outputs) };
  };
  const embeddings = sizes.codes.map((codes, k) => dense(`embedding ${k}`, codes, embeddingSize(codes), 0.05));
  const { recurrent } = sizes;
  const gate = (name: string, inputs: number): Dense => dense(name, inputs, recurrent?.state ?? 1, 1 / inputs);
  const unit: Recurrent | undefined = recurrent === undefined ? undefined : {
    update: gate('update', recurrent.channels), reset: gate('reset', recurrent.channels), candidate: gate('candidate', recurrent.channels),
    updateState: gate('update state', recurrent.state), resetState: gate('reset state', recurrent.state), candidateState: gate('candidate state', recurrent.state),
  };
  let width = sizes.inputs + embeddings.reduce((sum, { outputs }) => sum + outputs, 0) + (recurrent?.state ?? 0);
  const layers = sizes.hidden.map((units, k) => {
    const layer = dense(`layer ${k}`, width, units, 2 / width);
    width = units;
    return layer;
  });
  const last = dense('outputs', width, sizes.outputs.length, 0.01 / width);
  return { embeddings, ...(unit === undefined ? {} : { recurrent: unit }), layers: [...layers, { ...last, bias: Float64Array.from(sizes.outputs, Math.fround) }] };
}

/** Layers in the one order in which training keeps their weights. */
export function layersOf({ embeddings, recurrent, layers }: Network): Dense[] {
  const { update, reset, candidate, updateState, resetState, candidateState } = recurrent ?? {};
  return [...embeddings, ...[update, reset, candidate, updateState, resetState, candidateState].filter((layer) => layer !== undefined), ...layers];
}

/** The same network with other weights; `change` is called for each layer in the order of {@link layersOf}. */
export function withLayers({ embeddings, recurrent, layers }: Network, change: (layer: Dense) => Dense): Network {
  const first = embeddings.map(change);
  const unit = recurrent === undefined ? undefined : {
    update: change(recurrent.update), reset: change(recurrent.reset), candidate: change(recurrent.candidate),
    updateState: change(recurrent.updateState), resetState: change(recurrent.resetState), candidateState: change(recurrent.candidateState),
  };
  return { embeddings: first, ...(unit === undefined ? {} : { recurrent: unit }), layers: layers.map(change) };
}
