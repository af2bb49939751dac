/** `tagcast tags report` and `tagcast tags overview`: how useful tags are. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { addDays } from '../../../base/time.ts';
import { STATUS_WORDS } from '../../../conditions/words.ts';
import { keptTagReports, reportOnAllTags, reportOnTags } from '../../../jobs/tagReports.ts';
import type { SeparationKnown, TagReport } from '../../../reports/tags/document.ts';
import { bestSeparation, inReportOrder, REPORT_ORDERS } from '../../../reports/tags/problems.ts';
import type { ReportOrder } from '../../../reports/tags/problems.ts';
import { PROBLEM_WORDS, stabilityWords, unknownInShort, unknownWords, VERDICT_WORDS } from '../../../reports/tags/words.ts';
import type { TagDefinition } from '../../../tags/catalogue/definition.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { Context } from '../context.ts';
import { numberWords } from '../tagWords.ts';
import { blocks, formatInteger, formatNumber, formatPercent, table } from '../terminal.ts';
import { tagNamed } from './tagList.ts';

type Line = (text: string) => void;

function printSpread(here: Context, report: TagReport, number: (value: number) => string): void {
  const print: Line = here.output.print;
  print(inWords(here, '覆盖', 'Coverage'));
  for (const { status, customers, share } of report.statuses) {
    const words = report.kind === 'rule' && status === 'absent' ? inWords(here, '未命中', 'not carried') : said(here, STATUS_WORDS[status]);
    print(`  ${words}: ${formatInteger(customers)} (${formatPercent(share)})`);
  }
  const { values, numbers } = report;
  if (values !== null && values.top.length > 0) {
    for (const line of table([{ title: inWords(here, '取值', 'value') }, { title: inWords(here, '客户数', 'customers'), align: 'right' }, { title: inWords(here, '占比', 'share'), align: 'right' }, { title: '' }],
      values.top.map(({ label, customers, share }) => [said(here, label), formatInteger(customers), formatPercent(share), blocks(share)]))) print(line);
    if (values.others > 0) print(inWords(here, `  另有 ${values.different - values.top.length} 个取值，共 ${formatInteger(values.others)} 次`, `  ${values.different - values.top.length} more values, ${formatInteger(values.others)} times`));
  }
  if (numbers !== null) {
    print(`  P10 ${number(numbers.quantiles[3])} · P50 ${number(numbers.quantiles[5])} · P90 ${number(numbers.quantiles[7])} · ${inWords(here, '平均', 'mean')} ${number(numbers.mean)}`);
    const { edges, counts } = numbers.histogram;
    const all = Math.max(1, counts.reduce((sum, n) => sum + n, 0));
    if (edges.length > 0) {
      const range = (i: number): string => (i === 0 ? `< ${number(edges[0])}` : i === edges.length ? `≥ ${number(edges[i - 1])}` : `${number(edges[i - 1])} – ${number(edges[i])}`);
      for (const line of table([{ title: inWords(here, '区间', 'range') }, { title: inWords(here, '客户数', 'customers'), align: 'right' }, { title: '' }], counts.map((n, i) => [range(i), formatInteger(n), blocks(n / all)]))) print(line);
    }
  }
}

function printSeparation(here: Context, found: SeparationKnown, money: (value: number) => string): void {
  const print: Line = here.output.print;
  print(inWords(here, `${found.day} 的标签与其后 ${found.days} 天的购买${found.version === null ? '' : `（当时为第 ${found.version} 版）`}：${VERDICT_WORDS[found.verdict].zh}`,
    `The tag of ${found.day} and orders in the ${found.days} days after it${found.version === null ? '' : ` (version ${found.version} then)`}: ${VERDICT_WORDS[found.verdict].en}`));
  for (const line of table(
    [{ title: inWords(here, '取值', 'value') }, { title: inWords(here, '客户数', 'customers'), align: 'right' }, { title: inWords(here, '下单率', 'order rate'), align: 'right' }, { title: '95 %', align: 'right' }, { title: inWords(here, '倍数', 'lift'), align: 'right' }, { title: inWords(here, '人均消费', 'mean spend'), align: 'right' }],
    found.values.map(({ label, customers, rate, low, high, lift, meanSpend }) => [said(here, label), formatInteger(customers), formatPercent(rate), `${formatPercent(low)} – ${formatPercent(high)}`, lift === null ? '' : formatNumber(lift, 2), money(meanSpend)]),
  )) print(line);
  const { orders, spend, auc } = found;
  if (orders !== null) print(`  Cramér's V ${orders.value.toFixed(3)} (${orders.low.toFixed(3)} – ${orders.high.toFixed(3)}), p ${orders.pValue < 0.001 ? '< 0.001' : orders.pValue.toFixed(3)}${auc === null ? '' : `, AUC ${auc.toFixed(3)}`}${spend === null ? '' : inWords(here, `，解释消费差异的 ${formatPercent(spend.value)}`, `, explains ${formatPercent(spend.value)} of the variance of spend`)}`);
}

function printReport(here: Context, report: TagReport, definition: TagDefinition | undefined, tags: readonly TagDefinition[], currency: string): void {
  const print: Line = here.output.print;
  const words = { language: here.language, currency, tags };
  const number = (value: number): string => (definition?.valueType === 'date' ? addDays('1970-01-01', Math.round(value)) : numberWords(words, definition, value));
  print(`${report.key}: ${report.label.zh} / ${report.label.en}, ${inWords(here, '截至', 'as of')} ${report.asOf ?? inWords(here, '尚未发布', 'not yet')}`);
  printSpread(here, report, number);
  const { change } = report;
  if (change.state === 'unknown') print(`${inWords(here, '与上周相比', 'Since last week')}: ${said(here, unknownWords(change))}`);
  else print(`${inWords(here, '与', 'Since ')}${change.day}${inWords(here, ' 相比', '')}: ${change.changedShare === null ? '' : inWords(here, `${formatPercent(change.changedShare)} 的客户换值，`, `${formatPercent(change.changedShare)} of customers changed; `)}PSI ${change.stability.toFixed(3)} (${said(here, stabilityWords(change.stability, change.noise))})`);
  for (const one of report.separation) {
    if (one.state === 'known') printSeparation(here, one, (value) => `${formatNumber(value, 2)} ${currency}`);
    else print(inWords(here, `其后 ${one.days} 天的购买：${unknownWords(one).zh}`, `Orders in the ${one.days} days after: ${unknownWords(one).en}`));
  }
  print(`${inWords(here, '使用者', 'Used by')}: ${report.users.length === 0 ? inWords(here, '无', 'nobody') : report.users.map(({ kind, key }) => `${kind} ${key}`).join(', ')}`);
  if (report.problems.length > 0) print(`${inWords(here, '问题', 'Problems')}: ${report.problems.map((problem) => said(here, PROBLEM_WORDS[problem])).join(inWords(here, '；', '; '))}`);
}

function printOverview(here: Context, day: string, reports: readonly TagReport[]): void {
  here.output.print(inWords(here, `${day} 的报告，${reports.length} 个标签`, `Reports of ${day}, ${reports.length} tags`));
  for (const line of table(
    [{ title: inWords(here, '标签', 'tag') }, { title: inWords(here, '名称', 'name') }, { title: inWords(here, '有效', 'valid'), align: 'right' }, { title: inWords(here, '对后续购买', 'later orders') }, { title: 'V', align: 'right' }, { title: inWords(here, '使用者', 'users'), align: 'right' }, { title: inWords(here, '问题', 'problems') }],
    reports.map((report) => {
      const best = bestSeparation(report);
      return [report.key, said(here, report.label), formatPercent(report.statuses.find(({ status }) => status === 'ok')?.share ?? 0), best === undefined ? said(here, unknownInShort(report.separation[0] as Parameters<typeof unknownInShort>[0])) : said(here, VERDICT_WORDS[best.verdict]),
        best?.orders?.value.toFixed(2) ?? '', String(report.users.length), report.problems.map((problem) => said(here, PROBLEM_WORDS[problem])).join(inWords(here, '；', '; '))];
    }),
  )) here.output.print(line);
}

export function addTagReports(tags: Command, context: () => Context): void {
  tags.command('report').description('how useful a tag is: coverage, distribution, change since last week, who uses it, what it told of later orders').argument('<key>').action(async (key: string) => {
    const here = context();
    await withApp(here, async (app) => {
      const catalogue = await app.catalogue();
      const definition = tagNamed(catalogue, key);
      const [report] = await reportOnTags({ store: app.store, timeZone: app.shop.timeZone, ...workOf(here) }, await app.today(), [key]);
      answer(here, report, () => { printReport(here, report, definition, catalogue.tags, app.shop.currency); });
    });
  });
  tags.command('overview').description('the usefulness reports of all tags, most useful first')
    .addOption(new Option('--sort <order>', 'what comes first').choices(REPORT_ORDERS).default('usefulness'))
    .option('--refresh', 'make the reports now (default: those of last night\'s weekly work; made now where there are none)')
    .action(async ({ sort, refresh }: { sort: ReportOrder; refresh?: boolean }) => {
      const here = context();
      await withApp(here, async (app) => {
        const kept = refresh === true ? undefined : await keptTagReports(app.store);
        const today = await app.today();
        const { day, reports } = kept ?? { day: today, reports: await reportOnAllTags({ store: app.store, timeZone: app.shop.timeZone, ...workOf(here) }, today) };
        const ordered = inReportOrder(reports, sort);
        answer(here, { day, tags: ordered }, () => { printOverview(here, day, ordered); });
      });
    });
}
