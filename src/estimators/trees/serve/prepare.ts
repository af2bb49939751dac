/**
 * A forest laid out for speed. What a split asks of a value is answered by ranks: the distinct thresholds of a column are sorted, a value becomes the
 * number of thresholds below it, and "v ≤ threshold" becomes a comparison of two small integers that needs no branch. Missing values are a rank as well,
 * lower than all or higher than all by where the split sends them, so a column has one slot per way in which its splits treat them.
 */
import { CATEGORICAL, MISSING_LEFT, ZERO_IS_MISSING, type Forest } from '../forest.ts';
import { packNodes, type PackedNodes } from './packedScores.ts';

/** Rank of a value that goes right at every split. No split has it as its threshold; leaves do, so that a row that has arrived stays. */
export const BEYOND = 65535;
/** Marks a categorical split in a node's word. */
const CATEGORICAL_BIT = 1 << 31;
const MOST_SLOTS = 32768;

export interface Slot {
  readonly column: number;
  /** Missing-value rule of the splits that read the slot: their flags. */
  readonly flags: number;
}

/** Sorted distinct thresholds of all columns, each column padded with infinities to 2^levels − 1, so that a search takes the same steps for every value. */
export interface CutTable {
  readonly values: Float64Array;
  readonly from: Int32Array;
  readonly levels: Int32Array;
  /** Columns that have thresholds, in fours of equal levels. */
  readonly order: Int32Array;
}

export interface PreparedForest {
  readonly forest: Forest;
  readonly cuts: CutTable;
  /** By column. Of a column, the one slot of categorical splits stands behind the others. */
  readonly slots: readonly Slot[];
  /** First slot of each column, and the number of slots. */
  readonly slotFrom: Int32Array;
  /** Flags of each slot. */
  readonly slotFlags: Uint8Array;
  /**
   * Two words per node: slot · 2¹⁶ + rank of the threshold, and twice the index of the left child. At a leaf: {@link BEYOND} and twice its own index.
   * Of a categorical split the first word is negative and its lower half the number of its mask.
   */
  readonly words: Int32Array;
  /** The nodes in one word each, where they fit and no split is categorical. */
  readonly packed: PackedNodes | undefined;
  readonly categorical: boolean;
  /** Categories of each column that has categorical splits, 0 elsewhere; code `categories` stands for all others and `categories + 1` for missing. */
  readonly categories: Int32Array;
  /** First word of each mask; masks have a bit per code, 1 for left. */
  readonly maskFrom: Int32Array;
  readonly masks: Int32Array;
  /** Ranks of one row and a 0 behind them, overwritten whenever a single row is scored. */
  readonly rowRanks: Uint16Array;
}

const known = new WeakMap<Forest, { readonly prepared: PreparedForest | undefined }>();

/**
 * The fast form of a forest, made once per forest. Undefined for the rare forest that ranks cannot number (over 65,534 thresholds on a column, or
 * 32,768 slots): {@link forestScores} then walks the plain arrays.
 */
export function prepareForest(forest: Forest): PreparedForest | undefined {
  const before = known.get(forest);
  if (before !== undefined) return before.prepared;
  const prepared = prepare(forest);
  known.set(forest, { prepared });
  return prepared;
}

