/**
 * Exact path-dependent SHAP values of a tree ensemble (Lundberg, Erion & Lee 2018, algorithm 2), worked out leaf by leaf.
 *
 * A leaf of value v with the D distinct columns of its path contributes to column i
 *   v·(oᵢ − zᵢ)·Σₛ s!(D−1−s)!/D! · [tˢ] Πⱼ≠ᵢ (zⱼ + oⱼ·t),
 * where oⱼ is 1 if the row passes every split on column j and 0 if not, and zⱼ is the share of training weight that does. The sum is the one that the
 * paper's EXTEND and UNWIND keep up to date. Because a leaf's answer depends on the row only through the pattern of o, each pattern is worked out
 * once per block of rows and then looked up.
 */
import type { BoostedTreesArtefact } from './artefact.ts';

/** The conditions on one column along a path: lower < v ≤ upper, missing allowed or not, and the share of weight that passes. */
interface PathColumn {
  readonly column: number;
  lower: number;
  upper: number;
  missing: boolean;
  share: number;
}

interface LeafPath {
  readonly value: number;
  readonly path: readonly PathColumn[];
}

/** Rows that are explained together, small enough for their columns to stay in the cache. */
const BLOCK = 4096;
/** Patterns are looked up for paths of at most this many columns; the table has 2^D rows. */
const TABLE_COLUMNS = 12;

export interface TreeContributions {
  /** Expected score over the training weights. */
  readonly base: number;
  /** One array per artefact column, one value per row. */
  readonly contributions: readonly Float64Array[];
}

export function treeContributions(artefact: BoostedTreesArtefact, columns: readonly Float64Array[], rows: number): TreeContributions {
  const leaves = leafPaths(artefact);
  const contributions = columns.map(() => new Float64Array(rows));
  let base = artefact.base;
  for (const { value, path } of leaves) base += path.reduce((product, { share }) => product * share, value);
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    const block = columns.map((values) => values.subarray(start, end));
    const sinks = contributions.map((values) => values.subarray(start, end));
    for (const leaf of leaves) addLeaf(leaf, block, sinks, end - start);
  }
  return { base, contributions };
}

function leafPaths({ starts, nodes }: BoostedTreesArtefact): LeafPath[] {
  const leaves: LeafPath[] = [];
  const walk = (node: number, path: readonly PathColumn[]): void => {
    const column = nodes.column[node];
    if (column < 0) {
      leaves.push({ value: nodes.value[node], path });
      return;
    }
    for (const side of [0, 1]) {
      const child = nodes.left[node] + side;
      const before = path.find((step) => step.column === column);
      const step: PathColumn = before === undefined ? { column, lower: -Infinity, upper: Infinity, missing: true, share: 1 } : { ...before };
      if (side === 0) step.upper = Math.min(step.upper, nodes.threshold[node]);
      else step.lower = Math.max(step.lower, nodes.threshold[node]);
      step.missing &&= (nodes.missingLeft[node] === 1) === (side === 0);
      step.share *= nodes.cover[child] / nodes.cover[node];
      walk(child, before === undefined ? [...path, step] : path.map((old) => (old === before ? step : old)));
    }
  };
  for (let t = 0; t + 1 < starts.length; t++) walk(starts[t], []);
  return leaves;
}

function addLeaf({ value, path }: LeafPath, columns: readonly Float64Array[], sinks: readonly Float64Array[], rows: number): void {
  const depth = path.length;
  if (depth === 0 || value === 0) return;
  const patterns = new Int32Array(rows);
  for (let d = 0; d < depth; d++) {
    const { column, lower, upper, missing } = path[d];
    const values = columns[column];
    const bit = 1 << d;
    for (let i = 0; i < rows; i++) {
      const v = values[i];
      if (v !== v ? missing : v > lower && v <= upper) patterns[i] |= bit;
    }
  }
  const single = new Float64Array(depth);
  if (rows < 32 || depth > TABLE_COLUMNS) {
    for (let i = 0; i < rows; i++) {
      writePattern(path, value, patterns[i], single, 0);
      for (let d = 0; d < depth; d++) sinks[path[d].column][i] += single[d];
    }
    return;
  }
  const table = new Float64Array(depth << depth);
  const known = new Uint8Array(1 << depth);
  for (let i = 0; i < rows; i++) {
    const pattern = patterns[i];
    if (known[pattern] === 0) {
      known[pattern] = 1;
      writePattern(path, value, pattern, table, pattern * depth);
    }
  }
  for (let d = 0; d < depth; d++) {
    const sink = sinks[path[d].column];
    for (let i = 0; i < rows; i++) sink[i] += table[patterns[i] * depth + d];
  }
}

/** The D contributions of a leaf for one pattern of passed conditions, written at `offset`. Without divisions, so shares near zero lose no digits. */
function writePattern(path: readonly PathColumn[], value: number, pattern: number, out: Float64Array, offset: number): void {
  const depth = path.length;
  const polynomial = new Float64Array(depth);
  for (let i = 0; i < depth; i++) {
    polynomial.fill(0);
    polynomial[0] = 1;
    let degree = 0;
    for (let j = 0; j < depth; j++) {
      if (j === i) continue;
      const zero = path[j].share;
      const one = (pattern >> j) & 1;
      degree++;
      for (let s = degree; s > 0; s--) polynomial[s] = polynomial[s] * zero + polynomial[s - 1] * one;
      polynomial[0] *= zero;
    }
    let sum = 0;
    // s!(D−1−s)!/D! = 1/(D·C(D−1, s))
    let choose = 1;
    for (let s = 0; s < depth; s++) {
      sum += polynomial[s] / (depth * choose);
      choose = (choose * (depth - 1 - s)) / (s + 1);
    }
    out[offset + i] = value * (((pattern >> i) & 1) - path[i].share) * sum;
  }
}
