/** `tagcast evaluate`: the figures of the one test in the terminal, and the whole report as a page and a document. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { listModels } from '../../../registry/models.ts';
import { aliasesOf } from '../../../registry/aliases.ts';
import { compareReports } from '../../../reports/compare.ts';
import type { Comparison } from '../../../reports/compare.ts';
import { comparisonPage } from '../../../reports/comparePage.ts';
import { missingParts } from '../../../reports/document.ts';
import type { Report } from '../../../reports/document.ts';
import { reportPage } from '../../../reports/page.ts';
import { readReport } from '../../../reports/read.ts';
import type { App } from '../../../app.ts';
import { inWords, said, withApp } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { metricTitle } from '../metrics.ts';
import { showCard, showPromotion } from '../modelCards.ts';
import { formatFixed, table } from '../terminal.ts';
import { chosenVersion } from './models.ts';
import { wholeNumber } from './wholeNumber.ts';

interface Options {
  readonly version?: number;
  readonly against?: number;
  readonly out?: string;
}

function reportOf(app: App, name: string, version: number): Promise<Report> {
  return readReport(app.store, name, version, { models: app.models, features: app.plan.features.map(({ definition }) => definition) });
}

/** Page and document of the same name in a folder; answers the page's path as one would type it. */
function write(folder: string, name: string, page: string, document: unknown): string {
  const path = resolve(folder, name);
  try {
    mkdirSync(resolve(folder), { recursive: true });
    writeFileSync(`${path}.html`, page);
    writeFileSync(`${path}.json`, `${JSON.stringify(document)}\n`);
  } catch (cause) {
    throw new AppError('file_unreadable', `The report cannot be written into ${folder}: ${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}.`, { hint: 'Name a folder that can be written to with --out.', cause });
  }
  const short = relative(process.cwd(), `${path}.html`);
  return short.startsWith('..') ? `${path}.html` : join('.', short);
}

async function evaluateOne(here: Context, app: App, name: string, wish: number | undefined, folder: string | undefined): Promise<Report> {
  const version = await chosenVersion(app, name, wish);
  const report = await reportOf(app, name, version);
  if (!here.json) {
    const found = (await listModels(app.store, name)).find((one) => one.version === version);
    if (found !== undefined) {
      showCard(here, app, found.card, version, await aliasesOf(app.store, name));
      showPromotion(here, found.card.observations, report.promotion ?? undefined);
    }
    const missing = missingParts(report);
    if (missing !== undefined) here.output.print(`\n  ${missing.message}\n  ${inWords(here, '怎么办：', 'What to do: ')}${missing.hint}`);
  }
  if (folder !== undefined) {
    const path = write(folder, `${name}-v${version}`, reportPage(report, here.language), report);
    if (!here.json) here.output.print(inWords(here, `\n  完整报告：${path}（同名 .json 是数据）`, `\n  The whole report: ${path} (its data beside it as .json)`));
  }
  return report;
}

/** The newer of two versions beside the other, on the rows of its own test. */
function showMeasured(here: Context, { challenger, champion, head }: NonNullable<Comparison['heads'][number]['measured']>): void {
  here.output.print(`  ${said(here, head.words)}`);
  if (head.compared === null || head.compared === 'same_recipe') return;
  const number = (value: number | null): string => (value === null ? '–' : formatFixed(value, 4));
  const columns = [{ title: inWords(here, '同样的行上的指标', 'metric on the same rows') }, { title: `${inWords(here, '版本', 'version')} ${champion}`, align: 'right' as const }, { title: `${inWords(here, '版本', 'version')} ${challenger}`, align: 'right' as const }];
  for (const line of table(columns, Object.entries(head.metrics).map(([name, one]) => [said(here, metricTitle(name)), number(one.champion), number(one.challenger)]))) here.output.print(line);
}

function showComparison(here: Context, { first, second, heads }: Comparison): void {
  const { print } = here.output;
  for (const { horizonDays, measured, notComparable, metrics } of heads) {
    print(`\n${first.name}, ${horizonDays} ${inWords(here, '天', 'days')}`);
    if (measured !== null) showMeasured(here, measured);
    if (notComparable !== null) {
      if ((measured?.head.compared ?? null) !== null) continue;
      print(`  ${inWords(here, '不能比较：', 'Not comparable: ')}${said(here, notComparable)}`);
      continue;
    }
    const number = (one: (typeof metrics)[number]['first']): string => (one === null ? '–' : `${formatFixed(one.value, 4)}${one.low === undefined || one.high === undefined ? '' : ` (${formatFixed(one.low, 4)} … ${formatFixed(one.high, 4)})`}`);
    const columns = [{ title: inWords(here, '检验期指标', 'metric on the test period') }, { title: `${inWords(here, '版本', 'version')} ${first.version}`, align: 'right' as const }, { title: `${inWords(here, '版本', 'version')} ${second.version}`, align: 'right' as const }];
    for (const line of table(columns, metrics.map((one) => [said(here, metricTitle(one.name)), number(one.first), number(one.second)]))) print(line);
  }
}

async function compareTwo(here: Context, app: App, name: string, options: Options, folder: string | undefined): Promise<void> {
  const version = await chosenVersion(app, name, options.version);
  const other = await chosenVersion(app, name, options.against);
  if (version === other) throw new AppError('invalid_input', `Version ${version} of "${name}" cannot be compared with itself.`, { hint: 'Name the other version with --version or --against; `tagcast models list` has the numbers.' });
  const comparison = compareReports(await reportOf(app, name, version), await reportOf(app, name, other));
  if (here.json) here.output.print(JSON.stringify(comparison, null, 2));
  else showComparison(here, comparison);
  if (folder === undefined) return;
  const path = write(folder, `${name}-v${version}-against-v${other}`, comparisonPage(comparison, here.language), comparison);
  if (!here.json) here.output.print(inWords(here, `\n  对比页面：${path}`, `\n  Side by side with curves: ${path}`));
}

export const evaluate: CommandModule = (program, context) => {
  program
    .command('evaluate')
    .description('how good models were on the last period, beside their baselines; writes the whole report as a page')
    .argument('[models...]', 'names of models (default: all that were trained)')
    .option('--version <number>', 'a version other than the one that serves', wholeNumber)
    .option('--against <number>', 'compare with this version', wholeNumber)
    .option('--out <folder>', 'folder of the pages (default: ./reports; with --json none are written unless it is named)')
    .action(async (models: string[], options: Options) => {
      const here = context();
      await withApp(here, async (app) => {
        const names = models.length > 0 ? models : [...new Set((await listModels(app.store)).map((one) => one.name))];
        if (names.length === 0) throw new AppError('no_champion', 'No model has been trained yet.', { hint: 'Run `tagcast train`.' });
        const folder = options.out ?? (here.json ? undefined : 'reports');
        const oneModel = options.version !== undefined || options.against !== undefined;
        if (oneModel && names.length !== 1) throw new AppError('invalid_input', `--version and --against speak of one model, and ${names.length} are asked for.`, { hint: 'Name one model: `tagcast evaluate churn --version 2`.' });
        if (options.against !== undefined) {
          await compareTwo(here, app, names[0], options, folder);
          return;
        }
        const reports: Report[] = [];
        for (const name of names) reports.push(await evaluateOne(here, app, name, options.version, folder));
        if (here.json) here.output.print(JSON.stringify(reports, null, 2));
      });
    });
};
