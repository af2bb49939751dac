/** Lookup files: a small table beside the imported file that adds columns to every row, such as a product's category. */
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { AppError } from '../../base/errors.ts';
import { columnResolver, type Cell } from './columns.ts';
import type { FileFormat, LookupRef } from './mapping.ts';
import { openRecords } from './open.ts';

/** A lookup is kept in memory: this many rows at most. */
const MAX_ROWS = 2_000_000;

export interface Lookup {
  readonly column: LookupRef['column'];
  /** Names of the columns that it adds. */
  readonly adds: readonly string[];
  readonly table: ReadonlyMap<string, readonly string[]>;
}

async function loadLookup(lookup: LookupRef, folder: string): Promise<Lookup> {
  const adds = Object.keys(lookup.add);
  const path = join(folder, lookup.file);
  if (!existsSync(path)) {
    if (lookup.optional === true) return { column: lookup.column, adds, table: new Map() };
    throw new AppError('file_unreadable', `The lookup file "${lookup.file}" is not beside the imported file.`, { hint: 'Put it there, or remove it from the mapping (`lookups`).' });
  }
  const wanted = [...[lookup.key].flat(), ...Object.values(lookup.add)];
  const file = await openRecords(path, {} satisfies FileFormat, wanted);
  const columns = columnResolver(file.columns);
  const key = columns.cell(lookup.key, `key of lookup ${lookup.file}`);
  const cells = adds.map((name) => columns.cell(lookup.add[name] ?? '', `lookup ${lookup.file}`));
  columns.finish();
  const table = new Map<string, readonly string[]>();
  /** Rows share their texts: a hundred thousand products have a few dozen categories. */
  const texts = new Map<string, string>();
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size < 100_000) texts.set(text, text);
    return text;
  };
  for await (const block of file.records(() => undefined)) {
    for (const values of block.read()) {
      if (typeof values === 'string') continue;
      const name = key(values);
      if (name !== '' && !table.has(name)) table.set(name, cells.map((cell) => shared(cell(values))));
    }
    if (table.size > MAX_ROWS) throw new AppError('payload_too_large', `The lookup file "${lookup.file}" has more than ${MAX_ROWS} rows.`, { hint: 'Join it to the file before the import.' });
  }
  return { column: lookup.column, adds, table };
}

/** Loads the lookups of a mapping from the folder of the imported file. */
export async function loadLookups(lookups: readonly LookupRef[] | undefined, importedFile: string): Promise<Lookup[]> {
  const loaded: Lookup[] = [];
  for (const lookup of lookups ?? []) loaded.push(await loadLookup(lookup, dirname(importedFile)));
  return loaded;
}

/** Adds the lookups' values to a record, behind its own columns. */
export function joiner(lookups: readonly Lookup[], cellOf: (lookup: Lookup) => Cell, width: number): (values: readonly string[]) => readonly string[] {
  if (lookups.length === 0) return (values) => values;
  const parts = lookups.map((lookup) => ({ cell: cellOf(lookup), table: lookup.table, nothing: lookup.adds.map(() => '') }));
  return (values) => {
    const row = values.slice(0, width);
    while (row.length < width) row.push('');
    for (const { cell, table, nothing } of parts) row.push(...(table.get(cell(values)) ?? nothing));
    return row;
  };
}
