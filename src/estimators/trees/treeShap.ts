/**
 * Exact path-dependent SHAP values of a tree ensemble (Lundberg, Erion & Lee 2018, algorithm 2), worked out leaf by leaf.
 *
 * A leaf of value v with the D distinct columns of its path contributes to column i
 *   v·(oᵢ − zᵢ)·Σₛ s!(D−1−s)!/D! · [tˢ] Πⱼ≠ᵢ (zⱼ + oⱼ·t),
 * where oⱼ is 1 if the row passes every split on column j and 0 if not, and zⱼ is the share of training weight that does. The sum is the one that the
 * paper's EXTEND and UNWIND keep up to date. Each split is decided once per row; a leaf's answer depends on the row only through the pattern of o,
 * so each pattern is worked out once per block of rows and then looked up.
 */
import type { Forest } from './forest.ts';
import { goesLeft } from './forestScores.ts';
import { leafContributions } from './leafShap.ts';
import { treePaths, type TreePaths } from './treePaths.ts';

/** Rows that are explained together, small enough for them to stay in the cache. */
const BLOCK = 1024;
/** Patterns are looked up for paths of at most this many columns; the table has 2^D rows. */
const TABLE_COLUMNS = 12;
/** With fewer rows than this few patterns come twice. */
const TABLE_ROWS = 8;

export interface TreeContributions {
  /** Expected score over the training weights. */
  readonly base: number;
  /** One array per artefact column, one value per row. */
  readonly contributions: readonly Float64Array[];
}

/** Paths of forests seen before: explaining one customer must not cost taking the whole model apart. */
const known = new WeakMap<Forest, TreePaths>();

/** Of the score of one `output`, before the link. */
export function treeContributions(forest: Forest, columns: readonly Float64Array[], rows: number, output = 0): TreeContributions {
  const paths = known.get(forest) ?? treePaths(forest);
  known.set(forest, paths);
  const contributions = columns.map(() => new Float64Array(rows));
  const size = Math.min(BLOCK, rows);
  const tableDepth = rows < TABLE_ROWS ? 0 : Math.min(TABLE_COLUMNS, paths.mostColumns);
  const scratch: Scratch = {
    decisions: new Int32Array(size * Math.ceil(paths.mostSplits / 32)),
    patterns: new Int32Array(size),
    tableDepth,
    table: new Float64Array(Math.max(tableDepth << tableDepth, paths.mostColumns)),
    filled: new Uint8Array(1 << tableDepth),
  };
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    const values = columns.map((all) => all.subarray(start, end));
    const sums = contributions.map((all) => all.subarray(start, end));
    for (let t = output; t + 1 < forest.starts.length; t += forest.outputs) {
      decide(forest, t, values, end - start, scratch.decisions);
      for (let leaf = paths.leaves[t]; leaf < paths.leaves[t + 1]; leaf++) addLeaf(paths, leaf, end - start, sums, scratch);
    }
  }
  return { base: expectedScore(forest, paths, output), contributions };
}

/** Of one block; the first word of all rows' decisions comes first. */
interface Scratch {
  readonly decisions: Int32Array;
  readonly patterns: Int32Array;
  /** Paths of at most this many columns have their answers kept in `table`, pattern by pattern, where `filled` is 1. */
  readonly tableDepth: number;
  readonly table: Float64Array;
  readonly filled: Uint8Array;
}

function expectedScore({ base, outputs }: Forest, { leaves, value, share, columnsFrom }: TreePaths, output: number): number {
  let expected = base[output];
  for (let t = output; t + 1 < leaves.length; t += outputs) {
    for (let leaf = leaves[t]; leaf < leaves[t + 1]; leaf++) {
      let product = value[leaf];
      for (let at = columnsFrom[leaf]; at < columnsFrom[leaf + 1]; at++) product *= share[at];
      expected += product;
    }
  }
  return expected;
}

/** Writes one bit per split of tree `t` and row, 1 where the row goes left. */
function decide(forest: Forest, t: number, values: readonly Float64Array[], count: number, decisions: Int32Array): void {
  const { starts, nodes } = forest;
  let split = 0;
  for (let node = starts[t]; node < starts[t + 1]; node++) {
    if (nodes.column[node] < 0) continue;
    const column = values[nodes.column[node]];
    const from = (split >> 5) * count;
    const bit = split & 31;
    if (bit === 0) decisions.fill(0, from, from + count);
    for (let i = 0; i < count; i++) {
      decisions[from + i] |= goesLeft(forest, node, column[i]) << bit;
    }
    split++;
  }
}

function addLeaf(paths: TreePaths, leaf: number, count: number, sums: readonly Float64Array[], scratch: Scratch): void {
  const { table, filled, patterns } = scratch;
  const { share } = paths;
  const first = paths.columnsFrom[leaf];
  const depth = paths.columnsFrom[leaf + 1] - first;
  const value = paths.value[leaf];
  if (depth === 0 || value === 0) return;
  findPatterns(paths, leaf, count, scratch);
  if (depth > scratch.tableDepth) {
    for (let i = 0; i < count; i++) {
      leafContributions(share, first, depth, value, patterns[i], table, 0);
      for (let d = 0; d < depth; d++) sums[paths.column[first + d]][i] += table[d];
    }
    return;
  }
  filled.fill(0, 0, 1 << depth);
  for (let i = 0; i < count; i++) {
    const pattern = patterns[i];
    if (filled[pattern] === 0) {
      filled[pattern] = 1;
      leafContributions(share, first, depth, value, pattern, table, pattern * depth);
    }
    patterns[i] = Math.imul(pattern, depth);
  }
  for (let d = 0; d < depth; d++) {
    const sink = sums[paths.column[first + d]];
    for (let i = 0; i < count; i++) sink[i] += table[patterns[i] + d];
  }
}

/** Writes the pattern of each row: bit j set where it fails the leaf's j-th path column. */
function findPatterns(paths: TreePaths, leaf: number, count: number, { decisions, patterns }: Scratch): void {
  patterns.fill(0, 0, count);
  for (let c = paths.conditionsFrom[leaf]; c < paths.conditionsFrom[leaf + 1]; c++) {
    const from = paths.word[c] * count;
    const mask = paths.mask[c];
    const want = paths.want[c];
    const slot = paths.slot[c];
    for (let i = 0; i < count; i++) {
      const wrong = (decisions[from + i] ^ want) & mask;
      // The sign bit of x | −x is 1 unless x is 0.
      patterns[i] |= ((wrong | -wrong) >>> 31) << slot;
    }
  }
}
