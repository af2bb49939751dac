/** `tagcast quality …`: rules of data quality, what they find, and alerts. */
import { existsSync, readFileSync } from 'node:fs';
import { Option } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { checkQuality } from '../../../jobs/quality.ts';
import { dimensionOf } from '../../../quality/schema.ts';
import { deleteQualityRule, loadQualityRules, qualityRuleNamed, saveQualityRule } from '../../../quality/rules.ts';
import type { ShopRule } from '../../../quality/rules.ts';
import { DIMENSION_WORDS, STATE_WORDS } from '../../../quality/words.ts';
import { latestQualityResults, listAlerts, qualityExamples, qualityHistory, qualityRuleVersions } from '../../../store/repositories/quality.ts';
import type { QualityResultRow } from '../../../store/repositories/quality.ts';
import { answer, inWords, said, withApp } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { exportTo, importFlags, importFrom } from '../definitionFiles.ts';
import type { ImportFlags } from '../definitionFiles.ts';
import { formatInteger, formatPercent, table } from '../terminal.ts';
import { wholeNumber } from './wholeNumber.ts';

const ACTOR = 'cli';

/** JSON from the command line, or of a file. */
function jsonFrom(text: string): unknown {
  const isFile = text.length < 1_000 && existsSync(text);
  try {
    return JSON.parse(isFile ? readFileSync(text, 'utf8').replace(/^\uFEFF/, '') : text);
  } catch (cause) {
    throw new AppError('invalid_input', isFile ? `The file cannot be read as JSON: ${text.slice(-80)}.` : 'That is neither a file that is there nor JSON.', { hint: 'docs/quality.md has examples; `tagcast quality export` writes a file.', cause });
  }
}

function foundWords(here: Context, { checked, bad, state, details }: Pick<QualityResultRow, 'checked' | 'bad' | 'state' | 'details'>): string {
  if (details.ageHours !== undefined) return inWords(here, `最近一条 ${details.ageHours.toFixed(1)} 小时前，上限 ${(details.limitHours ?? 0).toFixed(0)}`, `newest ${details.ageHours.toFixed(1)} h ago, at most ${(details.limitHours ?? 0).toFixed(0)}`);
  if (details.unknown !== undefined) return inWords(here, `条件中的名称已不存在：${details.unknown.join('、')}`, `its condition names what is gone: ${details.unknown.join(', ')}`);
  return state === 'nothing_to_check' ? '' : `${formatInteger(bad)} / ${formatInteger(checked)} (${formatPercent(bad / Math.max(1, checked), 2)})`;
}

function printResults(here: Context, rules: readonly ShopRule[], results: readonly Pick<QualityResultRow, 'key' | 'checked' | 'bad' | 'state' | 'details'>[]): void {
  const rows = results.map((result) => {
    const rule = rules.find(({ key }) => key === result.key);
    return [result.key, rule === undefined ? '' : said(here, rule.label), rule === undefined ? '' : said(here, DIMENSION_WORDS[dimensionOf(rule.check)]), said(here, STATE_WORDS[result.state]), foundWords(here, result), rule === undefined ? '' : formatPercent(rule.mostBad, 2)];
  });
  for (const line of table([{ title: inWords(here, '规则', 'rule') }, { title: inWords(here, '名称', 'name') }, { title: inWords(here, '类型', 'kind') }, { title: inWords(here, '结果', 'result') }, { title: inWords(here, '不合格', 'bad'), align: 'right' }, { title: inWords(here, '允许', 'allowed'), align: 'right' }], rows)) here.output.print(line);
}

