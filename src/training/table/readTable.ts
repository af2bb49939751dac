/** Reads one flat file (CSV with any separator, NDJSON, Parquet; .gz too) into columns, and a second one with the same columns behind it. */
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import { closestName } from '../../store/import/columns.ts';
import type { Encoding } from '../../store/import/encoding.ts';
import type { FileFormat } from '../../store/import/mapping.ts';
import { openRecords } from '../../store/import/open.ts';
import { tableBuilder } from './rawTable.ts';
import type { RawTable, TableBuilder } from './rawTable.ts';

export interface TableFile {
  readonly table: RawTable;
  /** Rows of the first file; the others are of the second. */
  readonly trainRows: number;
  /** Columns of the first file that the second one has not: all of their cells are missing there. */
  readonly absent: readonly string[];
  /** Records that could not be read, of both files. */
  readonly unread: number;
}

export interface ReadOptions {
  /** Absent: UTF-8, or what a byte order mark says. */
  readonly encoding?: Encoding;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** Share of records that may be unreadable. */
const MOST_UNREAD = 0.1;

/** @throws AppError `file_unreadable`, `bad_data`, `invalid_input`, `unknown_name` (a column of `needed` that the file has not), `cancelled`. */
export async function readTable(path: string, test: string | undefined, needed: readonly string[], options: ReadOptions): Promise<TableFile> {
  const names = await columnNames(path, options);
  const wrong = needed.find((name) => !names.includes(name));
  if (wrong !== undefined) {
    const like = closestName(wrong, names);
    throw new AppError('unknown_name', `The file has no column "${wrong.slice(0, 60)}".`, { details: { columns: names.slice(0, 200) }, hint: like === undefined ? `It has: ${names.slice(0, 30).join(', ')}.` : `Did you mean "${like}"?` });
  }
  const builder = tableBuilder(names);
  let unread = await append(path, names, builder, options);
  const trainRows = builder.rows;
  let absent: string[] = [];
  if (test !== undefined) {
    const others = await columnNames(test, options);
    absent = names.filter((name) => !others.includes(name));
    if (absent.length > names.length / 2) {
      throw new AppError('bad_data', `The test file has not the columns of the training file: ${absent.slice(0, 10).join(', ')} ${absent.length === 1 ? 'is' : 'are'} missing.`, { details: { missing: absent }, hint: 'Give a file with the same header line.' });
    }
    unread += await append(test, names, builder, options);
  }
  return { table: builder.finish(), trainRows, absent, unread };
}

const formatOf = ({ encoding }: ReadOptions): FileFormat => (encoding === undefined ? {} : { encoding });

async function columnNames(path: string, options: ReadOptions): Promise<string[]> {
  const { columns } = await openRecords(path, formatOf(options), []);
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw new AppError('bad_data', `Two columns of the file are called "${twice.slice(0, 60)}".`, { hint: 'Rename one of them, then run the same command.' });
  // The first column of many exported files is the row number, without a name.
  return columns.filter((name, i) => name !== '' || i === 0);
}

async function append(path: string, names: readonly string[], builder: TableBuilder, options: ReadOptions): Promise<number> {
  const { progress, signal } = options;
  const source = await openRecords(path, formatOf(options), names);
  const place = new Map(source.columns.map((name, i) => [name, i]));
  const places = names.map((name) => place.get(name) ?? -1);
  const before = builder.rows;
  let bytes = 0;
  let unread = 0;
  for await (const block of source.records((read) => (bytes += read))) {
    throwIfCancelled(signal, 'Reading the file');
    for (const fields of block.read()) {
      if (typeof fields === 'string') unread++;
      else builder.add(places.map((at) => fields[at] ?? ''));
    }
    if (bytes < source.bytes.size) progress({ step: 'read', done: bytes, total: source.bytes.size, unit: 'bytes' });
  }
  progress({ step: 'read', done: source.bytes.size, total: source.bytes.size, unit: 'bytes' });
  const rows = builder.rows - before;
  if (rows === 0) throw new AppError('bad_data', 'The file has a header line and no rows that can be read.', { details: { unread }, hint: 'Look at the file: does every line have as many fields as the header line?' });
  if (unread > MOST_UNREAD * (rows + unread)) {
    throw new AppError('bad_data', `${unread} of ${rows + unread} records cannot be read.`, { details: { unread, rows }, hint: 'Look at quotes and separators of the file: every line must have as many fields as the header line.' });
  }
  return unread;
}
