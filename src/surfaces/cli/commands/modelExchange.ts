/** `tagcast models export` and `tagcast models import`: models to and from LightGBM, XGBoost and ONNX. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { parseLocalDate } from '../../../base/time.ts';
import { exportLightgbm, importModel } from '../../../jobs/modelExchange.ts';
import type { App } from '../../../app.ts';
import { answer, inWords, withApp, workOf } from '../context.ts';
import type { Context } from '../context.ts';
import { showTrained } from '../modelCards.ts';
import { formatInteger } from '../terminal.ts';
import { wholeNumber } from './wholeNumber.ts';

/** Largest file that is read. */
const MOST_BYTES = 512 * 1024 * 1024;

function bytesOf(file: string): Uint8Array {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new AppError('file_unreadable', `There is no file ${file}.`, { hint: 'Check the path.' });
  if (size > MOST_BYTES) throw new AppError('payload_too_large', `${file} has ${size} bytes; at most ${MOST_BYTES} are read.`, { hint: 'Use fewer or smaller trees.' });
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new AppError('file_unreadable', `${file} cannot be read.`, { hint: 'Check that it is a file, and who may read it.', cause });
  }
}

export function addModelExchange(command: Command, context: () => Context, chosenVersion: (app: App, name: string, wish: number | undefined) => Promise<number>): void {
  command
    .command('export')
    .description('write the trees of a version for another program')
    .argument('<model>')
    .requiredOption('--out <file>', 'file to write')
    .option('--version <number>', 'version number (default: the champion)', wholeNumber)
    .option('--horizon <days>', 'horizon in days (default: the primary one)', wholeNumber)
    .option('--format <name>', 'lightgbm: a LightGBM text model', 'lightgbm')
    .action(async (name: string, options: { out: string; version?: number; horizon?: number; format: string }) => {
      const here = context();
      if (options.format !== 'lightgbm') throw new AppError('invalid_input', `There is no format "${options.format.slice(0, 40)}".`, { hint: 'There is: lightgbm.' });
      await withApp(here, async (app) => {
        const version = await chosenVersion(app, name, options.version);
        const { text, horizonDays, trees } = await exportLightgbm(app.store, app.checks, { name, version, ...(options.horizon === undefined ? {} : { horizonDays: options.horizon }) });
        const file = resolve(options.out);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
        answer(here, { model: name, version, horizonDays, format: options.format, trees, file, bytes: Buffer.byteLength(text) }, () => {
          here.output.print(inWords(here, `${name} 第 ${version} 版（${horizonDays} 天）：${trees} 棵树已写入 ${file}。预测值未经校准。`, `${name} version ${version} (${horizonDays} days): ${formatInteger(trees)} trees written to ${file}. Predictions are those before calibration.`));
        });
      });
    });
  command
    .command('import')
    .description('make a version from a model that was trained elsewhere, judged and calibrated like any other')
    .argument('<file>', 'LightGBM text model, XGBoost model in JSON, or ONNX model')
    .requiredOption('--name <model>', 'model that it becomes a version of')
    .option('--horizon <days>', 'horizon in days that it predicts (default: the primary one)', wholeNumber)
    .option('--columns <names>', 'ONNX only: the features in the order in which the model takes them, comma-separated')
    .option('--end <date>', 'first day that judging must not know (default: today)')
    .option('--seed <number>', 'seed of every random choice', wholeNumber, 1)
    .option('--threads <number>', 'threads for the horizons that are trained here', wholeNumber, Math.min(2, availableParallelism()))
    .action(async (file: string, options: { name: string; horizon?: number; columns?: string; end?: string; seed: number; threads: number }) => {
      const here = context();
      const bytes = bytesOf(resolve(file));
      await withApp(here, async (app) => {
        const end = options.end === undefined ? await app.today() : parseLocalDate(options.end, '--end');
        const result = await importModel(app.training(workOf(here)), bytes, { model: options.name, end, seed: options.seed, threads: options.threads, actor: 'cli', ...(options.horizon === undefined ? {} : { horizonDays: options.horizon }), ...(options.columns === undefined ? {} : { columns: options.columns.split(',').map((name) => name.trim()) }) });
        const { outcome } = result;
        if (!outcome.ok) throw new AppError(outcome.code, outcome.message, { details: outcome.details, ...(outcome.hint === undefined ? {} : { hint: outcome.hint }) });
        answer(here, { model: result.model, version: outcome.version, champion: outcome.admission.champion, gate: outcome.admission.gate, comparison: outcome.comparison ?? null, heads: outcome.content.heads.map(({ artefact: _a, serving: _s, typical: _t, ...head }) => head) }, () => {
          showTrained(here, app, [result]);
        });
      });
    });
}
