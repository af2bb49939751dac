/** `tagcast segment …`, the part about saved segments: saved, built, listed, told who entered and left, deleted. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { describeInBoth } from '../../../conditions/describe.ts';
import type { Condition } from '../../../conditions/schema.ts';
import { buildSegments } from '../../../jobs/segments.ts';
import { createSegment, editSegment, removeSegment } from '../../../segments/edit.ts';
import { segmentChanges, segmentMembers } from '../../../segments/members.ts';
import { savedSegment, savedSegments } from '../../../segments/saved.ts';
import { findSegment } from '../../../store/repositories/segments.ts';
import type { SegmentSchedule } from '../../../store/repositories/segments.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { Context } from '../context.ts';
import { formatInteger, formatPercent, table } from '../terminal.ts';
import { conditionOption } from './tagCatalogue.ts';
import { wholeNumber } from './wholeNumber.ts';

function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value < 1)) throw new InvalidArgumentError('It must be a share from 0 to below 1.');
  return value;
}

interface SaveOptions {
  readonly condition?: Condition;
  readonly nameZh?: string;
  readonly nameEn?: string;
  readonly owner?: string;
  readonly schedule?: SegmentSchedule;
  readonly holdout?: number;
  readonly status?: 'draft' | 'enabled' | 'paused';
}

async function save(here: Context, key: string, options: SaveOptions): Promise<void> {
  await withApp(here, async (app) => {
    const { names } = await app.catalogue();
    const before = await findSegment(app.store.db, key);
    const { condition } = options;
    if (before === undefined && condition === undefined) throw new AppError('invalid_input', 'A new segment needs a condition.', { hint: 'Add --condition; docs/conditions.md describes it.' });
    const description = condition === undefined ? (before?.description ?? { zh: key, en: key }) : describeInBoth(condition, names);
    const change = {
      label: { zh: options.nameZh ?? before?.label.zh ?? options.nameEn ?? key, en: options.nameEn ?? before?.label.en ?? options.nameZh ?? key }, description,
      owner: options.owner ?? before?.owner ?? 'cli', schedule: options.schedule ?? before?.schedule ?? 'nightly', status: options.status ?? before?.status ?? 'enabled', holdoutShare: options.holdout ?? before?.holdoutShare ?? 0,
    };
    const saved = before === undefined
      ? await createSegment(app.store, { key, ...change, condition: condition ?? null }, names, 'cli')
      : await editSegment(app.store, key, { ...change, ...(condition === undefined ? {} : { condition }) }, names, 'cli');
    answer(here, saved, () => {
      here.output.print(`${key}: ${said(here, description)}`);
      here.output.print(inWords(here, `已保存。立即生成：\`tagcast segment build ${key}\``, `Saved. To build it now: \`tagcast segment build ${key}\``));
    });
  });
}

export function addSavedSegments(segment: Command, context: () => Context): void {
  segment.command('save').description('save a condition as a segment, or change a saved one')
    .argument('<key>')
    .option('--condition <text, json or file>', 'the condition; docs/conditions.md describes it', conditionOption)
    .option('--name-zh <text>', 'Chinese name')
    .option('--name-en <text>', 'English name')
    .option('--owner <name>', 'who answers for it')
    .addOption(new Option('--schedule <when>', 'built with every night, or only when asked').choices(['nightly', 'manual']))
    .addOption(new Option('--status <status>', 'drafts and paused segments are not built at night').choices(['draft', 'enabled', 'paused']))
    .option('--holdout <share>', 'share of members kept out of every contact, always the same customers', share)
    .action((key: string, options: SaveOptions) => save(context(), key, options));
  segment.command('saved').description('every saved segment').action(async () => {
    const here = context();
    await withApp(here, async (app) => {
      const rows = await savedSegments(app.store);
      answer(here, rows, () => {
        if (rows.length === 0) here.output.print(inWords(here, '尚无已保存的人群：`tagcast segment save`。', 'No saved segment yet: `tagcast segment save`.'));
        else for (const line of table(
          [{ title: inWords(here, '人群', 'segment') }, { title: inWords(here, '名称', 'name') }, { title: inWords(here, '状态', 'status') }, { title: inWords(here, '负责人', 'owner') }, { title: inWords(here, '人数', 'members'), align: 'right' }, { title: inWords(here, '截至', 'as of') }, { title: inWords(here, '留出', 'hold-out'), align: 'right' }],
          rows.map((one) => [one.key, said(here, one.label), `${one.status}, ${one.schedule}`, one.owner, one.live === null ? '–' : formatInteger(one.live.members), one.live?.asOf ?? '–', formatPercent(one.holdoutShare)]),
        )) here.output.print(line);
      });
    });
  });
  segment.command('show').description('one saved segment: its condition and its builds').argument('<key>').action(async (key: string) => {
    const here = context();
    await withApp(here, async (app) => {
      const found = await savedSegment(app.store, key, (await app.catalogue()).names);
      answer(here, found, () => {
        here.output.print(`${key} (${found.label.zh} / ${found.label.en}), ${found.status}, ${found.schedule}, ${inWords(here, '负责人', 'owner')} ${found.owner}`);
        if (found.words !== null) here.output.print(`  ${found.text ?? ''}\n  ${said(here, found.words)}`);
        for (const line of table(
          [{ title: inWords(here, '版本', 'version'), align: 'right' }, { title: inWords(here, '截至', 'as of') }, { title: inWords(here, '状态', 'state') }, { title: inWords(here, '人数', 'members'), align: 'right' }, { title: inWords(here, '进入', 'entered'), align: 'right' }, { title: inWords(here, '离开', 'left'), align: 'right' }],
          found.builds.map((build) => [String(build.version), build.asOf, build.state, formatInteger(build.members), formatInteger(build.entered ?? 0), formatInteger(build.left ?? 0)]),
        )) here.output.print(line);
      });
    });
  });
  segment.command('build').description('build saved segments now; readers keep the members before until it is done').argument('[keys...]', 'segments (default: every nightly one)').action(async (keys: readonly string[]) => {
    const here = context();
    await withApp(here, async (app) => {
      const outcomes = await buildSegments(app.scoring(workOf(here)), { asOf: await app.today(), ...(keys.length === 0 ? {} : { keys }) });
      answer(here, outcomes, () => {
        for (const one of outcomes) {
          here.output.print('failure' in one ? `✗ ${one.key}: ${one.failure.message}` : inWords(here, `${one.key}：${formatInteger(one.members)} 位，进入 ${formatInteger(one.entered)}，离开 ${formatInteger(one.left)}`, `${one.key}: ${formatInteger(one.members)} members, ${formatInteger(one.entered)} entered, ${formatInteger(one.left)} left`));
        }
      });
    });
  });
  segment.command('members').description('the members of a saved segment as it was built last, with who is held out').argument('<key>')
    .addOption(new Option('--holdout <which>', 'only members who are held out, or without them').choices(['only', 'without']))
    .option('--limit <number>', 'customers to list, at most 1000', wholeNumber, 20)
    .option('--after <id>', 'continue after the cursor of the page before', wholeNumber)
    .action(async (key: string, options: { holdout?: 'only' | 'without'; limit: number; after?: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const page = await segmentMembers(app.store, key, { limit: options.limit, ...(options.after === undefined ? {} : { after: options.after }), ...(options.holdout === undefined ? {} : { holdout: options.holdout === 'only' }) });
        answer(here, page, () => {
          for (const { externalId, holdout } of page.rows) here.output.print(holdout ? `${externalId}  ${inWords(here, '留出', 'held out')}` : externalId);
          if (page.next !== null) here.output.print(inWords(here, `还有更多：加上 --after ${page.next}`, `More: add --after ${page.next}`));
        });
      });
    });
  segment.command('changes').description('who entered or left a saved segment with its last build').argument('<key>')
    .addOption(new Option('--change <which>', 'which of the two').choices(['entered', 'left']).default('entered'))
    .option('--limit <number>', 'customers to list', Number, 20)
    .action(async (key: string, options: { change: 'entered' | 'left'; limit: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const { rows } = await segmentChanges(app.store, key, options.change, { limit: options.limit });
        answer(here, rows, () => { for (const { externalId } of rows) here.output.print(externalId); });
      });
    });
  segment.command('delete').description('delete a saved segment that nothing looks at').argument('<key>').action(async (key: string) => {
    const here = context();
    await withApp(here, async (app) => {
      await removeSegment(app.store, key, 'cli');
      answer(here, { deleted: key }, () => { here.output.print(inWords(here, `${key} 已删除。`, `${key} is deleted.`)); });
    });
  });
}
