import { CATEGORICAL, type Forest } from './forest.ts';

/** The trees of `first` and then those of `second`, over the columns of both. Scores before the first tree are those of `first`. */
export function joinForests(first: Forest, second: Forest): Forest {
  const columns = [...new Set([...first.columns, ...second.columns])].sort();
  const parts = [first, second];
  const categories = columns.map((name) => {
    const lists = parts.flatMap((forest) => forest.categories[forest.columns.indexOf(name)] ?? []);
    return lists.length === 0 ? null : [...new Set(lists)];
  });
  const words: number[] = [];
  const setStarts = [0];
  const nodesBefore = [0, first.nodes.column.length];
  const setsBefore = [0, first.sets.starts.length - 1];
  const join = (field: (forest: Forest, i: number, part: number) => number): number[] => parts.flatMap((forest, part) => Array.from({ length: forest.nodes.column.length }, (_, i) => field(forest, i, part)));
  parts.forEach((forest) => forEachSet(forest, (codes, column) => {
    // Codes are positions in a list, and the lists are one now.
    const names = forest.categories[column] ?? [];
    const joined = categories[columns.indexOf(forest.columns[column])] ?? [];
    const set = new Int32Array(Math.max(1, Math.ceil(joined.length / 32)));
    for (const code of codes) {
      const place = joined.indexOf(names[code]);
      set[place >> 5] |= 1 << (place & 31);
    }
    words.push(...set);
    setStarts.push(words.length);
  }));
  return {
    columns,
    categories,
    outputs: first.outputs,
    base: first.base,
    link: first.link,
    starts: Int32Array.from([...first.starts, ...second.starts.slice(1).map((start) => start + nodesBefore[1])]),
    nodes: {
      column: Int32Array.from(join(({ nodes, columns: own }, i) => (nodes.column[i] < 0 ? -1 : columns.indexOf(own[nodes.column[i]])))),
      threshold: Float64Array.from(join(({ nodes }, i, part) => nodes.threshold[i] + ((nodes.flags[i] & CATEGORICAL) !== 0 ? setsBefore[part] : 0))),
      flags: Uint8Array.from(join(({ nodes }, i) => nodes.flags[i])),
      left: Int32Array.from(join(({ nodes }, i, part) => (nodes.column[i] < 0 ? 0 : nodes.left[i] + nodesBefore[part]))),
      value: Float64Array.from(join(({ nodes }, i) => nodes.value[i])),
      cover: Float64Array.from(join(({ nodes }, i) => nodes.cover[i])),
    },
    sets: { starts: Int32Array.from(setStarts), words: Int32Array.from(words) },
  };
}

/** Calls `each` with the codes of every set, in the order of the sets, and the column that it is about. */
function forEachSet({ nodes, sets }: Forest, each: (codes: readonly number[], column: number) => void): void {
  const columnOf = new Int32Array(sets.starts.length - 1);
  nodes.column.forEach((column, i) => {
    if (column >= 0 && (nodes.flags[i] & CATEGORICAL) !== 0) columnOf[nodes.threshold[i]] = column;
  });
  columnOf.forEach((column, set) => {
    const codes: number[] = [];
    for (let word = sets.starts[set]; word < sets.starts[set + 1]; word++) {
      for (let bit = 0; bit < 32; bit++) if ((sets.words[word] >>> bit) & 1) codes.push((word - sets.starts[set]) * 32 + bit);
    }
    each(codes, column);
  });
}
