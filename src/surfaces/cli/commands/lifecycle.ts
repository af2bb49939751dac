/** `tagcast lifecycle …`: the rules of the stages, who changed stage, and the flows between stages by week. */
import { InvalidArgumentError } from 'commander';
import { parseLocalDate } from '../../../base/time.ts';
import { parseWeek } from '../../../base/week.ts';
import { findRulesVersion, listRulesVersions } from '../../../store/repositories/lifecycle.ts';
import { stageChanges } from '../../../store/repositories/lifecycleChanges.ts';
import { stageAccuracy } from '../../../tags/lifecycle/accuracy.ts';
import { FLOW_LABELS, stageFlows } from '../../../tags/lifecycle/flows.ts';
import type { StageFlows } from '../../../tags/lifecycle/flows.ts';
import { DEFAULT_LIFECYCLE, rulesHash, STAGE_CODES } from '../../../tags/lifecycle/rules.ts';
import { RULE_LABELS, STAY_LABEL } from '../../../tags/lifecycle/words.ts';
import { answer, inWords, said, withApp } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { formatInteger, formatPercent, table } from '../terminal.ts';
import { wholeNumber } from './wholeNumber.ts';

function stageWord(here: Context, code: string | null): string {
  const label = code === null ? undefined : FLOW_LABELS.get(code);
  return label === undefined ? (code ?? inWords(here, '无', 'none')) : said(here, label);
}

function stageCode(text: string): string {
  if (!(STAGE_CODES as readonly string[]).includes(text)) throw new InvalidArgumentError(`It must be one of ${STAGE_CODES.join(', ')}.`);
  return text;
}

async function rules(here: Context): Promise<void> {
  await withApp(here, async (app) => {
    const { lifecycle } = app.shop;
    const hash = rulesHash(lifecycle);
    const document = { rules: lifecycle, hash, version: (await findRulesVersion(app.store.db, hash)) ?? null, versions: await listRulesVersions(app.store.db) };
    answer(here, document, () => {
      const { print } = here.output;
      print(`${inWords(here, '生命周期规则', 'Lifecycle rules')}: ${document.version === null ? inWords(here, '尚未被任何夜间计算使用', 'not used by a night yet') : inWords(here, `版本 ${document.version}`, `version ${document.version}`)} (${hash})`);
      for (const [name, label] of Object.entries(RULE_LABELS) as [keyof typeof RULE_LABELS, { zh: string; en: string }][]) {
        print(`  ${said(here, label)}: ${lifecycle[name]}${lifecycle[name] === DEFAULT_LIFECYCLE[name] ? '' : inWords(here, `（默认 ${DEFAULT_LIFECYCLE[name]}）`, ` (default ${DEFAULT_LIFECYCLE[name]})`)}`);
      }
      print(`  ${said(here, STAY_LABEL)}: ${Object.entries(lifecycle.minimumStayDays).map(([stage, days]) => `${stageWord(here, stage)} ${days}`).join(', ')}`);
      print(inWords(here, '修改：编辑主目录中 config.json 的 lifecycle 部分，下一次夜间计算生效。', 'To change them edit `lifecycle` in config.json of the home folder; the next night goes by it.'));
      if (document.versions.length === 0) return;
      for (const line of table(
        [{ title: inWords(here, '版本', 'version'), align: 'right' }, { title: 'hash' }, { title: inWords(here, '首日', 'first day') }, { title: inWords(here, '末日', 'last day') }],
        document.versions.map((one) => [String(one.version), one.hash, one.firstDay ?? '–', one.lastDay ?? '–']),
      )) print(line);
    });
  });
}

interface ChangesOptions {
  readonly after: number;
  readonly limit: number;
  readonly from?: string;
  readonly to?: string;
}

async function changes(here: Context, options: ChangesOptions): Promise<void> {
  await withApp(here, async (app) => {
    const page = await stageChanges(app.store.db, { ...options, limit: Math.min(1000, Math.max(1, options.limit)) });
    answer(here, page, () => {
      const { print } = here.output;
      for (const line of table(
        [{ title: inWords(here, '序号', 'number'), align: 'right' }, { title: inWords(here, '日期', 'day') }, { title: inWords(here, '客户', 'customer') }, { title: inWords(here, '从', 'from') }, { title: inWords(here, '到', 'to') }, { title: '' }],
        page.changes.map(({ id, day, externalId, from, to, contactable }) => [String(id), day, externalId, stageWord(here, from), stageWord(here, to), contactable ? '' : inWords(here, '不可触达', 'not to be contacted')]),
      )) print(line);
      print(page.more ? inWords(here, `还有更多：加上 --after ${page.next}`, `More: add --after ${page.next}`) : inWords(here, `到此为止。之后的变化：--after ${page.next}`, `That is all. What comes later: --after ${page.next}`));
    });
  });
}

