/** Rows of an export as lines of CSV (RFC 4180) and NDJSON. Pure. */
import { quoted, toCsvText } from '../../base/csv.ts';
import type { ExportColumn } from './columns.ts';
import type { Cell } from './rows.ts';

/** Numbers stay numbers, whatever their sign; a text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  if (typeof cell === 'boolean') return cell ? 'true' : 'false';
  return quoted(toCsvText(typeof cell === 'string' ? cell : JSON.stringify(cell)));
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
