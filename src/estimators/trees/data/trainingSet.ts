/**
 * Training data in the kernel's memory: bins of every column that varies, and a hash per row. Rows stay in the order that they came in: sums are exact,
 * draws go by the hash, so that order decides nothing.
 */
import type { TrainingData } from '../../contract.ts';
import { sortedColumns } from '../../rows.ts';
import { FINE_COLUMNS, NARROW_COLUMNS, RECORD, type BinStore, type Kernel } from '../kernel/kernel.ts';
import { canonicalCategories, categoryBins } from './categories.ts';
import { cutsOfSorted, findCuts } from './cuts.ts';
import { exactSum } from './exactSum.ts';
import { rowUniform } from './rowDraws.ts';

/** A column that splits can read. */
export interface BinnedColumn {
  readonly name: string;
  /** Bins, the missing one included. */
  readonly bins: number;
  /** Of a quantity. */
  readonly cuts: Float64Array;
  /** Of a category: names in canonical order, the bin of each, and the bin of all that have none of their own (0: none). */
  readonly names: readonly string[] | undefined;
  readonly binOf: Uint8Array;
  readonly rest: number;
}

export interface TrainingSet {
  readonly rows: number;
  readonly columns: readonly BinnedColumn[];
  readonly store: BinStore;
  readonly y: Float64Array;
  /** Undefined: 1 each. Fractional ones stand on a grid, so that sums of them are exact. */
  readonly weights: Float64Array | undefined;
  /** Whether all weights are whole numbers. */
  readonly whole: boolean;
  readonly totalWeight: number;
  readonly hashes: Int32Array;
  /** One hash per row's group; absent where rows stand alone. */
  readonly owners: Int32Array | undefined;
}

/** Rows (by weight) that cuts are found on: all of them up to this number, then a sample by hash. */
export const CUT_SAMPLE = 200_000;
/** Rows (by weight) from which on derivatives are rounded to 16 bits, up or down by chance: fewer rows deserve more digits. */
export const NARROW_FROM = 50_000;

export interface Weights {
  readonly weights: Float64Array | undefined;
  readonly whole: boolean;
  readonly totalWeight: number;
}

/** Weights as sums can take them. */
export function exactWeights(given: Float64Array | undefined, rows: number): Weights {
  if (given === undefined || given.every((w) => w === 1)) return { weights: undefined, whole: true, totalWeight: rows };
  if (given.every(Number.isInteger)) return { weights: given, whole: true, totalWeight: given.reduce((sum, w) => sum + w, 0) };
  const onGrid = given.map((w) => Math.max(1, Math.round(w * 1048576)) / 1048576);
  return { weights: onGrid, whole: false, totalWeight: exactSum(onGrid) };
}

/** Undefined when no column varies. `fine`: derivatives of 32 bits. The caller gives the targets, which may have been cut down. */
export function trainingSet(kernel: Kernel, train: TrainingData, y: Float64Array, { weights, whole, totalWeight }: Weights, fine: boolean, maxBins: number): TrainingSet | undefined {
  const rows = train.x.rows;
  const sorted = sortedColumns(train.x).map(({ name, values, categories }) => {
    if (categories === undefined) return { name, values, names: undefined };
    const { names, codes } = canonicalCategories(values, categories);
    return { name, values: codes, names };
  });
  const hashes = kernel.ints(rows);
  kernel.hashRows([...sorted.map(({ values }) => values), train.y, ...(train.period === undefined ? [] : [train.period]), ...(train.observed === undefined ? [] : [train.observed])], hashes);
  const owners = train.groups === undefined ? undefined : kernel.ints(rows);
  if (train.groups !== undefined && owners !== undefined) kernel.hashRows([train.groups], owners);
  const cuts = cutsOf(kernel, sorted.map(({ values, names }) => (names === undefined ? values : undefined)), hashes, weights, totalWeight, maxBins);
  const columns = sorted.flatMap(({ name, values, names }, c): readonly (BinnedColumn & { readonly values: Float64Array })[] => {
    if (names !== undefined) {
      const bins = categoryBins(values, names.length, weights, maxBins);
      // With one category and no gap there is nothing to split by; the missing ones make two.
      return bins.bins > 2 || (bins.bins === 2 && values.some(Number.isNaN)) ? [{ name, values, names, cuts: new Float64Array(0), ...bins }] : [];
    }
    const ends = cuts[c];
    const varies = ends.length > 0 || (values.some(Number.isNaN) && !values.every(Number.isNaN));
    return varies ? [{ name, values, names: undefined, cuts: ends, bins: ends.length + 2, binOf: new Uint8Array(0), rest: 0 }] : [];
  });
  if (columns.length === 0) return undefined;
  const perBlock = fine ? FINE_COLUMNS : NARROW_COLUMNS;
  const blocks = Math.ceil(columns.length / perBlock);
  const store: BinStore = { rows, columns: columns.length, records: kernel.bytes(blocks * rows * RECORD), byColumn: kernel.bytes(columns.length * rows), fine, perBlock, blocks };
  const places = columns.flatMap(({ names }, c) => (names === undefined ? [c] : []));
  kernel.binColumns(store, places.map((c) => columns[c].values), places, places.map((c) => columns[c].cuts));
  columns.forEach(({ names, values, binOf }, c) => {
    if (names !== undefined) storeCodes(store, values, binOf, c);
  });
  const inKernel = (values: Float64Array): Float64Array => {
    const copy = kernel.doubles(values.length);
    copy.set(values);
    return copy;
  };
  return { rows, columns, store, y: inKernel(y), weights: weights === undefined ? undefined : inKernel(weights), whole, totalWeight, hashes, owners };
}