/** One table per pair of neighbouring weeks: a row per stage of the week before, a column per stage after. */
function showFlows(here: Context, { weeks, nodes, links }: StageFlows): void {
  const { print } = here.output;
  const order = ['arrived', ...STAGE_CODES, 'gone'];
  // Weeks before the first night hold nobody; a row of empty tables would only hide the first one that says something.
  const known = weeks.findIndex((week, i) => nodes.some(({ column, stage, customers }) => column === i && stage !== 'arrived' && customers > 0) || links.some((link) => link.week === week.week));
  if (known < 0) {
    print(inWords(here, '这些周里还没有人有阶段：阶段从第一次夜间计算开始记录。', 'Nobody had a stage in these weeks: stages are kept from the first night on.'));
    return;
  }
  for (const [i, week] of weeks.entries()) {
    const name = `${week.week} (${week.from} – ${week.to}${week.complete ? '' : inWords(here, '，未完', ', not over')})`;
    if (i < known) continue;
    if (i === 0) {
      print(`${name}: ${nodes.filter(({ column, stage }) => column === 0 && stage !== 'arrived').map(({ stage, customers }) => `${stageWord(here, stage)} ${formatInteger(customers)}`).join(', ')}`);
      continue;
    }
    const own = links.filter((link) => link.week === week.week);
    const columns = order.filter((stage) => own.some(({ to }) => to === stage));
    print(`\n${weeks[i - 1].week} → ${name}`);
    for (const line of table(
      [{ title: inWords(here, '从 \\ 到', 'from \\ to') }, ...columns.map((stage) => ({ title: stageWord(here, stage), align: 'right' as const })), { title: inWords(here, '合计', 'sum'), align: 'right' }],
      order.filter((stage) => own.some(({ from }) => from === stage)).map((from) => {
        const row = own.filter((link) => link.from === from);
        return [stageWord(here, from), ...columns.map((to) => formatInteger(row.find((link) => link.to === to)?.value ?? 0)), formatInteger(row.reduce((sum, { value }) => sum + value, 0))];
      }),
    )) print(line);
  }
}

async function accuracy(here: Context, asOf: string | undefined): Promise<void> {
  await withApp(here, async (app) => {
    const found = await stageAccuracy(app.store.db, app.shop.lifecycle.forecastDays, asOf === undefined ? undefined : parseLocalDate(asOf, 'The night to judge'));
    answer(here, found, () => {
      const { print } = here.output;
      print(inWords(here, `${found.day} 预测的下一阶段，与 ${found.later} 的实际阶段对照`, `The next stage as it was predicted on ${found.day}, beside the stage on ${found.later}`));
      for (const line of table(
        [{ title: inWords(here, '阶段', 'stage') }, { title: inWords(here, '客户数', 'customers'), align: 'right' }, { title: inWords(here, '预测正确', 'predicted'), align: 'right' }, { title: inWords(here, '假设不变', 'stays the same'), align: 'right' }, { title: inWords(here, '按以往流向', 'as most did before'), align: 'right' }],
        [...found.byStage, found.all].map((row) => [row.stage === 'all' ? inWords(here, '全部', 'all') : stageWord(here, row.stage), formatInteger(row.customers), formatPercent(row.predicted), formatPercent(row.stays), row.matrix === null ? '–' : formatPercent(row.matrix)]),
      )) print(line);
      print(found.wins ? inWords(here, '预测比两种简单规则都准。', 'The prediction is right more often than both simple rules.') : inWords(here, '预测没有胜过简单规则：请按简单规则使用。', 'The prediction does not win: go by the simple rule.'));
    });
  });
}

export const lifecycle: CommandModule = (program, context) => {
  const command = program.command('lifecycle').description('lifecycle stages: rules, who changed, flows by week');
  command.command('rules').description('the rules of the stages as they are configured, and which days were made by which version').action(() => rules(context()));
  command.command('changes').description('the feed of stage changes, oldest first')
    .option('--after <number>', 'only changes behind this number, which the page before gave', wholeNumber, 0)
    .option('--limit <number>', 'changes to list, at most 1000', wholeNumber, 50)
    .option('--from <stage>', 'only changes out of this stage', stageCode)
    .option('--to <stage>', 'only changes into this stage', stageCode)
    .action((options: ChangesOptions) => changes(context(), options));
  command.command('accuracy').description('how often the predicted next stage came true, beside two simple rules')
    .option('--as-of <day>', 'the night to judge (default: the newest whose outcome is known)')
    .action(({ asOf }: { asOf?: string }) => accuracy(context(), asOf));
  command.command('flows').description('customers by stage week by week, and how many went from which stage to which; the JSON draws as a Sankey diagram')
    .option('--from <week>', 'first ISO week (2026-W10), or a day in it')
    .option('--to <week>', 'last ISO week, or a day in it (default: the last one with a night)')
    .option('--weeks <number>', 'so many weeks where an end is missing', wholeNumber, 5)
    .action(async ({ from, to, weeks }: { from?: string; to?: string; weeks: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const flows = await stageFlows(app.store.db, { weeks, ...(from === undefined ? {} : { from: parseWeek(from, 'The first week') }), ...(to === undefined ? {} : { to: parseWeek(to, 'The last week') }) });
        answer(here, flows, () => { showFlows(here, flows); });
      });
    });
};
