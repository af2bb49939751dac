/** What the estimators of this family share: the number of epochs is chosen on the latest period (or on rows drawn by their hash), then all rows are fitted. */
import type { FitContext, FitReport } from '../contract.ts';
import { checkCancelled, holdOut, refuse } from '../rows.ts';
import type { NetworkRows } from './artefact.ts';
import { readyBackend } from './backend.ts';
import { outputsOf } from './forward.ts';
import type { Head } from './heads.ts';
import { layersOf, newNetwork, type Network, type NetworkInput, type NetworkSizes } from './network.ts';
import type { TrainingRows } from './tensors.ts';
import { trainNetwork, type TrainingParams } from './training.ts';

export interface NetworkParams extends TrainingParams {
  /** Units of the first hidden layer; the second has half of them. */
  readonly units: number;
  /** Most rows (by weight) that are looked at, drawn by their hash: a network this small learns nothing from more, and time stops growing with the rows. */
  readonly rowsUsed: number;
}

export const NETWORK_DEFAULTS: NetworkParams = { units: 64, epochs: 40, patience: 4, batchRows: 256, steps: 64, learningRate: 0.001, weightDecay: 1, rowsUsed: 100_000 };

/** Epochs where too few rows are left to choose them by. */
const EPOCHS_UNSEEN = 12;

export type NetworkOutcome = { readonly ok: true; readonly network: Network; readonly report: FitReport } | ReturnType<typeof refuse>;

export function fitNetwork(
  data: NetworkRows, input: NetworkInput, head: Head, sizes: Omit<NetworkSizes, 'hidden' | 'outputs'>, params: NetworkParams, context: FitContext,
): NetworkOutcome {
  const answer = readyBackend();
  if (!answer.ok) return answer;
  const { backend } = answer;
  const { rng } = context;
  const hidden = [params.units, Math.max(1, Math.round(params.units / 2))];
  const start = newNetwork({ ...sizes, hidden, outputs: head.start }, rng.fork('weights'));
  const all: TrainingRows = { input, targets: head.targets, weights: data.weights, hashes: data.hashes };
  const checkpoint = (): void => checkCancelled(context);
  const held = usableHoldOut(data, rng.fork('hold-out').int(4294967296));
  let epochs = Math.min(params.epochs, EPOCHS_UNSEEN);
  let judged: readonly number[] = [];
  if (held !== undefined) {
    const seen = Int32Array.from(data.y.keys()).filter((i) => held[i] === 0);
    const kept = Int32Array.from(data.y.keys()).filter((i) => held[i] === 1);
    const others = takeInput(input, kept);
    const judge = (network: Network): number => {
      const outputs = outputsOf(network, others);
      let [sum, total] = [0, 0];
      kept.forEach((row, k) => {
        sum += data.weights[row] * head.lossAt(outputs, k * head.start.length, row);
        total += data.weights[row];
      });
      return sum / total;
    };
    const trial = trainNetwork(backend, start, takeRows(all, seen), head.loss, params, { epochs: params.epochs, judge, patience: params.patience }, rng.fork('trial'), checkpoint);
    [epochs, judged] = [trial.epochs, trial.judged];
  }
  const { network } = trainNetwork(backend, start, all, head.loss, params, { epochs }, rng.fork('final'), checkpoint);
  if (!layersOf(network).every(({ weights, bias }) => weights.every(Number.isFinite) && bias.every(Number.isFinite))) return refuse('not_converged', `Weights left the range of numbers after ${epochs} epochs.`);
  const weights = layersOf(network).reduce((sum, layer) => sum + layer.weights.length + layer.bias.length, 0);
  return { ok: true, network, report: { rows: data.rows, epochs, weights, backend: backend.name, heldOut: held !== undefined, heldLoss: judged[epochs - 1] ?? 0 } };
}

/** Rows to stop by, if something and nothing happened on either side. */
function usableHoldOut(data: NetworkRows, seed: number): Uint8Array | undefined {
  const held = holdOut(data, seed);
  if (held === undefined) return undefined;
  const happens = (side: number, wanted: boolean): boolean => data.y.some((v, i) => held[i] === side && v > 0 === wanted);
  return happens(0, true) && happens(1, true) ? held : undefined;
}

function takeInput({ rows, values, codes, series }: NetworkInput, picked: Int32Array): NetworkInput {
  const single = (from: Float32Array, width: number): Float32Array => copyRows(from, picked, width, new Float32Array(picked.length * width));
  return {
    rows: picked.length,
    values: single(values, values.length / rows),
    codes: codes.map((list) => Int32Array.from(picked, (row) => list[row])),
    ...(series === undefined ? {} : { series: { ...series, values: single(series.values, series.steps * series.channels) } }),
  };
}

function takeRows({ input, targets, weights, hashes }: TrainingRows, picked: Int32Array): TrainingRows {
  const double = (from: Float64Array): Float64Array => copyRows(from, picked, from.length / input.rows, new Float64Array((picked.length * from.length) / input.rows));
  return { input: takeInput(input, picked), targets: double(targets), weights: double(weights), hashes: double(hashes) };
}

/** Rows `picked` of a row-major table, written over `into`. */
function copyRows<Values extends Float32Array | Float64Array>(from: Values, picked: Int32Array, width: number, into: Values): Values {
  picked.forEach((row, k) => into.set(from.subarray(row * width, (row + 1) * width), k * width));
  return into;
}
