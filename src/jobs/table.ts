/** One flat file from the disk to a leaderboard and a file of predictions. Needs no store and leaves nothing behind but the file that was asked for. */
import { writeFile } from 'node:fs/promises';
import { AppError } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import { ESTIMATORS } from '../estimators/index.ts';
import type { Encoding } from '../store/import/encoding.ts';
import { checkColumns } from '../training/table/checks.ts';
import type { TableWarning } from '../training/table/checks.ts';
import { predictionsCsv } from '../training/table/predictions.ts';
import { tableProblem } from '../training/table/problem.ts';
import type { ColumnNote, ProblemWish, TableProblem } from '../training/table/problem.ts';
import { readTable } from '../training/table/readTable.ts';
import { runTable } from '../training/table/run.ts';
import type { TableResult } from '../training/table/run.ts';
import type { TableTask } from '../training/table/target.ts';

export interface TableArgs extends ProblemWish {
  readonly file: string;
  /** A second file with the same columns: everything is learned from the first, and this one is tested once. */
  readonly test?: string;
  /** Of the files; absent: UTF-8. */
  readonly encoding?: Encoding;
  readonly folds: number;
  readonly seed: number;
  readonly threads: number;
  /** CSV file for the predictions. */
  readonly predictions?: string;
}

export interface TableReport extends Omit<TableResult, 'predicted'> {
  readonly file: string;
  readonly target: { readonly column: string; readonly task: TableTask; readonly classes?: readonly string[]; readonly positive?: string; /** Share of positives, or mean. */ readonly mean?: number };
  readonly seed: number;
  readonly folds: number;
  readonly columns: readonly ColumnNote[];
  readonly warnings: readonly TableWarning[];
  readonly predictions?: string;
}

export interface TableDeps {
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** @throws AppError `file_unreadable`, `bad_data`, `invalid_input`, `unknown_name`, `insufficient_data`, `leak_suspected`, `cancelled` */
export async function trainTable({ progress, signal }: TableDeps, args: TableArgs): Promise<TableReport> {
  const needed = [args.target, ...(args.time === undefined ? [] : [args.time]), ...(args.group === undefined ? [] : [args.group]), ...args.drop, ...args.keep];
  const work = { progress, ...(signal === undefined ? {} : { signal }) };
  const { table, trainRows, absent, unread } = await readTable(args.file, args.test, needed, { ...work, ...(args.encoding === undefined ? {} : { encoding: args.encoding }) });
  const problem = tableProblem(table, trainRows, args);
  if (problem.x.columns.length === 0) throw nothingLeft(problem.notes);
  const warnings = [...fileWarnings(unread, trainRows, problem.trainRows.length), ...testFileWarnings(problem, table.rows - trainRows, absent.filter((name) => name !== args.target && !args.drop.includes(name)), args.predictions !== undefined), ...checkColumns(problem, args.keep)];
  const result = await runTable(problem, {
    estimators: ESTIMATORS, unlabelled: args.predictions !== undefined, folds: args.folds, seed: args.seed, threads: args.threads, ...(signal === undefined ? {} : { signal }),
    onFit: (done, total, name) => { progress({ step: 'fit', done, total, unit: 'fits', ...(name === '' ? {} : { detail: name }) }); },
  });
  if (args.predictions !== undefined) await write(args.predictions, predictionsCsv(table, problem, result, trainRows));
  const { predicted: _predicted, ...report } = result;
  const known = problem.trainRows.reduce((sum, row) => sum + problem.y[row], 0) / Math.max(1, problem.trainRows.length);
  return {
    file: args.file,
    target: { column: args.target, task: problem.task, ...(problem.classes === undefined ? {} : { classes: problem.classes }), ...(problem.task === 'binary' ? { positive: problem.classes?.[1] ?? '' } : {}), ...(problem.task === 'multiclass' ? {} : { mean: known }) },
    seed: args.seed, folds: report.choices.length, columns: problem.notes, warnings, ...report,
    ...(args.predictions === undefined ? {} : { predictions: args.predictions }),
  };
}

const REASONS: Readonly<Record<NonNullable<ColumnNote['why']>, string>> = {
  asked: 'dropped', empty: 'empty', constant: 'the same in every row', identifier: 'only names the rows', free_text: 'free text', target: 'the target', time: 'orders the rows', group: 'the group',
};

function nothingLeft(notes: readonly ColumnNote[]): AppError {
  const others = notes.filter(({ why }) => why !== undefined && why !== 'target');
  const said = others.slice(0, 8).map(({ column, why }) => `${column} (${REASONS[why ?? 'asked']})`).join(', ');
  const named = others.find(({ why }) => why === 'identifier' || why === 'free_text');
  return new AppError('bad_data', `No column is left to learn from${others.length === 0 ? ': the file holds the target alone' : `: ${said}${others.length > 8 ? ` and ${others.length - 8} more` : ''}`}.`, {
    details: { columns: notes },
    hint: named === undefined ? 'Give a file with columns that differ between the rows.' : `Give a file with columns that say something about the rows, or keep one that was left out: --keep ${named.column}.`,
  });
}

function fileWarnings(unread: number, rows: number, known: number): TableWarning[] {
  return [
    ...(unread === 0 ? [] : [{ code: 'unread_rows' as const, message: `${unread} records could not be read (wrong number of fields, or damaged) and were left out.` }]),
    ...(known === rows ? [] : [{ code: 'no_target' as const, message: `${rows - known} rows have no target and were left out.` }]),
  ];
}

function testFileWarnings({ testRows, unlabelledRows }: TableProblem, rows: number, absent: readonly string[], predicted: boolean): TableWarning[] {
  const left = rows - testRows.length - unlabelledRows.length;
  return [
    ...(absent.length === 0 ? [] : [{ code: 'missing_columns' as const, message: `The test file has no column ${absent.slice(0, 10).map((name) => `"${name}"`).join(', ')}${absent.length > 10 ? ` and ${absent.length - 10} more` : ''}: it counts as missing in all of its rows.` }]),
    ...(unlabelledRows.length === 0 ? [] : [{ code: 'not_tested' as const, message: `No row of the test file has a target: its ${rows} rows ${predicted ? 'are predicted' : 'can be predicted with --predictions'}, and how well that goes is told by the first file alone.` }]),
    ...(left === 0 ? [] : [{ code: 'no_target' as const, message: `${left} of ${rows} rows of the test file have no target, or a label that the first file has not, and were left out.` }]),
  ];
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new AppError('invalid_input', 'The file of predictions cannot be written there.', { hint: 'Choose a path that exists and that this user may write to.', cause });
  }
}
