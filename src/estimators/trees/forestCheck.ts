import { forestSchema, CATEGORICAL, MISSING_LEFT, ZERO_IS_MISSING, type Forest } from './forest.ts';

/** A forest whose arrays are trees: what is saved is checked by this, and what is loaded again. */
export const checkedForestSchema = forestSchema.superRefine((forest, context) => {
  const problem = forestProblem(forest);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** What keeps the arrays from being trees, or undefined: lengths, starts, child indices inside their tree and behind their parent (so no cycles), sets, covers. */
export function forestProblem({ columns, categories, outputs, base, starts, nodes, sets }: Forest): string | undefined {
  const count = nodes.column.length;
  const lengths = [nodes.threshold, nodes.flags, nodes.left, nodes.value, nodes.cover].map(({ length }) => length);
  if (lengths.some((length) => length !== count)) return `node arrays differ in length: ${[count, ...lengths].join(', ')}`;
  if (categories.length !== columns.length) return `${categories.length} lists of categories for ${columns.length} columns`;
  if (new Set(columns).size !== columns.length) return 'two columns have one name';
  if (base.length !== outputs) return `${base.length} base scores for ${outputs} outputs`;
  if (starts.length === 0 || starts[0] !== 0 || starts[starts.length - 1] !== count) return 'tree starts do not span the nodes';
  if ((starts.length - 1) % outputs !== 0) return `${starts.length - 1} trees are not as many for each of ${outputs} outputs`;
  return setsProblem(sets) ?? treesProblem(starts, nodes, categories, sets.starts.length - 1);
}

function setsProblem({ starts, words }: Forest['sets']): string | undefined {
  if (starts.length === 0 || starts[0] !== 0 || starts[starts.length - 1] !== words.length) return 'set starts do not span the words';
  for (let s = 0; s + 1 < starts.length; s++) if (starts[s + 1] <= starts[s]) return `set ${s} has no words`;
  return undefined;
}

function treesProblem(starts: Int32Array, nodes: Forest['nodes'], categories: Forest['categories'], sets: number): string | undefined {
  for (let t = 0; t + 1 < starts.length; t++) {
    if (starts[t + 1] <= starts[t]) return `tree ${t} has no nodes`;
    for (let i = starts[t]; i < starts[t + 1]; i++) {
      const column = nodes.column[i];
      if (column >= categories.length || column < -1) return `node ${i} reads column ${column} of ${categories.length}`;
      if (!(nodes.cover[i] > 0)) return `node ${i} has no training rows`;
      if ((nodes.flags[i] & ~(MISSING_LEFT | ZERO_IS_MISSING | CATEGORICAL)) !== 0) return `node ${i} has unknown flags`;
      if (column < 0) continue;
      if (nodes.left[i] <= i || nodes.left[i] + 1 >= starts[t + 1]) return `node ${i} has no children in its tree`;
      if ((nodes.flags[i] & CATEGORICAL) === 0) continue;
      if (categories[column] === null) return `node ${i} splits column ${column} by categories, and it has none`;
      if (!Number.isInteger(nodes.threshold[i]) || nodes.threshold[i] < 0 || nodes.threshold[i] >= sets) return `node ${i} names set ${nodes.threshold[i]} of ${sets}`;
    }
  }
  return undefined;
}
