/** `tagcast tags …`, the part that changes the catalogue: rule tags made, edited, paused, compared with files, evaluated. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { describeCondition } from '../../../conditions/describe.ts';
import type { Condition } from '../../../conditions/schema.ts';
import { conditionFrom } from '../../../conditions/text/read.ts';
import { evaluateRules } from '../../../jobs/rules.ts';
import { evaluateNewEvents } from '../../../jobs/rulesOnEvents.ts';
import { definitionVersions } from '../../../store/repositories/tagDefinitions.ts';
import { createRule, deleteRule, editRule, ruleOf, setRuleStatus } from '../../../tags/catalogue/edit.ts';
import { ruleFrom } from '../../../tags/catalogue/draft.ts';
import { ruleDetail } from '../../../tags/catalogue/reads.ts';
import { usersOf } from '../../../tags/catalogue/users.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { Context } from '../context.ts';
import { formatInteger, table } from '../terminal.ts';

const ACTOR = { actor: 'cli' } as const;

/** A condition from the command line: text, JSON, or a file with either. */
export function conditionOption(text: string): Condition {
  const isFile = text.length < 1_000 && existsSync(text) && statSync(text).isFile();
  return conditionFrom(isFile ? readFileSync(text, 'utf8').replace(/^\uFEFF/, '') : text);
}

function lifeTime(text: string): number | null {
  if (text === 'none') return null;
  const days = Number(text);
  if (!Number.isSafeInteger(days) || days < 1) throw new InvalidArgumentError('It must be whole days of at least 1, or none.');
  return days;
}

interface RuleOptions {
  readonly condition?: Condition;
  readonly nameZh?: string;
  readonly nameEn?: string;
  readonly descriptionZh?: string;
  readonly descriptionEn?: string;
  readonly category?: string;
  readonly owner?: string;
  readonly ttl?: number | null;
}

function ruleOptions(command: Command): Command {
  return command
    .option('--condition <text, json or file>', 'the condition; docs/conditions.md describes it', conditionOption)
    .option('--name-zh <text>', 'Chinese name')
    .option('--name-en <text>', 'English name')
    .option('--description-zh <text>', 'Chinese description (default: the condition in words)')
    .option('--description-en <text>', 'English description (default: the condition in words)')
    .option('--category <key>', 'category (default: behaviour)')
    .option('--owner <name>', 'who answers for it (default: cli)')
    .option('--ttl <days>', 'days after which it is stale without a new evaluation, or none (default: 2)', lifeTime);
}

