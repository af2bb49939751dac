/**
 * The terms of a design by how they are held. All terms of a column of categories read one code per row, so what they add to a score is one look-up, and what rows add to
 * their slopes is one sum per level: a hundred indicators cost what one does.
 */
import type { CodedColumn, Design } from '../preprocessing/design.ts';

/** Terms that read the same codes. */
export interface CodedGroup {
  readonly codes: CodedColumn['codes'];
  readonly levels: number;
  /** Places of the terms among all, ascending. */
  readonly terms: Int32Array;
  /** Values of each of these terms by code. */
  readonly tables: readonly Float64Array[];
}

export interface Layout {
  /** Terms with a number per row, and their places. */
  readonly quantities: readonly Float64Array[];
  readonly places: Int32Array;
  readonly groups: readonly CodedGroup[];
}

/** The layout of the terms `over` (ascending; absent: all); places are among these. */
export function layoutOf({ columns }: Design, over?: Int32Array): Layout {
  const quantities: Float64Array[] = [];
  const places: number[] = [];
  const groups = new Map<CodedColumn['codes'], { readonly terms: number[]; readonly tables: Float64Array[] }>();
  const count = over === undefined ? columns.length : over.length;
  for (let k = 0; k < count; k++) {
    const column = columns[over === undefined ? k : over[k]];
    if (column instanceof Float64Array) {
      quantities.push(column);
      places.push(k);
      continue;
    }
    const group = groups.get(column.codes) ?? { terms: [], tables: [] };
    group.terms.push(k);
    group.tables.push(column.table);
    groups.set(column.codes, group);
  }
  const coded = Array.from(groups, ([codes, { terms, tables }]) => ({ codes, levels: tables[0].length, terms: Int32Array.from(terms), tables }));
  return { quantities, places: Int32Array.from(places), groups: coded };
}

/** The same group where levels that no term tells apart are one: names that are too rare for a term can be many. */
export function merged({ codes, levels, terms, tables }: CodedGroup): CodedGroup {
  const classes = new Map<string, number>();
  const classOf = Int32Array.from({ length: levels }, (_, level) => {
    const key = tables.map((table) => table[level]).join(' ');
    const known = classes.get(key) ?? classes.size;
    classes.set(key, known);
    return known;
  });
  if (classes.size === levels) return { codes, levels, terms, tables };
  const recoded = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) recoded[i] = classOf[codes[i]];
  const short = tables.map((table) => {
    const values = new Float64Array(classes.size);
    for (let level = 0; level < levels; level++) values[classOf[level]] = table[level];
    return values;
  });
  return { codes: recoded, levels: classes.size, terms, tables: short };
}
