/** Passes over rows as in assembly/rows.ts. */
import { RECORD, type BinStore, type BinTree, type Grid } from './kernel.ts';

function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const round = (hash: number, word: number): number => {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
};

const DOUBLE = new Float64Array(1);
const WORDS = new Int32Array(DOUBLE.buffer);

export function hashColumn(values: ArrayLike<number>, hashes: Int32Array): void {
  for (let i = 0; i < hashes.length; i++) {
    const v = values[i];
    DOUBLE[0] = v + 0;
    const missing = v !== v;
    hashes[i] = round(round(hashes[i], missing ? 1 : WORDS[0]), missing ? 0x7ff80000 : WORDS[1]);
  }
}

export function binColumn({ records, byColumn, rows, perBlock }: BinStore, values: Float64Array, column: number, cuts: Float64Array): void {
  const from = column * rows;
  const block = Math.floor(column / perBlock);
  const at = block * rows * RECORD + (column - block * perBlock);
  for (let i = 0; i < rows; i++) {
    const v = values[i];
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cuts[middle] < v) low = middle + 1;
      else high = middle;
    }
    const bin = v !== v ? 0 : low + 1;
    byColumn[from + i] = bin;
    records[at + i * RECORD] = bin;
  }
}

/** 2^k at k + 64. */
const POWERS = Float64Array.from({ length: 129 }, (_, i) => 2 ** (i - 64));

function exponential(x: number): number {
  const t = Math.max(Math.min(x, 40), -40) * 1.4426950408889634;
  const whole = Math.floor(t + 0.5);
  const part = t - whole;
  let p = 1.5252733804059841e-5;
  p = p * part + 1.540353039338161e-4;
  p = p * part + 1.3333558146428443e-3;
  p = p * part + 9.618129107628477e-3;
  p = p * part + 5.550410866482158e-2;
  p = p * part + 0.2402265069591007;
  p = p * part + 0.6931471805599453;
  p = p * part + 1;
  return p * POWERS[whole + 64];
}

/** Writes narrow derivatives, given in steps, of one row. */
function writeNarrow(halves: Int16Array, { rows, blocks }: BinStore, row: number, g: number, h: number, hash: number, seed: number): void {
  const draw = mix(hash ^ seed);
  const gradient = Math.floor(g + ((draw & 0xffff) + 0.5) * 0.0000152587890625);
  const hessian = Math.floor(h + ((draw >>> 16) + 0.5) * 0.0000152587890625);
  for (let b = 0, at = row * 16 + 14; b < blocks; b++, at += rows * 16) {
    halves[at] = gradient;
    halves[at + 1] = hessian;
  }
}

const halvesOf = ({ records }: BinStore): Int16Array => new Int16Array(records.buffer, records.byteOffset, records.length / 2);

export function logistic(store: BinStore, order: Int32Array, count: number, scores: Float64Array, y: Float64Array, hashes: Int32Array, seed: number, hessianSteps: number): void {
  const halves = halvesOf(store);
  for (let i = 0; i < count; i++) {
    const row = order[i];
    const p = 1 / (1 + exponential(-scores[row]));
    writeNarrow(halves, store, row, (p - y[row]) * 16384, p * (1 - p) * (4 * hessianSteps), hashes[row], seed);
  }
}

export function quantiseNarrow(store: BinStore, order: Int32Array, count: number, gradients: Float64Array, hessians: Float64Array, hashes: Int32Array, seed: number, grid: Grid): void {
  const halves = halvesOf(store);
  for (let i = 0; i < count; i++) {
    const row = order[i];
    writeNarrow(halves, store, row, gradients[row] * grid.gradient, hessians[row] * grid.hessian, hashes[row], seed);
  }
}

export function quantiseFine(store: BinStore, order: Int32Array, count: number, gradients: Float64Array, hessians: Float64Array, weights: Float64Array | undefined, whole: boolean, grid: Grid): void {
  const { records, rows, blocks } = store;
  const words = new Int32Array(records.buffer, records.byteOffset, records.length / 4);
  for (let i = 0; i < count; i++) {
    const row = order[i];
    const weight = weights === undefined ? 1 : weights[row];
    const inside = whole ? 1 : weight;
    const outside = whole ? weight : 1;
    const g = Math.floor(gradients[row] * inside * grid.gradient + 0.5) * outside;
    const h = Math.floor(hessians[row] * inside * grid.hessian + 0.5) * outside;
    const w = Math.max(Math.floor(weight * grid.weight + 0.5), 1);
    for (let b = 0, at = row * 8 + 5; b < blocks; b++, at += rows * 8) {
      words[at] = g;
      words[at + 1] = h;
      words[at + 2] = w;
    }
  }
}

export function addValue(order: Int32Array, start: number, end: number, value: number, scores: Float64Array): void {
  let before = -1;
  for (let i = start; i < end; i++) {
    const row = order[i];
    if (row === before) continue;
    before = row;
    scores[row] += value;
  }
}

export function addTree({ byColumn, rows: height }: BinStore, rows: Int32Array, count: number, { nodes, tables, values }: BinTree, scores: Float64Array): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    let node = 0;
    let column = nodes[0];
    while (column >= 0) {
      const goesLeft = tables[nodes[3 * node + 2] * 256 + byColumn[column * height + row]];
      node = nodes[3 * node + 1] + 1 - goesLeft;
      column = nodes[3 * node];
    }
    scores[row] += values[node];
  }
}
