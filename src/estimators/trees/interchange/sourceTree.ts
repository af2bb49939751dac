/** Trees of other programs in one shape, and their way into a {@link Forest}. */
import { AppError } from '../../../base/errors.ts';
import { CATEGORICAL, type Forest } from '../forest.ts';

/** Most nodes, columns and outputs that are read: far beyond any useful model, and small enough that a damaged file cannot fill the memory. */
export const LIMITS = { nodes: 20_000_000, columns: 100_000, outputs: 1000, categories: 100_000, text: 512 * 1024 * 1024 } as const;

/** A tree by its splits and its leaves. A child ≥ 0 is a split, a child < 0 the leaf ~child. The root is split 0, or leaf 0 where there are no splits. */
export interface SourceTree {
  /** Per split: place in the source's columns, threshold (v ≤ threshold goes left), flags of the forest, children, cover. */
  readonly column: ArrayLike<number>;
  readonly threshold: ArrayLike<number>;
  readonly flags: ArrayLike<number>;
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  readonly leafValue: ArrayLike<number>;
  /** Weight of the training rows per leaf; what a split saw is the sum of its leaves. */
  readonly leafCover: ArrayLike<number>;
  /** Bits of the categories that go left, of each categorical split; others have none. */
  readonly set: (split: number) => Int32Array;
}

/** What is wrong with a file, where: `what` begins with the line, tree or field. */
export function damaged(format: string, what: string): AppError {
  return new AppError('artefact_invalid', `The ${format} model cannot be read: ${what}.`, { hint: 'Write the model again with the program that trained it, and import that file.' });
}

interface ForestParts {
  readonly format: string;
  /** Names of all columns of the source; the forest keeps those that a split reads. */
  readonly columns: readonly string[];
  /** Names of the categories of a column that has categorical splits; codes as text where absent. */
  readonly categories: (column: number, most: number) => readonly string[];
  readonly trees: readonly SourceTree[];
  readonly outputs: number;
  readonly base: Float64Array;
  readonly link: Forest['link'];
  /** What every leaf value is multiplied by. */
  readonly scale?: number;
}

/** @throws AppError `artefact_invalid` for arrays that are no trees: a node reached twice or never, a column that does not exist. */
export function forestOf({ format, columns, categories, trees, outputs, base, link, scale = 1 }: ForestParts): Forest {
  const starts = new Int32Array(trees.length + 1);
  trees.forEach((tree, t) => {
    starts[t + 1] = starts[t] + tree.column.length + tree.leafValue.length;
  });
  const count = starts[trees.length];
  if (count > LIMITS.nodes) throw damaged(format, `${count} nodes are more than ${LIMITS.nodes}`);
  const nodes: Forest['nodes'] = {
    column: new Int32Array(count).fill(-1), threshold: new Float64Array(count), flags: new Uint8Array(count), left: new Int32Array(count), value: new Float64Array(count), cover: new Float64Array(count),
  };
  const sets: Int32Array[] = [];
  const mostCode = new Int32Array(columns.length).fill(-1);
  trees.forEach((tree, t) => { placeTree(tree, t, starts[t], nodes, sets, mostCode, { format, width: columns.length, scale }); });

  const read = new Uint8Array(columns.length);
  for (const column of nodes.column) if (column >= 0) read[column] = 1;
  const used = columns.flatMap((_, c) => (read[c] === 1 ? [c] : []));
  const place = new Int32Array(columns.length);
  used.forEach((column, i) => { place[column] = i; });
  for (let i = 0; i < count; i++) if (nodes.column[i] >= 0) nodes.column[i] = place[nodes.column[i]];
  const setStarts = new Int32Array(sets.length + 1);
  sets.forEach((words, s) => { setStarts[s + 1] = setStarts[s] + words.length; });
  const words = new Int32Array(setStarts[sets.length]);
  sets.forEach((set, s) => { words.set(set, setStarts[s]); });
  return { columns: used.map((c) => columns[c]), categories: used.map((c) => (mostCode[c] < 0 ? null : [...categories(c, mostCode[c])])), outputs, base, link, starts, nodes, sets: { starts: setStarts, words } };
}

/** Lays a tree out level by level, the right child next to the left one. */
function placeTree(tree: SourceTree, t: number, from: number, nodes: Forest['nodes'], sets: Int32Array[], mostCode: Int32Array, { format, width, scale }: { readonly format: string; readonly width: number; readonly scale: number }): void {
  const splits = tree.column.length;
  const leaves = tree.leafValue.length;
  const where = `tree ${t}`;
  if (leaves !== splits + 1) throw damaged(format, `${where}: ${leaves} leaves do not go with ${splits} splits`);
  const source = new Int32Array(splits + leaves);
  const seen = new Uint8Array(splits + leaves);
  source[0] = splits === 0 ? -1 : 0;
  let next = 1;
  for (let i = 0; i < splits + leaves; i++) {
    if (i >= next) throw damaged(format, `${where}: ${splits + leaves - next} nodes are not reached from the root`);
    const id = source[i];
    const mark = id < 0 ? splits + ~id : id;
    if (id >= splits || ~id >= leaves || seen[mark] === 1) throw damaged(format, `${where}: node ${id} ${seen[mark] === 1 ? 'is reached twice' : 'does not exist'}`);
    seen[mark] = 1;
    const at = from + i;
    if (id < 0) {
      nodes.value[at] = tree.leafValue[~id] * scale;
      nodes.cover[at] = tree.leafCover[~id];
      if (!Number.isFinite(nodes.value[at])) throw damaged(format, `${where}: the value of leaf ${~id} is no finite number`);
      if (!(nodes.cover[at] > 0 && nodes.cover[at] < Infinity)) throw damaged(format, `${where}: leaf ${~id} has the cover ${nodes.cover[at]}, which must be above 0`);
      continue;
    }
    const column = tree.column[id];
    if (!(column >= 0 && column < width)) throw damaged(format, `${where}: split ${id} reads column ${column} of ${width}`);
    if (next + 2 > splits + leaves) throw damaged(format, `${where}: node ${id} has children that are reached twice`);
    nodes.column[at] = column;
    nodes.flags[at] = tree.flags[id];
    nodes.left[at] = from + next;
    source[next++] = tree.left[id];
    source[next++] = tree.right[id];
    if ((tree.flags[id] & CATEGORICAL) === 0) {
      nodes.threshold[at] = tree.threshold[id];
      if (!Number.isFinite(nodes.threshold[at])) throw damaged(format, `${where}: the threshold of split ${id} is no finite number`);
      continue;
    }
    const set = tree.set(id);
    if (set.length === 0 || set.length * 32 > LIMITS.categories) throw damaged(format, `${where}: the categories of split ${id} take ${set.length} words`);
    nodes.threshold[at] = sets.length;
    sets.push(set);
    mostCode[column] = Math.max(mostCode[column], set.length * 32 - 1 - Math.clz32(set[set.length - 1]));
  }
  // Children stand behind their parents, so that going backwards meets them first.
  for (let at = from + splits + leaves - 1; at >= from; at--) if (nodes.left[at] > 0) nodes.cover[at] = nodes.cover[nodes.left[at]] + nodes.cover[nodes.left[at] + 1];
}
