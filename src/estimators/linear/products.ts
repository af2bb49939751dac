/**
 * Σ c·tₛ·tₜ over rows for pairs of terms, what second derivatives are made of. Quantities are multiplied in blocks of rows; terms of one column of categories meet those of
 * another through a table of the weight of each pair of levels, which takes one addition per row for all their pairs.
 */
import { BLOCK, loadBlock, type Design, type DesignColumn } from '../preprocessing/design.ts';
import { blockProducts, padded } from './blocks.ts';
import { layoutOf, merged, type CodedGroup } from './layout.ts';

/** Terms of one column that are worth a table; fewer are multiplied as quantities. */
const LEAST_IN_GROUP = 4;

export interface Products {
  /** Reads the `count` rows from `from` on. */
  load(from: number, count: number): void;
  /** Adds the products of the rows that were read, weighted by `c`. */
  add(c: Float64Array, sums: ProductSums): void;
  readonly sums: () => ProductSums;
  /** Row-major, both triangles, `scale` times. */
  matrix(sums: ProductSums, scale: number): Float64Array;
}

export interface ProductSums {
  /** Of quantities (padded squared, the lower triangle). */
  readonly dense: Float64Array;
  /** Per group: level × quantity. */
  readonly mixed: readonly Float64Array[];
  /** Per pair of groups h ≤ g, at g (g + 1) ÷ 2 + h: level of g × level of h. */
  readonly pairs: readonly Float64Array[];
}

/** Products of the terms `over` (ascending); the place behind the design's last term is the intercept. */
export function productsOver(design: Design, over: Int32Array): Products {
  const terms = design.columns.length;
  const size = over.length;
  const withOnes = size > 0 && over[size - 1] === terms;
  const layout = layoutOf(design, withOnes ? over.subarray(0, -1) : over);
  const groups = layout.groups.filter((group) => group.terms.length >= LEAST_IN_GROUP).map(merged);
  const small = layout.groups.filter((group) => group.terms.length < LEAST_IN_GROUP);
  const dense: DesignColumn[] = [...layout.quantities, ...small.flatMap(({ codes, tables }) => tables.map((table) => ({ codes, table })))];
  const places = Int32Array.of(...layout.places, ...small.flatMap((group) => [...group.terms]), ...(withOnes ? [size - 1] : []));
  const count = places.length;
  const width = padded(count);
  const block = new Float64Array(width * BLOCK);
  if (withOnes) block.fill(1, (count - 1) * BLOCK, count * BLOCK);
  const scratch = new Float64Array(2 * BLOCK);
  const quantities: Design = { rows: design.rows, columns: dense };
  let read = { from: 0, count: 0 };
  return {
    load(from, rows) {
      read = { from, count: rows };
      loadBlock(quantities, from, from + rows, block);
    },
    sums: () => ({
      dense: new Float64Array(width * width),
      mixed: groups.map(({ levels }) => new Float64Array(levels * count)),
      pairs: groups.flatMap(({ levels }, g) => groups.slice(0, g + 1).map((other) => new Float64Array(levels * other.levels))),
    }),
    add(c, sums) {
      blockProducts(block, c, read.count, width, sums.dense, scratch);
      for (let g = 0, pair = 0; g < groups.length; g++) {
        addByLevel(groups[g], block, count, c, read.from, read.count, sums.mixed[g]);
        for (let h = 0; h <= g; h++, pair++) addPairs(groups[g], groups[h], c, read.from, read.count, sums.pairs[pair]);
      }
    },
    matrix(sums, scale) {
      const out = new Float64Array(size * size);
      const put = (s: number, t: number, value: number): void => {
        out[s * size + t] = scale * value;
        out[t * size + s] = scale * value;
      };
      for (let s = 0; s < count; s++) for (let t = 0; t <= s; t++) put(places[s], places[t], sums.dense[s * width + t]);
      for (let g = 0, pair = 0; g < groups.length; g++) {
        const byTerm = timesTables(sums.mixed[g], groups[g], count);
        for (const [k, place] of groups[g].terms.entries()) for (let q = 0; q < count; q++) put(place, places[q], byTerm[k * count + q]);
        for (let h = 0; h <= g; h++, pair++) {
          const half = timesTables(sums.pairs[pair], groups[g], groups[h].levels);
          for (const [k, place] of groups[g].terms.entries()) groups[h].terms.forEach((other, l) => put(place, other, tableDot(half, k, groups[h].tables[l])));
        }
      }
      return out;
    },
  };
}

/** Adds Σ c·x of the rows of each level, for the first `count` terms of a block. */
function addByLevel({ codes }: CodedGroup, block: Float64Array, count: number, c: Float64Array, from: number, rows: number, sums: Float64Array): void {
  const stride = BLOCK;
  for (let i = 0; i < rows; i++) {
    const at = codes[from + i] * count;
    const ci = c[i];
    for (let q = 0, x = i; q < count; q++, x += stride) sums[at + q] += ci * block[x];
  }
}

/** Adds the weight of each pair of levels. */
function addPairs(one: CodedGroup, other: CodedGroup, c: Float64Array, from: number, rows: number, sums: Float64Array): void {
  const [codes, others, levels] = [one.codes, other.codes, other.levels];
  for (let i = 0; i < rows; i++) sums[codes[from + i] * levels + others[from + i]] += c[i];
}

/** Tables of a group (term × level) times a matrix of level × `width`. */
function timesTables(matrix: Float64Array, { tables, levels }: CodedGroup, width: number): Float64Array {
  const out = new Float64Array(tables.length * width);
  for (const [k, table] of tables.entries()) {
    for (let level = 0; level < levels; level++) {
      const value = table[level];
      if (value === 0) continue;
      for (let q = 0; q < width; q++) out[k * width + q] += value * matrix[level * width + q];
    }
  }
  return out;
}

/** Row `row` of a matrix as wide as `table`, times it. */
function tableDot(matrix: Float64Array, row: number, table: Float64Array): number {
  const at = row * table.length;
  let sum = 0;
  for (let level = 0; level < table.length; level++) sum += matrix[at + level] * table[level];
  return sum;
}
