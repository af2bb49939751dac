/** `tagcast table`: any flat file to a leaderboard, without a store. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { trainTable } from '../../../jobs/table.ts';
import { answer, workOf } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { showTable } from '../tableReport.ts';
import { wholeNumber } from './wholeNumber.ts';

const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'gbk', 'gb18030', 'big5', 'shift_jis', 'windows-1252', 'iso-8859-1'] as const;
const TASKS = ['binary', 'multiclass', 'count', 'amount', 'number'] as const;

function folds(text: string): number {
  const value = wholeNumber(text);
  if (value < 2 || value > 20) throw new InvalidArgumentError('It must be from 2 to 20.');
  return value;
}

/** Names separated by commas; a name that holds a comma is given by a repeated option. */
function names(text: string, before: readonly string[]): string[] {
  return [...before, ...text.split(',').map((name) => name.trim()).filter((name) => name !== '')];
}

export const tableCommand: CommandModule = (program, context) => {
  program
    .command('table')
    .description('learn a column of a flat file (CSV, NDJSON, Parquet; .gz too) from the others, and say how well; needs no store')
    .argument('<file>')
    .requiredOption('--target <column>', 'column to predict')
    .option('--positive <label>', 'label that counts as the event, for targets with two labels')
    .addOption(new Option('--task <task>', 'what the target is, where the file does not make it plain').choices(TASKS))
    .option('--folds <number>', 'folds of the cross-validation', folds, 5)
    .option('--seed <number>', 'seed of every random choice', wholeNumber, 42)
    .option('--time <column>', 'split by time instead: the latest fifth of the rows is tested once')
    .option('--group <column>', 'rows with equal values stay in one fold')
    .option('--test <file>', 'learn from all rows and test once on this file')
    .option('--drop <columns>', 'columns to leave out, comma-separated', names, [])
    .option('--keep <columns>', 'columns that stay although they look like a leak or like an identifier', names, [])
    .addOption(new Option('--encoding <name>', 'of a file that is not UTF-8').choices(ENCODINGS))
    .option('--predictions <file>', 'write the predictions of rows that the models had not seen to this CSV file')
    .action(async (file: string, options: { target: string; positive?: string; task?: (typeof TASKS)[number]; folds: number; seed: number; time?: string; group?: string; test?: string; drop: string[]; keep: string[]; predictions?: string; encoding?: (typeof ENCODINGS)[number] }) => {
      const here = context();
      const { test, predictions, ...wish } = options;
      if (wish.time !== undefined && wish.group !== undefined) throw new AppError('invalid_input', '--time and --group cannot be combined: a customer\'s later rows would have to be left out of training and test alike.', { hint: 'Choose one of them.' });
      if (predictions !== undefined && statSync(dirname(resolve(predictions)), { throwIfNoEntry: false })?.isDirectory() !== true) throw new AppError('invalid_input', `There is no folder ${dirname(resolve(predictions))}.`, { hint: 'Make it first, or choose another path.' });
      const report = await trainTable(workOf(here), { file, ...wish, threads: availableParallelism(), ...(test === undefined ? {} : { test }), ...(predictions === undefined ? {} : { predictions: resolve(predictions) }) });
      answer(here, report, () => { showTable(here, report); });
    });
};