export function addCatalogueCommands(tags: Command, context: () => Context): void {
  ruleOptions(tags.command('create').description('a new rule tag, a draft until it is enabled').argument('<key>'))
    .option('--enable', 'evaluate it from the next night on')
    .action(async (key: string, options: RuleOptions & { enable?: boolean }) => {
      const here = context();
      const { condition } = options;
      if (condition === undefined) throw new AppError('invalid_input', 'A rule tag needs a condition.', { hint: `For example: \`tagcast tags create ${/^[a-z0-9_]{1,64}$/.test(key) ? key : 'key'} --condition 'orders last 30 days >= 2'\`.` });
      await withApp(here, async (app) => {
        const catalogue = await app.catalogue();
        const saved = await createRule(app.store, catalogue, ruleFrom(key, {
          condition, category: options.category, owner: options.owner ?? 'cli', ttlDays: options.ttl, label: { zh: options.nameZh ?? options.nameEn ?? key, en: options.nameEn ?? options.nameZh ?? key },
          description: { zh: options.descriptionZh, en: options.descriptionEn },
        }, catalogue.names), options.enable === true ? 'enabled' : 'draft', ACTOR);
        answer(here, saved, () => {
          here.output.print(`${key}: ${describeCondition(condition, { language: here.language, names: catalogue.names })}`);
          here.output.print(options.enable === true
            ? inWords(here, `已启用。立即计算：\`tagcast tags evaluate ${key}\``, `Enabled. To evaluate it now: \`tagcast tags evaluate ${key}\``)
            : inWords(here, `草稿。预览：\`tagcast segment count --condition …\`；启用：\`tagcast tags enable ${key}\``, `A draft. To enable it: \`tagcast tags enable ${key}\``));
        });
      });
    });
  ruleOptions(tags.command('edit').description('change a rule tag; the change is a new version').argument('<key>')).action(async (key: string, options: RuleOptions) => {
    const here = context();
    await withApp(here, async (app) => {
      const catalogue = await app.catalogue();
      const before = ruleOf(catalogue, key);
      const saved = await editRule(app.store, catalogue, key, {
        ...(options.condition === undefined ? {} : { condition: options.condition }), ...(options.category === undefined ? {} : { category: options.category }), ...(options.owner === undefined ? {} : { owner: options.owner }), ...(options.ttl === undefined ? {} : { ttlDays: options.ttl }),
        label: { zh: options.nameZh ?? before.label.zh, en: options.nameEn ?? before.label.en }, description: { zh: options.descriptionZh ?? before.description.zh, en: options.descriptionEn ?? before.description.en },
      }, ACTOR);
      answer(here, saved, () => { here.output.print(inWords(here, `${key} 现为第 ${saved.version} 版。`, `${key} is at version ${saved.version} now.`)); });
    });
  });
  for (const [name, status, what] of [['enable', 'enabled', 'evaluate a rule tag from the next night on'], ['pause', 'paused', 'stop evaluating a rule tag; what customers carry stays until its time is over'], ['draft', 'draft', 'make a rule tag a draft again']] as const) {
    tags.command(name).description(what).argument('<key>').action(async (key: string) => {
      const here = context();
      await withApp(here, async (app) => {
        const saved = await setRuleStatus(app.store, await app.catalogue(), key, status, ACTOR);
        answer(here, saved, () => { here.output.print(inWords(here, `${key}：${{ enabled: '已启用', paused: '已暂停', draft: '草稿' }[status]}`, `${key}: ${status}`)); });
      });
    });
  }
  tags.command('delete').description('delete a rule tag that nothing looks at; its history stays').argument('<key>').action(async (key: string) => {
    const here = context();
    await withApp(here, async (app) => {
      await deleteRule(app.store, await app.catalogue(), key, ACTOR);
      answer(here, { deleted: key }, () => { here.output.print(inWords(here, `${key} 已删除。`, `${key} is deleted.`)); });
    });
  });
  tags.command('show').description('one rule tag: its condition, who uses it, its versions').argument('<key>').action(async (key: string) => {
    const here = context();
    await withApp(here, async (app) => {
      const catalogue = await app.catalogue();
      const rule = ruleDetail(ruleOf(catalogue, key), catalogue);
      const [versions, users] = [await definitionVersions(app.store.db, key), await usersOf(app.store.db, key)];
      answer(here, { ...rule, users, versions }, () => {
        const { print } = here.output;
        print(`${key} (${rule.label.zh} / ${rule.label.en}), ${rule.status}, ${inWords(here, '第', 'version')} ${rule.version}${inWords(here, ' 版', '')}, ${inWords(here, '负责人', 'owner')} ${rule.owner}`);
        print(`  ${rule.text}\n  ${said(here, rule.words)}`);
        if (users.length > 0) print(`  ${inWords(here, '被使用', 'used by')}: ${users.map((user) => `${user.kind} ${user.key}`).join(', ')}`);
        for (const line of table([{ title: inWords(here, '版本', 'version'), align: 'right' }, { title: inWords(here, '变更', 'change') }, { title: inWords(here, '操作人', 'by') }, { title: inWords(here, '时间', 'when') }], versions.map((one) => [String(one.version), one.change, one.actor, new Date(one.changedAt).toISOString()]))) print(line);
      });
    });
  });
  tags.command('evaluate').description('evaluate rule tags for everybody now, or for whom events have arrived')
    .argument('[keys...]', 'rule tags (default: every enabled one)')
    .addOption(new Option('--new-events', 'only customers with events since the last time, only rules that look at them'))
    .action(async (keys: readonly string[], options: { newEvents?: boolean }) => {
      const here = context();
      await withApp(here, async (app) => {
        const [deps, today] = [app.scoring(workOf(here)), await app.today()];
        if (options.newEvents === true) {
          const report = await evaluateNewEvents(deps, today);
          answer(here, report, () => { here.output.print(inWords(here, `${formatInteger(report.customers)} 位客户，${report.rules} 条规则；新增 ${report.entered}，移除 ${report.left}。`, `${formatInteger(report.customers)} customers, ${report.rules} rules; ${report.entered} tags entered, ${report.left} left.`)); });
          return;
        }
        const report = await evaluateRules(deps, { asOf: today, force: true, ...(keys.length === 0 ? {} : { only: keys }) });
        answer(here, report, () => { here.output.print(inWords(here, `${formatInteger(report.customers)} 位客户，${report.rules} 条规则；新增 ${report.published?.entered ?? 0}，移除 ${report.published?.left ?? 0}。`, `${formatInteger(report.customers)} customers, ${report.rules} rules; ${report.published?.entered ?? 0} tags entered, ${report.published?.left ?? 0} left.`)); });
      });
    });
}
