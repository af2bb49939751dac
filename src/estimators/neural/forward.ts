/** Predicting with a network: plain arithmetic in double precision, the same on every machine, with nothing loaded. */
import { sigmoid } from '../../math/specialLog.ts';
import type { Dense, Network, NetworkInput, Recurrent, SeriesRows } from './network.ts';

/** out[j] = bias[j] + Σ x[from + i]·weights[i, j]; four inputs at a time, so that each output is read and written a quarter as often. */
function apply({ inputs, outputs, weights, bias }: Dense, x: Float64Array | Float32Array, from: number, out: Float64Array): void {
  for (let j = 0; j < outputs; j++) out[j] = bias[j];
  let i = 0;
  for (; i + 3 < inputs; i += 4) {
    const a = x[from + i];
    const b = x[from + i + 1];
    const c = x[from + i + 2];
    const d = x[from + i + 3];
    for (let j = 0, at = i * outputs; j < outputs; j++, at++) out[j] += a * weights[at] + b * weights[at + outputs] + c * weights[at + 2 * outputs] + d * weights[at + 3 * outputs];
  }
  for (; i < inputs; i++) {
    const a = x[from + i];
    for (let j = 0, at = i * outputs; j < outputs; j++, at++) out[j] += a * weights[at];
  }
}

/** Outputs of the last layer, row-major rows × outputs. Each row is computed by itself, so a batch is its rows one by one. */
export function outputsOf(network: Network, input: NetworkInput): Float64Array {
  const { embeddings, layers } = network;
  const { rows, values, codes } = input;
  const width = rows === 0 ? 0 : values.length / rows;
  const last = layers[layers.length - 1];
  const buffers = layers.map(({ outputs }) => new Float64Array(outputs));
  const first = new Float64Array(layers[0].inputs);
  const recur = recurrence(network.recurrent);
  const results = new Float64Array(rows * last.outputs);
  for (let row = 0; row < rows; row++) {
    for (let i = 0, at = row * width; i < width; i++, at++) first[i] = values[at];
    let at = width;
    embeddings.forEach(({ outputs, weights, bias }, k) => {
      const from = codes[k][row] * outputs;
      for (let j = 0; j < outputs; j++) first[at++] = weights[from + j] + bias[j];
    });
    if (recur !== undefined && input.series !== undefined) first.set(recur(input.series, row), at);
    let x = first;
    layers.forEach((layer, k) => {
      const out = buffers[k];
      apply(layer, x, 0, out);
      if (layer !== last) for (let j = 0; j < out.length; j++) if (out[j] < 0) out[j] = 0;
      x = out;
    });
    results.set(x, row * last.outputs);
  }
  return results;
}

/** State after the last step of a row's series (Cho et al. 2014, eqs 5–8; the reset gate acts on the product with the state). */
function recurrence(unit: Recurrent | undefined): ((series: SeriesRows, row: number) => Float64Array) | undefined {
  if (unit === undefined) return undefined;
  const size = unit.update.outputs;
  const make = (): Float64Array => new Float64Array(size);
  const [state, z, r, n, zs, rs, ns] = [make(), make(), make(), make(), make(), make(), make()];
  return ({ steps, channels, values }, row) => {
    state.fill(0);
    for (let step = 0; step < steps; step++) {
      const from = (row * steps + step) * channels;
      apply(unit.update, values, from, z);
      apply(unit.reset, values, from, r);
      apply(unit.candidate, values, from, n);
      apply(unit.updateState, state, 0, zs);
      apply(unit.resetState, state, 0, rs);
      apply(unit.candidateState, state, 0, ns);
      for (let j = 0; j < size; j++) {
        const keep = sigmoid(z[j] + zs[j]);
        state[j] = keep * state[j] + (1 - keep) * Math.tanh(n[j] + sigmoid(r[j] + rs[j]) * ns[j]);
      }
    }
    return state;
  };
}
