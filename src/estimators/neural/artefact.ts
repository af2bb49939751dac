/** What the artefacts of this family share: columns → inputs → network, at fit and at predict. */
import type { Column, Matrix } from '../../base/matrix.ts';
import { hashUniform } from '../../math/stats/index.ts';
import type { TrainingData } from '../contract.ts';
import { canonicalOrder, refuse, type CanonicalOrder } from '../rows.ts';
import { outputsOf } from './forward.ts';
import { encodeRows, fitInputs, inputColumns, inputWidth, type Inputs } from './inputs.ts';
import type { Network, NetworkInput } from './network.ts';
import { seriesRows, type Series } from './series.ts';

export interface NetworkArtefact {
  readonly inputs: Inputs;
  readonly series?: Series | undefined;
  readonly network: Network;
}

/** Rows (by weight) below which a network has nothing to say. */
export const LEAST_ROWS = 100;

/** Rows in canonical order, columns by name with categories by name. */
export interface NetworkRows extends Omit<CanonicalOrder, 'take'> {
  readonly inputs: Inputs;
}

/** `train` in canonical order, at most about `rowsUsed` rows of it. */
export function preparedRows(train: TrainingData, rowsUsed: number, seed: number): { readonly ok: true; readonly data: NetworkRows } | ReturnType<typeof refuse> {
  const { take, columns, ...order } = canonicalOrder(train);
  const data = sampledRows({ ...order, columns: columns.map((column) => ({ ...column, values: take(column.values) })) }, rowsUsed, seed);
  const inputs = fitInputs(data.columns, data.weights);
  if (inputs.quantities.length + inputs.categories.length === 0) return refuse('no_columns', `None of ${columns.length} columns varies over ${data.rows} rows.`);
  return { ok: true, data: { ...data, inputs } };
}

function sampledRows(data: Omit<NetworkRows, 'inputs'>, rowsUsed: number, seed: number): Omit<NetworkRows, 'inputs'> {
  const share = rowsUsed / data.totalWeight;
  if (!(share < 1)) return data;
  const kept = Int32Array.from(data.y.keys()).filter((row) => hashUniform(data.hashes[row], seed) < share);
  const take = (values: Float64Array): Float64Array => Float64Array.from(kept, (row) => values[row]);
  const weights = take(data.weights);
  return {
    rows: kept.length, columns: data.columns.map((column) => ({ ...column, values: take(column.values) })), y: take(data.y), weights,
    totalWeight: weights.reduce((sum, w) => sum + w, 0), hashes: take(data.hashes), owners: take(data.owners), grouped: data.grouped, latestFrom: kept.filter((row) => row < data.latestFrom).length,
  };
}

/** Codes per categorical column, 0 (unknown) included. */
export function codesOf({ categories }: Inputs): number[] {
  return categories.map(({ vocabulary }) => vocabulary.length + 1);
}

export function networkInput({ inputs, series }: Omit<NetworkArtefact, 'network'>, columns: readonly Column[], from: number, to: number): NetworkInput {
  const encoded = encodeRows(inputs, columns, from, to);
  return series === undefined ? encoded : { ...encoded, series: seriesRows(series, columns, from, to) };
}

/** Rows that are encoded at a time: what a million customers take at once is a few megabytes. */
const CHUNK = 4096;

/** Outputs of the network, row-major rows × outputs. Throws `model_mismatch` naming columns that are missing. */
export function networkOutputs(artefact: NetworkArtefact, x: Matrix): Float64Array {
  const columns = inputColumns(artefact.inputs, x);
  const { layers } = artefact.network;
  const width = layers[layers.length - 1].outputs;
  const outputs = new Float64Array(x.rows * width);
  for (let from = 0; from < x.rows; from += CHUNK) {
    const to = Math.min(x.rows, from + CHUNK);
    outputs.set(outputsOf(artefact.network, networkInput(artefact, columns, from, to)), from * width);
  }
  return outputs;
}

/** True where indices, vocabularies and layers go together and the network has so many outputs. */
export function networkFits({ inputs, series, network }: NetworkArtefact, outputs: number): boolean {
  const { embeddings, recurrent, layers } = network;
  const used = [...inputs.quantities, ...inputs.categories].map(({ column }) => column).concat(series?.channels.flatMap(({ columns }) => columns) ?? []);
  if (used.some((column) => column >= inputs.columns.length)) return false;
  if (embeddings.length !== inputs.categories.length || embeddings.some((one, k) => one.inputs !== inputs.categories[k].vocabulary.length + 1)) return false;
  if ((series === undefined) !== (recurrent === undefined) || (series !== undefined && recurrent?.update.inputs !== series.channels.length + 1)) return false;
  const width = inputWidth(inputs) + embeddings.reduce((sum, one) => sum + one.outputs, 0) + (recurrent?.update.outputs ?? 0);
  return layers[0].inputs === width && layers[layers.length - 1].outputs === outputs;
}
