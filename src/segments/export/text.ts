/** Rows of an export as lines of CSV (RFC 4180) and NDJSON. Pure. */
import type { ExportColumn } from './columns.ts';
import type { Cell } from './rows.ts';

/** Excel reads a file as UTF-8 only where it begins with this. */
export const BOM = '\uFEFF';

const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/;
/** What spreadsheet programs take for the beginning of a formula, also behind spaces, and its full-width forms, which some of them fold (OWASP, CSV injection). */
const FORMULA = /^[ \u00A0\u3000]*[=+\-@\t\r\n＝＋－＠]/;

function safeText(text: string): string {
  const shown = FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** Numbers stay numbers, whatever their sign; a text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  if (typeof cell === 'boolean') return cell ? 'true' : 'false';
  return safeText(typeof cell === 'string' ? cell : JSON.stringify(cell));
}

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Column names come from people as well. */
export function csvHeader(columns: readonly ExportColumn[]): string {
  return csvLine(columns.map(({ name }) => name));
}

export function ndjsonLine(columns: readonly ExportColumn[], cells: readonly Cell[]): string {
  return `${JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, cells[i]])))}\n`;
}