export const quality: CommandModule = (program, context) => {
  const command = program.command('quality').description('rules of data quality, what they find, and alerts');
  command.command('check').description('check the data now; results are kept, alerts open and close').argument('[rules...]', 'only these (default: every enabled one)').action(async (keys: readonly string[]) => {
    const here = context();
    await withApp(here, async (app) => {
      const report = await checkQuality({ store: app.store, timeZone: app.shop.timeZone, signal: here.signal }, await app.today(), keys.length === 0 ? undefined : keys);
      const rules = await loadQualityRules(app.store);
      answer(here, report, () => {
        printResults(here, rules, report.results);
        if (report.opened.length > 0) here.output.print(inWords(here, `新预警：${report.opened.join('、')}`, `New alerts: ${report.opened.join(', ')}`));
        if (report.closed.length > 0) here.output.print(inWords(here, `已解除：${report.closed.join('、')}`, `Over: ${report.closed.join(', ')}`));
      });
    });
  });
  command.command('status').description('the newest results and the alerts that are open')
    .option('--all', 'also alerts that are over')
    .action(async (options: { all?: boolean }) => {
      const here = context();
      await withApp(here, async (app) => {
        const [rules, results, alerts] = [await loadQualityRules(app.store), await latestQualityResults(app.store.db), await listAlerts(app.store.db, { open: options.all !== true, limit: 200 })];
        answer(here, { results, alerts }, () => {
          if (results.length === 0) here.output.print(inWords(here, '尚未检查：`tagcast quality check`。', 'Not checked yet: `tagcast quality check`.'));
          else printResults(here, rules, results);
          for (const { key, openedOn, closedOn, worst } of alerts) here.output.print(closedOn === null ? inWords(here, `! ${key}：${openedOn} 起，最差 ${formatPercent(worst, 2)}`, `! ${key}: since ${openedOn}, at worst ${formatPercent(worst, 2)}`) : inWords(here, `  ${key}：${openedOn} 至 ${closedOn}`, `  ${key}: ${openedOn} to ${closedOn}`));
        });
      });
    });
  command.command('rules').description('every rule: those of the product and the shop\'s own').action(async () => {
    const here = context();
    await withApp(here, async (app) => {
      const rules = await loadQualityRules(app.store);
      answer(here, rules, () => {
        for (const line of table([{ title: inWords(here, '规则', 'rule') }, { title: '中文' }, { title: 'English' }, { title: inWords(here, '类型', 'kind') }, { title: inWords(here, '状态', 'status') }, { title: inWords(here, '阻止夜间运行', 'holds the night') }],
          rules.map(({ key, label, check, status, holdsNight }) => [key, label.zh, label.en, said(here, DIMENSION_WORDS[dimensionOf(check)]), status, holdsNight ? inWords(here, '是', 'yes') : '']))) here.output.print(line);
      });
    });
  });
  command.command('show').description('one rule: its check, its results by day, customers with a bad row, its versions').argument('<rule>')
    .option('--days <number>', 'results to show', wholeNumber, 14)
    .action(async (key: string, options: { days: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const { db } = app.store;
        const rule = qualityRuleNamed(await loadQualityRules(app.store), key);
        const [history, examples, versions] = [await qualityHistory(db, key, options.days), await qualityExamples(db, key), await qualityRuleVersions(db, key)];
        answer(here, { rule, history, examples, versions }, () => {
          const { print } = here.output;
          print(`${key}: ${rule.label.zh} / ${rule.label.en}, ${rule.status}, ${inWords(here, '负责人', 'owner')} ${rule.owner}`);
          print(`  ${JSON.stringify(rule.check)}`);
          for (const line of table([{ title: inWords(here, '日期', 'day') }, { title: inWords(here, '结果', 'result') }, { title: inWords(here, '不合格', 'bad'), align: 'right' }], history.map((one) => [one.day, said(here, STATE_WORDS[one.state]), foundWords(here, one)]))) print(line);
          if (examples.length > 0) print(`${inWords(here, '例如客户', 'Customers, for example')}: ${examples.join(', ')}`);
        });
      });
    });
  command.command('save').description('make or change a rule').argument('<json or file>', 'the whole rule; docs/quality.md describes it')
    .addOption(new Option('--pause', 'save it paused').conflicts('enable'))
    .option('--enable', 'save it enabled')
    .action(async (text: string, options: { pause?: boolean; enable?: boolean }) => {
      const here = context();
      const read = jsonFrom(text);
      await withApp(here, async (app) => {
        const status = options.pause === true ? { status: 'paused' } : options.enable === true ? { status: 'enabled' } : {};
        const saved = await saveQualityRule(app.store, typeof read === 'object' && read !== null ? { ...read, ...status } : read, (await app.catalogue()).names, ACTOR);
        answer(here, saved, () => { here.output.print(inWords(here, `${saved.key}（${saved.label.zh}）第 ${saved.version} 版。试一下：\`tagcast quality check ${saved.key}\``, `${saved.key} (${saved.label.en}), version ${saved.version}. To try it: \`tagcast quality check ${saved.key}\``)); });
      });
    });
  command.command('delete').description('delete a rule; one of the product is not evaluated any more').argument('<rule>').action(async (key: string) => {
    const here = context();
    await withApp(here, async (app) => {
      await deleteQualityRule(app.store, key, ACTOR);
      answer(here, { deleted: key }, () => { here.output.print(inWords(here, `${key} 已删除。`, `${key} is deleted.`)); });
    });
  });
  command.command('export').description('write every rule to a JSON file').argument('<file>').action((file: string) => exportTo(context(), 'quality', file));
  importFlags(command.command('import').description('make the rules of a JSON file those of the store; others stay').argument('<file>'))
    .action((file: string, options: ImportFlags) => importFrom(context(), 'quality', file, options));
};
