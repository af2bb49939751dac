/** Reads the list of who was treated and who was held out from a file. Arms are either all told apart, or nothing is taken. */
import { fromCsvText } from '../../base/csv.ts';
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import { suggestNames } from '../../conditions/suggest.ts';
import type { ListedCustomer } from '../../experiments/assign.ts';
import { dateOrderOf, dateParser } from '../../store/import/dates.ts';
import type { ParseDate } from '../../store/import/dates.ts';
import { openRecords } from '../../store/import/open.ts';
import type { OpenedFile } from '../../store/import/open.ts';
import { zoneClock } from '../../store/import/zoneClock.ts';

export interface ListColumns {
  readonly customer: string;
  readonly arm: string;
  /** Column with the moment of the assignment; absent: the start of the experiment. */
  readonly time?: string;
  /** Columns that were known before the assignment. */
  readonly covariates: readonly string[];
  /** Words of the arm column; where they are given, lines with other words belong to other arms and are left out. */
  readonly treated?: readonly string[];
  readonly heldOut?: readonly string[];
}

export interface ReadList {
  readonly list: readonly ListedCustomer[];
  /** Lines of other arms. */
  readonly otherArms: number;
}

const TREATED = ['treated', 'treatment', 'test', '1', 'true', 'yes', '实验组', '触达'];
const HELD_OUT = ['held_out', 'held out', 'holdout', 'control', '0', 'false', 'no', '对照组', '留出'];
const MOST_LINES = 5_000_000;

function placesOf(file: OpenedFile, { customer, arm, time, covariates }: ListColumns): Record<'customer' | 'arm' | 'time', number> & { readonly covariates: readonly number[] } {
  const place = (name: string): number => {
    const found = file.columns.indexOf(name);
    if (found >= 0) return found;
    const suggestions = suggestNames(name, file.columns);
    throw new AppError('invalid_input', `The file has no column "${name.slice(0, 64)}"${suggestions.length === 0 ? '' : ` (did you mean ${suggestions.join(', ')}?)`}.`, { details: { columns: file.columns.slice(0, 100) }, hint: `It has: ${file.columns.slice(0, 20).join(', ')}.` });
  };
  return { customer: place(customer), arm: place(arm), time: time === undefined ? -1 : place(time), covariates: covariates.map(place) };
}

function timesOf(file: OpenedFile, place: number, timeZone: string): ParseDate {
  const order = dateOrderOf(file.sample.map((record) => record[place] ?? ''));
  return dateParser('auto', zoneClock(timeZone), order === 'dmy' || order === 'mdy' ? order : undefined);
}

const bad = (line: number, what: string): AppError => new AppError('bad_data', `Line ${line} of the list ${what}; nothing was imported.`, { details: { line }, hint: 'Mend the list and import it again.' });

/** @throws AppError `file_unreadable`, `invalid_input` for columns that are not there, `bad_data` naming the first line that cannot be understood, `cancelled`. */
export async function readAssignmentList(path: string, columns: ListColumns, { timeZone, signal }: { readonly timeZone: string; readonly signal?: AbortSignal }): Promise<ReadList> {
  const file = await openRecords(path, {}, [columns.customer, columns.arm, ...(columns.time === undefined ? [] : [columns.time]), ...columns.covariates]);
  const places = placesOf(file, columns);
  const parseTime = places.time < 0 ? undefined : timesOf(file, places.time, timeZone);
  const named = columns.treated !== undefined || columns.heldOut !== undefined;
  const arms = new Map<string, boolean>([...(columns.heldOut ?? (named ? [] : HELD_OUT)).map((one) => [one.trim().toLowerCase(), false] as const), ...(columns.treated ?? (named ? [] : TREATED)).map((one) => [one.trim().toLowerCase(), true] as const)]);
  const list: ListedCustomer[] = [];
  let otherArms = 0;
  for await (const block of file.records(() => undefined)) {
    throwIfCancelled(signal, 'Reading the list');
    block.read().forEach((record, i) => {
      if (typeof record === 'string') throw bad(block.line(i), `cannot be read (${record})`);
      const written = (record[places.customer] ?? '').trim();
      // An id such as +8613… comes out of an export as CSV with an apostrophe in front.
      const customer = file.format === 'csv' ? fromCsvText(written) : written;
      if (customer === '') throw bad(block.line(i), `has no ${columns.customer}`);
      const treated = arms.get((record[places.arm] ?? '').trim().toLowerCase());
      if (treated === undefined) {
        if (!named) throw bad(block.line(i), `has an arm that is neither treated nor held out; say with --treated and --held-out what the column ${columns.arm} calls them`);
        otherArms++;
        return;
      }
      const at = parseTime?.(record[places.time] ?? '');
      if (typeof at === 'string') throw bad(block.line(i), `has no time in ${columns.time ?? ''} that can be understood`);
      if (list.length === MOST_LINES) throw new AppError('payload_too_large', `The list has more than ${MOST_LINES} customers.`, { hint: 'Import it in parts.' });
      list.push({ customer, treated, ...(at === undefined ? {} : { assignedAt: at }), ...(columns.covariates.length === 0 ? {} : { covariates: Object.fromEntries(columns.covariates.map((name, c) => [name, record[places.covariates[c]] ?? ''])) }) });
    });
  }
  return { list, otherArms };
}