function prepare(forest: Forest): PreparedForest | undefined {
  const { columns, nodes, sets } = forest;
  const width = columns.length;
  const cuts = thresholdsByColumn(forest);
  if (cuts.some(({ length }) => length >= BEYOND)) return undefined;
  const needed = new Uint8Array(width * 8);
  const categories = new Int32Array(width);
  const count = nodes.column.length;
  for (let i = 0; i < count; i++) {
    const column = nodes.column[i];
    if (column < 0) continue;
    needed[column * 8 + slotKey(nodes.flags[i])] = 1;
    if ((nodes.flags[i] & CATEGORICAL) === 0) continue;
    const set = nodes.threshold[i];
    categories[column] = Math.max(categories[column], 32 * (sets.starts[set + 1] - sets.starts[set]));
  }
  const slotOf = new Int32Array(width * 8);
  const slotFrom = new Int32Array(width + 1);
  const slots: Slot[] = [];
  for (let key = 0; key < width * 8; key++) {
    slotOf[key] = slots.length;
    if (needed[key] === 1) slots.push({ column: key >> 3, flags: key & 7 });
    slotFrom[(key >> 3) + 1] = slots.length;
  }
  if (slots.length > MOST_SLOTS || categories.some((most) => most + 1 >= BEYOND)) return undefined;

  const words = new Int32Array(2 * count);
  const masks: number[] = [];
  const maskFrom: number[] = [];
  for (let i = 0; i < count; i++) {
    const column = nodes.column[i];
    if (column < 0) {
      words[2 * i] = BEYOND;
      words[2 * i + 1] = 2 * i;
      continue;
    }
    const flags = nodes.flags[i];
    const slot = slotOf[column * 8 + slotKey(flags)];
    words[2 * i + 1] = 2 * nodes.left[i];
    if ((flags & CATEGORICAL) === 0) {
      words[2 * i] = (slot << 16) | indexOf(cuts[column], nodes.threshold[i]);
      continue;
    }
    if (maskFrom.length >= BEYOND) return undefined;
    words[2 * i] = CATEGORICAL_BIT | (slot << 16) | maskFrom.length;
    maskFrom.push(masks.length);
    addMask(masks, forest, i, categories[column]);
  }
  return { forest, cuts: cutTable(cuts), slots, slotFrom, slotFlags: Uint8Array.from(slots, ({ flags }) => flags), words, packed: packNodes(words, nodes, slots.length), categorical: maskFrom.length > 0, categories, maskFrom: Int32Array.from(maskFrom), masks: Int32Array.from(masks), rowRanks: new Uint16Array(slots.length + 1) };
}

/** Splits that treat missing values alike can share a slot; the missing bit of a categorical split is in its mask. */
const slotKey = (flags: number): number => ((flags & CATEGORICAL) === 0 ? flags & (MISSING_LEFT | ZERO_IS_MISSING) : flags & (CATEGORICAL | ZERO_IS_MISSING));

function thresholdsByColumn({ columns, nodes }: Forest): Float64Array[] {
  const found: Set<number>[] = columns.map(() => new Set());
  for (let i = 0; i < nodes.column.length; i++) {
    // −0 and 0 are one threshold.
    if (nodes.column[i] >= 0 && (nodes.flags[i] & CATEGORICAL) === 0) found[nodes.column[i]].add(nodes.threshold[i] + 0);
  }
  return found.map((values) => Float64Array.from(values).sort());
}

function cutTable(cuts: readonly Float64Array[]): CutTable {
  const order = cuts.flatMap(({ length }, column) => (length > 0 ? [column] : [])).sort((a, b) => cuts[b].length - cuts[a].length || a - b);
  const levels = new Int32Array(cuts.length);
  order.forEach((column, i) => { levels[column] = i % 4 === 0 ? 32 - Math.clz32(cuts[column].length) : levels[order[i - 1]]; });
  const from = new Int32Array(cuts.length);
  let size = 0;
  for (const column of order) {
    from[column] = size;
    size += (1 << levels[column]) - 1;
  }
  const values = new Float64Array(size).fill(Infinity);
  for (const column of order) values.set(cuts[column], from[column]);
  return { values, from, levels, order: Int32Array.from(order) };
}

function indexOf(cuts: Float64Array, threshold: number): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bits of codes 0 … categories − 1, of "any other" (right) and of missing. */
function addMask(masks: number[], { nodes, sets }: Forest, node: number, categories: number): void {
  const set = nodes.threshold[node];
  const from = masks.length;
  for (let w = sets.starts[set]; w < sets.starts[set + 1]; w++) masks.push(sets.words[w]);
  while (masks.length - from < (categories >> 5) + 1) masks.push(0);
  if ((nodes.flags[node] & MISSING_LEFT) !== 0) masks[from + (categories >> 5)] |= 2;
}
