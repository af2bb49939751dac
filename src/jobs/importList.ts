/** Reads ids of customers from one column of a CSV file into a list segment. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { fromCsvText } from '../base/csv.ts';
import { AppError } from '../base/errors.ts';
import { silentProgress } from '../base/progress.ts';
import type { Progress } from '../base/progress.ts';
import { suggestNames } from '../conditions/suggest.ts';
import { changeList } from '../segments/lists.ts';
import type { ListBuilt, ListRequest } from '../segments/lists.ts';
import type { Store } from '../store/connection.ts';

const BATCH = 10_000;

function unreadable(cause: unknown): AppError {
  return new AppError('file_unreadable', 'The file with the list cannot be read.', { hint: 'Check its path and that this user may read it.', cause });
}

/** The column's texts without spaces around them and as they were before an export made them harmless, empty ones left out. Where no column is named the file must have one only. */
async function* idsOf(file: string, column: string | undefined): AsyncGenerator<string[]> {
  const source = createReadStream(file);
  const text = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  const rows = text.pipe(parse({ bom: true, relax_column_count: true, skip_empty_lines: true }));
  for (const stream of [source, text]) stream.once('error', (error: Error) => rows.destroy(unreadable(error)));
  let place: number | undefined;
  let batch: string[] = [];
  try {
    for await (const row of rows as AsyncIterable<string[]>) {
      if (place === undefined) {
        place = column === undefined && row.length === 1 ? 0 : row.findIndex((name) => name.trim() === column);
        if (place >= 0) continue;
        const suggestions = column === undefined ? [] : suggestNames(column, row);
        throw new AppError('invalid_mapping', column === undefined ? `The file has ${row.length} columns, and none was named.` : `The file has no column "${column.slice(0, 60)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { columns: row.slice(0, 50) }, hint: 'Name the column that holds the shop\'s customer ids with --column.' });
      }
      const id = fromCsvText(row[place]?.trim() ?? '');
      if (id !== '') batch.push(id);
      if (batch.length === BATCH) {
        yield batch;
        batch = [];
      }
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('bad_data', 'The file with the list is not CSV: a quote is not closed, or it is cut off.', { hint: 'Save it as CSV in UTF-8 again.', cause: error });
  } finally {
    source.destroy();
  }
  if (batch.length > 0) yield batch;
}

/** @throws AppError as `changeList`; `file_unreadable`, `bad_data`, `invalid_mapping` for a column that is not there; then the list stays as it was */
export async function importList(deps: { readonly store: Store; readonly progress?: Progress; readonly signal?: AbortSignal }, request: Omit<ListRequest, 'ids' | 'signal' | 'onBatch'> & { readonly file: string; readonly column?: string }): Promise<ListBuilt> {
  const { file, column, ...rest } = request;
  const { progress = silentProgress, signal } = deps;
  return changeList(deps.store, { ...rest, ids: idsOf(file, column), onBatch: (done) => { progress({ step: 'list', done, unit: 'ids' }); }, ...(signal === undefined ? {} : { signal }) });
}
