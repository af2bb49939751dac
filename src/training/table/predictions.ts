/** Predictions as CSV: the row's place in its file, the columns that name it, the fold, what happened and what was said. */
import { quoted, toCsvText } from '../../base/csv.ts';
import type { TableProblem } from './problem.ts';
import { textAt } from './rawTable.ts';
import type { RawTable } from './rawTable.ts';
import type { TableResult } from './run.ts';

/** One line per predicted row, in file order; rows without a target have neither fold nor outcome. Classes: one probability column per label; binary: the probability of the positive one. */
export function predictionsCsv(table: RawTable, problem: TableProblem, { predicted }: Pick<TableResult, 'predicted'>, trainRows: number): string {
  const naming = new Set(problem.notes.filter(({ why }) => why === 'identifier' || why === 'group' || why === 'time').map(({ column }) => column));
  const columns = table.columns.filter(({ name }) => naming.has(name));
  const classes = problem.task === 'multiclass' ? (problem.classes ?? []) : undefined;
  const label = (value: number): string => (problem.classes === undefined ? String(value) : (problem.classes[value] ?? ''));
  const said = classes === undefined ? [problem.task === 'binary' ? 'probability' : 'prediction'] : ['prediction', ...classes.map((name) => `probability ${name}`)];
  const lines = [['row', ...columns.map(({ name }) => name), 'fold', 'actual', ...said].map(field).join(',')];
  const width = classes?.length ?? 1;
  predicted.rows.forEach((row, i) => {
    const values = predicted.values.subarray(i * width, (i + 1) * width);
    const likeliest = classes === undefined ? [] : [classes[values.indexOf(Math.max(...values))] ?? ''];
    // Rows are counted from 1 within their own file, the header line left out.
    const place = row < trainRows ? row + 1 : row - trainRows + 1;
    lines.push([String(place), ...columns.map((column) => textAt(column, row)), predicted.fold[i] < 0 ? '' : String(predicted.fold[i] + 1), problem.y[row] === problem.y[row] ? label(problem.y[row]) : '', ...likeliest, ...Array.from(values, String)].map(field).join(','));
  });
  return `${lines.join('\n')}\n`;
}

/** Names of classes and of columns come from the file: what a spreadsheet would run as a formula is made harmless. Numbers stay numbers. */
const field = (text: string): string => quoted(text.trim() !== '' && Number.isFinite(Number(text)) ? text : toCsvText(text));
