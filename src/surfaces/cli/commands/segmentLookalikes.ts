/** `tagcast segment lookalikes` and `tagcast segment similar`. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Bilingual } from '../../../base/text.ts';
import { lookalikes } from '../../../jobs/lookalikes/job.ts';
import type { LookalikeReport } from '../../../jobs/lookalikes/job.ts';
import { segmentNamed } from '../../../segments/edit.ts';
import { similarCustomers } from '../../../store/repositories/segments.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { Context } from '../context.ts';
import { formatInteger, table } from '../terminal.ts';
import { wholeNumber } from './wholeNumber.ts';

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('It must be a share above 0, at most 1.');
  return value;
}

interface Shown {
  readonly externalId: string;
  readonly percentile: number;
  readonly reasons: readonly { readonly direction: 'up' | 'down'; readonly text: Bilingual }[];
}

function showRows(here: Context, rows: readonly Shown[]): void {
  for (const line of table(
    [{ title: inWords(here, '客户', 'customer') }, { title: inWords(here, '百分位', 'percentile'), align: 'right' }, { title: inWords(here, '相似之处', 'because of') }],
    rows.map(({ externalId, percentile, reasons }) => [externalId, String(percentile), reasons.filter(({ direction }) => direction === 'up').slice(0, 2).map(({ text }) => said(here, text)).join('; ')]),
  )) here.output.print(line);
}

function show(here: Context, report: LookalikeReport): void {
  const { print } = here.output;
  print(inWords(here, `种子 ${formatInteger(report.seed.members)} 位，排序 ${formatInteger(report.ranked)} 位，已保存 ${formatInteger(report.saved.members)} 位到 ${report.saved.key}`, `${formatInteger(report.seed.members)} members, ${formatInteger(report.ranked)} others ranked, ${formatInteger(report.saved.members)} saved in ${report.saved.key}`));
  for (const line of table(
    [{ title: inWords(here, '模型', 'model') }, { title: 'AUC', align: 'right' }, { title: inWords(here, '95% 区间', '95 % interval'), align: 'right' }],
    report.candidates.map(({ estimator, auc }) => [`${estimator}${estimator === report.estimator ? ' ✓' : ''}`, auc.value.toFixed(3), `${auc.low.toFixed(3)}–${auc.high.toFixed(3)}`]),
  )) print(line);
  if (report.dropped.length > 0) print(inWords(here, `未使用（人群自身的定义）：${report.dropped.map(({ column }) => column).join(', ')}`, `Left out, because they define the segment: ${report.dropped.map(({ column }) => column).join(', ')}`));
  showRows(here, report.top);
}

export function addLookalikes(segment: Command, context: () => Context): void {
  segment.command('lookalikes').description('who is not in a built segment and most like those who are, saved as a list').argument('<key>', 'the segment to look like')
    .requiredOption('--save <key>', 'list that they are saved in')
    .option('--share <share>', 'this share of those outside the segment', share, 0.05)
    .option('--count <number>', 'so many customers instead', wholeNumber)
    .option('--name-zh <text>', 'Chinese name of the list')
    .option('--name-en <text>', 'English name of the list')
    .action(async (key: string, options: { save: string; share: number; count?: number; nameZh?: string; nameEn?: string }) => {
      const here = context();
      await withApp(here, async (app) => {
        const { nameZh, nameEn } = options;
        const report = await lookalikes(app.scoring(workOf(here)), {
          seed: key, save: options.save, asOf: await app.today(), actor: 'cli', size: options.count === undefined ? { share: options.share } : { count: options.count },
          ...(nameZh === undefined && nameEn === undefined ? {} : { label: { zh: nameZh ?? nameEn ?? options.save, en: nameEn ?? nameZh ?? options.save } }),
        });
        answer(here, report, () => { show(here, report); });
      });
    });
  segment.command('similar').description('members of a lookalike list, most alike first, with reasons').argument('<key>')
    .option('--limit <number>', 'customers to show', wholeNumber, 20)
    .action(async (key: string, options: { limit: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        await segmentNamed(app.store, key);
        const rows = await similarCustomers(app.store.db, key, options.limit);
        answer(here, rows, () => { showRows(here, rows); });
      });
    });
}
