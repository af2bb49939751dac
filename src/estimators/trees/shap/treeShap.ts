/**
 * Exact path-dependent SHAP values of a forest (Lundberg, Erion & Lee 2018), group of leaves by group of leaves (plan.ts). Rows come in batches: every
 * split is decided once per row; a group's contributions are worked out once per pattern of decisions that a batch holds, and added by lookup.
 * A pattern's numbers do not depend on the batch, and are added in one order, so a row has the same bits alone and among a million.
 */
import type { Forest } from '../forest.ts';
import { prepareForest } from '../serve/prepare.ts';
import { rankRows } from '../serve/ranks.ts';
import { decideByRank, decideByValue } from './decisions.ts';
import { addLeafContributions } from './leaf.ts';
import { explanationPlan, type Group, type LongLeaf, type TreePlan } from './plan.ts';

/** Rows that share the tables of a tree. */
const BATCH = 16384;
/** Rows that are worked on together, few enough for their decisions to stay in the cache. */
const BLOCK = 512;
/** With fewer rows patterns hardly come twice. */
const TABLE_ROWS = 64;

export interface TreeContributions {
  /** Expected score over the training weights. */
  readonly base: number;
  /** One array per column of the forest, one value per row. */
  readonly contributions: readonly Float64Array[];
}

/** Of the score of one `output`, before the link: base + Σ contributions = score. */
export function treeContributions(forest: Forest, columns: readonly Float64Array[], rows: number, output = 0): TreeContributions {
  const plans = explanationPlan(forest);
  const contributions = columns.map(() => new Float64Array(rows));
  let base = forest.base[output];
  for (let t = output; t < plans.length; t += forest.outputs) base += plans[t].expected;
  const prepared = prepareForest(forest);
  const size = Math.min(rows, BATCH);
  const ranks = new Uint16Array(prepared === undefined ? 0 : prepared.slots.length * size);
  const scratch = scratchFor(plans, Math.min(size, BLOCK));
  for (let first = 0; first < rows; first += BATCH) {
    const batch = Math.min(BATCH, rows - first);
    if (prepared !== undefined) rankRows(prepared, columns, first, batch, ranks, size, 1);
    for (let t = output; t < plans.length; t += forest.outputs) {
      const tables = batch < TABLE_ROWS ? undefined : new Map<Group, Table>();
      for (let start = 0; start < batch; start += BLOCK) {
        const count = Math.min(BLOCK, batch - start);
        if (prepared === undefined) decideByValue(forest, plans[t].splits, columns, first + start, count, scratch.decisions, scratch.stride);
        else decideByRank(prepared, plans[t].splits, ranks, start, count, size, scratch.decisions, scratch.stride);
        explainBlock(plans[t], count, contributions, first + start, scratch, tables);
      }
    }
  }
  return { base, contributions };
}

/** Contributions of a group by pattern: those of pattern b stand at `at[b]` − 1 (0: not worked out yet). */
interface Table {
  readonly at: Int32Array;
  values: Float64Array;
  used: number;
}

interface Scratch {
  readonly stride: number;
  readonly decisions: Uint8Array;
  /** Pattern per depth and row: bit j set where the row failed the j-th column of the path. */
  readonly patterns: Int32Array[];
  readonly index: Int32Array;
  readonly fails: Uint8Array;
  readonly one: Float64Array;
}

function scratchFor(plans: readonly TreePlan[], stride: number): Scratch {
  let [splits, depth, columns] = [0, 0, 1];
  for (const plan of plans) {
    splits = Math.max(splits, plan.splits.length);
    for (const step of plan.steps) {
      if (step.kind === 'extend') depth = Math.max(depth, step.depth + 1);
      else columns = Math.max(columns, step.kind === 'long' ? step.leaf.columns.length : step.group.columns.length);
    }
  }
  return {
    stride, decisions: new Uint8Array(splits * stride), patterns: Array.from({ length: depth + 1 }, () => new Int32Array(stride)), index: new Int32Array(stride), fails: new Uint8Array(columns), one: new Float64Array(columns),
  };
}

function explainBlock({ steps }: TreePlan, count: number, sums: readonly Float64Array[], to: number, scratch: Scratch, tables: Map<Group, Table> | undefined): void {
  const { decisions, stride, patterns } = scratch;
  for (const step of steps) {
    if (step.kind === 'extend') {
      const { depth, side, slot } = step;
      const above = patterns[depth];
      const below = patterns[depth + 1];
      const from = step.split * stride;
      for (let i = 0; i < count; i++) below[i] = above[i] | ((decisions[from + i] ^ side) << slot);
    } else if (step.kind === 'long') addLong(step.leaf, count, sums, to, scratch);
    else addGroup(step.group, patterns[step.depth], count, sums, to, scratch, tables);
  }
}

function addGroup(group: Group, patterns: Int32Array, count: number, sums: readonly Float64Array[], to: number, scratch: Scratch, tables: Map<Group, Table> | undefined): void {
  const { decisions, stride, index } = scratch;
  const { splits, firstSplit, columns } = group;
  index.set(patterns.subarray(0, count));
  for (let s = 0; s < splits.length; s++) {
    const from = splits[s] * stride;
    const bit = firstSplit + s;
    for (let i = 0; i < count; i++) index[i] |= decisions[from + i] << bit;
  }
  const width = columns.length;
  if (tables === undefined) {
    const { one } = scratch;
    for (let i = 0; i < count; i++) {
      one.fill(0, 0, width);
      addPattern(group, index[i], scratch.fails, one, 0);
      for (let c = 0; c < width; c++) sums[columns[c]][to + i] += one[c];
    }
    return;
  }
  let table = tables.get(group);
  if (table === undefined) {
    table = { at: new Int32Array(1 << group.bits), values: new Float64Array(64 * width), used: 0 };
    tables.set(group, table);
  }
  const { at } = table;
  for (let i = 0; i < count; i++) {
    const pattern = index[i];
    let place = at[pattern];
    if (place === 0) {
      place = newRow(table, width) + 1;
      at[pattern] = place;
      addPattern(group, pattern, scratch.fails, table.values, place - 1);
    }
    index[i] = place - 1;
  }
  const { values } = table;
  for (let c = 0; c < width; c++) {
    const sink = sums[columns[c]];
    for (let i = 0; i < count; i++) sink[to + i] += values[index[i] + c];
  }
}

/** Place of a new row of zeros. */
function newRow(table: Table, width: number): number {
  const at = table.used;
  table.used += width;
  if (table.used > table.values.length) {
    const larger = new Float64Array(2 * table.values.length);
    larger.set(table.values);
    table.values = larger;
  }
  return at;
}

/** Adds what the leaves of a group contribute to a row with this pattern. */
function addPattern({ leaves }: Group, pattern: number, fails: Uint8Array, out: Float64Array, at: number): void {
  for (const leaf of leaves) {
    const { mask, want } = leaf;
    for (let j = 0; j < mask.length; j++) fails[j] = ((pattern ^ want[j]) & mask[j]) === 0 ? 0 : 1;
    addLeafContributions(leaf, fails, out, at);
  }
}

function addLong({ columns, leaf, steps }: LongLeaf, count: number, sums: readonly Float64Array[], to: number, { decisions, stride, fails, one }: Scratch): void {
  const width = columns.length;
  for (let i = 0; i < count; i++) {
    fails.fill(0, 0, width);
    for (const { split, side, place } of steps) fails[place] |= decisions[split * stride + i] ^ side;
    one.fill(0, 0, width);
    addLeafContributions(leaf, fails, one, 0);
    for (let c = 0; c < width; c++) sums[columns[c]][to + i] += one[c];
  }
}