/** Cuts of quantities (undefined: no quantity), found on all rows or on a sample of them. */
function cutsOf(kernel: Kernel, columns: readonly (Float64Array | undefined)[], hashes: Int32Array, weights: Float64Array | undefined, totalWeight: number, maxBins: number): Float64Array[] {
  const share = CUT_SAMPLE / totalWeight;
  const sample = share >= 1 ? undefined : sampledRows(hashes, share);
  const pick = (values: Float64Array): Float64Array => (sample === undefined ? values : Float64Array.from(sample, (i) => values[i]));
  const cuts: Float64Array[] = columns.map(() => new Float64Array(0));
  const again = (c: number): void => {
    // A column that shows one value in the sample may have others in the rest.
    const values = columns[c];
    if (sample !== undefined && cuts[c].length === 0 && values !== undefined) cuts[c] = findCuts(values, weights, maxBins);
  };
  if (weights !== undefined) {
    const sampled = pick(weights);
    columns.forEach((values, c) => {
      if (values !== undefined) cuts[c] = findCuts(pick(values), sampled, maxBins);
      again(c);
    });
    return cuts;
  }
  const length = sample?.length ?? hashes.length;
  const buffers = Array.from({ length: Math.min(columns.length, 2 * kernel.threads) }, () => kernel.doubles(length));
  for (let first = 0; first < columns.length; first += buffers.length) {
    const parts = buffers.slice(0, columns.length - first).map((buffer, k) => presentValues(columns[first + k], sample, buffer));
    kernel.sortAll(parts);
    parts.forEach((part, k) => {
      cuts[first + k] = cutsOfSorted(part, maxBins);
      again(first + k);
    });
  }
  return cuts;
}

function sampledRows(hashes: Int32Array, share: number): Int32Array {
  const rows = new Int32Array(hashes.length);
  let count = 0;
  for (let i = 0; i < hashes.length; i++) {
    rows[count] = i;
    count += rowUniform(hashes[i], 0x5bd1e995) < share ? 1 : 0;
  }
  return rows.slice(0, count);
}

/** The values that are not NaN, −0 as 0, at the front of `buffer`. */
function presentValues(values: Float64Array | undefined, sample: Int32Array | undefined, buffer: Float64Array): Float64Array {
  let count = 0;
  if (values === undefined) return buffer.subarray(0, 0);
  const length = sample?.length ?? values.length;
  for (let i = 0; i < length; i++) {
    const v = values[sample === undefined ? i : sample[i]];
    buffer[count] = v + 0;
    count += v === v ? 1 : 0;
  }
  return buffer.subarray(0, count);
}

function storeCodes({ records, byColumn, rows, perBlock }: BinStore, codes: Float64Array, binOf: Uint8Array, column: number): void {
  const block = Math.floor(column / perBlock);
  const at = block * rows * RECORD + (column - block * perBlock);
  for (let i = 0; i < rows; i++) {
    const bin = codes[i] === codes[i] ? binOf[codes[i]] : 0;
    byColumn[column * rows + i] = bin;
    records[at + i * RECORD] = bin;
  }
}
