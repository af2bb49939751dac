/**
 * Standards as CSV (RFC 4180) with the columns field, standard, alias: one line per alias, an empty alias for a standard without any. What a spreadsheet would run as a formula is made harmless on
 * the way out and is itself again on the way in.
 */
import { fromCsvText, quoted, toCsvText } from '../../base/csv.ts';
import { AppError } from '../../base/errors.ts';
import type { Standard } from '../../conditions/spellings.ts';

const HEADER = ['field', 'standard', 'alias'] as const;

export function writeStandardsCsv(fields: readonly { readonly field: string; readonly entries: readonly Standard[] }[]): string {
  const rows = fields.flatMap(({ field, entries }) => entries.flatMap(({ standard, aliases }) => (aliases.length === 0 ? [''] : aliases).map((alias) => [field, standard, alias])));
  return [HEADER, ...rows].map((row) => `${row.map((text) => quoted(toCsvText(text))).join(',')}\r\n`).join('');
}

/** Spreadsheet programs write the separator of their country. */
function separatorOf(text: string): string {
  const [header] = /^[^\r\n]*/.exec(text) ?? [''];
  return [',', ';', '\t'].find((one) => header.includes(one)) ?? ',';
}

/** @throws AppError `bad_data` for a quote that does not end. */
function records(text: string): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [[]];
  let value = '';
  let quoted = false;
  const end = (): void => {
    rows.at(-1)?.push(value);
    value = '';
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (quoted) {
      if (letter !== '"') value += letter;
      else if (text[i + 1] === '"') value += text[++i];
      else quoted = false;
    } else if (letter === '"' && value === '') quoted = true;
    else if (letter === separator) end();
    else if (letter === '\n') {
      end();
      rows.push([]);
    } else if (letter !== '\r') value += letter;
  }
  if (quoted) throw new AppError('bad_data', 'A quote in the CSV does not end.', { hint: 'Write a quote inside of quotes twice.' });
  end();
  return rows.filter((row) => row.some((one) => one.trim() !== ''));
}

/** By field, in the order of the file. @throws AppError `bad_data` naming the line */
export function readStandardsCsv(text: string): Map<string, Standard[]> {
  const [header, ...rows] = records(text.replace(/^\uFEFF/, ''));
  const place = HEADER.map((name) => header?.findIndex((one) => one.trim().toLowerCase() === name) ?? -1);
  if (place.includes(-1)) throw new AppError('bad_data', 'The CSV of standards needs the columns field, standard and alias.', { hint: '`tagcast standards export` writes such a file.' });
  const found = new Map<string, Map<string, string[]>>();
  for (const [i, row] of rows.entries()) {
    const [field, standard, alias] = place.map((at) => fromCsvText((row[at] ?? '').trim()).trim());
    if (field === '' || standard === '') throw new AppError('bad_data', `Line ${i + 2} of the CSV of standards has no ${field === '' ? 'field' : 'standard'}.`, { hint: 'Every line has a field and a standard; only the alias may be empty.' });
    const own = found.get(field) ?? new Map<string, string[]>();
    found.set(field, own.set(standard, [...(own.get(standard) ?? []), ...(alias === '' ? [] : [alias])]));
  }
  return new Map([...found].map(([field, entries]) => [field, [...entries].map(([standard, aliases]) => ({ standard, aliases }))]));
}
