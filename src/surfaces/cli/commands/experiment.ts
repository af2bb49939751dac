/** `tagcast experiment …`: campaigns with a randomised hold-out, from their record to what they say. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { parseLocalDate } from '../../../base/time.ts';
import { readCondition } from '../../../conditions/text/read.ts';
import { assignFromHoldout } from '../../../experiments/assign.ts';
import type { Assigned } from '../../../experiments/assign.ts';
import { createExperiment, dropExperiment } from '../../../experiments/edit.ts';
import { experimentDetail, experimentList } from '../../../experiments/read.ts';
import type { ListedExperiment } from '../../../experiments/read.ts';
import { importAssignmentFile } from '../../../jobs/uplift/assignments.ts';
import { evaluateExperiment } from '../../../jobs/uplift/experiments.ts';
import type { ExperimentOutcome } from '../../../store/repositories/experiments.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { showExperimentReport } from '../experimentReport.ts';
import { formatInteger, formatPercent, table } from '../terminal.ts';
import { wholeNumber } from './wholeNumber.ts';

const OUTCOMES: Readonly<Record<string, ExperimentOutcome>> = {
  order: { kind: 'order' }, revenue: { kind: 'revenue' }, visit: { kind: 'event', event: 'visit' }, open: { kind: 'event', event: 'message_open', ownCampaign: true }, click: { kind: 'event', event: 'message_click', ownCampaign: true },
};

function probability(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('It must be a probability between 0 and 1.');
  return value;
}

const words = (text: string): string[] => text.split(',').map((one) => one.trim()).filter((one) => one !== '');

/** Opens and clicks of an experiment that names no campaign are those of any message. */
function outcomeOf(text: string, campaign: string | undefined): ExperimentOutcome {
  const known = OUTCOMES[text];
  if (known === undefined) return { kind: 'condition', condition: readCondition(text) };
  return known.kind === 'event' && known.ownCampaign === true && campaign === undefined ? { kind: 'event', event: known.event } : known;
}

interface CreateOptions {
  readonly outcome: string;
  readonly responseDays: number;
  readonly start: string;
  readonly end?: string;
  readonly segment?: string;
  readonly probability?: number;
  readonly campaign?: string;
  readonly channel?: string;
  readonly nameZh?: string;
  readonly nameEn?: string;
  readonly owner: string;
}

function addCreate(command: Command, context: () => Context): void {
  command.command('create').description('record an experiment: what is sent, when, to which outcome, and how customers are drawn; it cannot be edited afterwards').argument('<key>')
    .requiredOption('--outcome <what>', 'order, revenue, visit, open, click, or a condition on the events of the response window')
    .requiredOption('--response-days <days>', 'days from the assignment on in which the outcome counts', wholeNumber)
    .requiredOption('--start <date>', 'first day on which customers are assigned')
    .option('--end <date>', 'last day (the first)')
    .option('--segment <key>', 'segment whose hold-out decides who is treated')
    .option('--probability <p>', 'chance of treatment with which an imported list was drawn', probability)
    .option('--campaign <name>', 'campaign that is sent: its events show who was really contacted')
    .option('--channel <name>', 'channel through which it is sent')
    .option('--name-zh <text>', 'Chinese name').option('--name-en <text>', 'English name')
    .option('--owner <name>', 'who answers for it', 'cli')
    .action(async (key: string, o: CreateOptions) => {
      const here = context();
      await withApp(here, async (app) => {
        const label = { zh: o.nameZh ?? o.nameEn ?? key, en: o.nameEn ?? o.nameZh ?? key };
        const saved = await createExperiment(app.store, {
          key, label, description: label, owner: o.owner, campaign: o.campaign ?? null, channel: o.channel ?? null, startsOn: o.start, endsOn: o.end ?? o.start, responseDays: o.responseDays, outcome: outcomeOf(o.outcome, o.campaign),
          segment: o.segment ?? null, ...(o.probability === undefined ? {} : { treatmentProbability: o.probability }),
        }, (await app.catalogue()).names, 'cli');
        answer(here, saved, () => {
          const next = saved.segment === null ? `tagcast experiment import-assignment ${key}` : `tagcast experiment assign ${key}`;
          here.output.print(inWords(here, `已记录，触达概率 ${formatPercent(saved.treatmentProbability)}。下一步：\`${next}\``, `Recorded; ${formatPercent(saved.treatmentProbability)} are treated. Next: \`${next}\``));
        });
      });
    });
}

function showAssigned(here: Context, { added, known, unknown, arms }: Assigned, otherArms = 0): void {
  here.output.print(inWords(here,
    `新增 ${formatInteger(added)} 位（已有 ${formatInteger(known)}，系统中不存在 ${formatInteger(unknown)}，其他组 ${formatInteger(otherArms)}）；共触达 ${formatInteger(arms.treated)} 位，留出 ${formatInteger(arms.heldOut)} 位`,
    `${formatInteger(added)} new (${formatInteger(known)} known before, ${formatInteger(unknown)} not in the store, ${formatInteger(otherArms)} of other arms); in all ${formatInteger(arms.treated)} treated and ${formatInteger(arms.heldOut)} held out`));
}

interface ListOptions {
  readonly customer: string;
  readonly arm: string;
  readonly time?: string;
  readonly covariates: readonly string[];
  readonly treated?: readonly string[];
  readonly heldOut?: readonly string[];
}

function addAssignments(command: Command, context: () => Context): void {
  command.command('assign').description('record the arms of the members of the segment as they are now: at the moment of the contact').argument('<key>').action(async (key: string) => {
    const here = context();
    await withApp(here, async (app) => {
      const assigned = await assignFromHoldout(app.store, key, { timeZone: app.shop.timeZone, actor: 'cli' });
      answer(here, assigned, () => { showAssigned(here, assigned); });
    });
  });
  command.command('import-assignment').description('import the list of who was treated and who was held out').argument('<key>').argument('<file>', 'CSV, NDJSON or Parquet')
    .option('--customer <column>', 'column with the shop\'s own customer id', 'customer')
    .option('--arm <column>', 'column with the arm', 'arm')
    .option('--time <column>', 'column with the moment of the assignment (default: the start of the first day)')
    .option('--covariates <columns>', 'columns that were known before the assignment, comma-separated', words, [])
    .option('--treated <words>', 'what the arm column calls the treated; other arms are left out', words)
    .option('--held-out <words>', 'what it calls those held out', words)
    .action(async (key: string, file: string, o: ListOptions) => {
      const here = context();
      await withApp(here, async (app) => {
        const assigned = await importAssignmentFile(app.store, key, file, o, { timeZone: app.shop.timeZone, actor: 'cli', signal: here.signal });
        answer(here, assigned, () => { showAssigned(here, assigned, assigned.otherArms); });
      });
    });
}

function verdictOf(here: Context, { evaluation }: ListedExperiment): string {
  if (evaluation === null) return inWords(here, '未评估', 'not evaluated');
  return evaluation.rankable ? inWords(here, '可排序', 'rankable') : inWords(here, '证据不足', 'not enough evidence');
}

export const experiment: CommandModule = (program, context) => {
  const command = program.command('experiment').description('campaigns with a randomised hold-out: recorded, evaluated, and the uplift tags that follow');
  addCreate(command, context);
  addAssignments(command, context);
  command.command('list').description('every experiment with its arms and verdict').action(async () => {
    const here = context();
    await withApp(here, async (app) => {
      const rows = await experimentList(app.store);
      answer(here, rows, () => {
        if (rows.length === 0) here.output.print(inWords(here, '尚无实验：`tagcast experiment create`。', 'No experiment yet: `tagcast experiment create`.'));
        else for (const line of table(
          [{ title: inWords(here, '实验', 'experiment') }, { title: inWords(here, '名称', 'name') }, { title: inWords(here, '开始', 'start') }, { title: inWords(here, '触达', 'treated'), align: 'right' }, { title: inWords(here, '留出', 'held out'), align: 'right' }, { title: inWords(here, '结论', 'verdict') }],
          rows.map((one) => [one.key, said(here, one.label), one.startsOn, formatInteger(one.arms.treated), formatInteger(one.arms.heldOut), verdictOf(here, one)]),
        )) here.output.print(line);
      });
    });
  });
  command.command('show').description('one experiment and the report of its newest evaluation').argument('<key>').action(async (key: string) => {
    const here = context();
    await withApp(here, async (app) => {
      const found = await experimentDetail(app.store, key);
      answer(here, found, () => {
        here.output.print(`${key} (${found.label.zh} / ${found.label.en}), ${inWords(here, '负责人', 'owner')} ${found.owner}, ${found.startsOn} – ${found.endsOn}, ${inWords(here, `响应期 ${found.responseDays} 天`, `response window ${found.responseDays} days`)}`);
        here.output.print(inWords(here, `触达 ${formatInteger(found.arms.treated)} 位，留出 ${formatInteger(found.arms.heldOut)} 位`, `${formatInteger(found.arms.treated)} treated, ${formatInteger(found.arms.heldOut)} held out`));
        if (found.report === null) here.output.print(inWords(here, `尚未评估：\`tagcast experiment evaluate ${key}\``, `Not evaluated yet: \`tagcast experiment evaluate ${key}\``));
        else showExperimentReport(here, found.report, app.shop.currency);
      });
    });
  });
  command.command('evaluate').description('measure the effect, learn uplift from it and let the newest evaluation serve; its tags follow with the next scoring').argument('<key>')
    .option('--end <date>', 'first day that must not be known (default: today)')
    .option('--seed <number>', 'seed of every random choice', wholeNumber, 1)
    .action(async (key: string, o: { end?: string; seed: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const end = o.end ?? await app.today();
        const { version, report, whyItServes } = await evaluateExperiment(app.experiments(workOf(here), (await app.catalogue()).names), key, { end: parseLocalDate(end, 'The end'), seed: o.seed, actor: 'cli' });
        answer(here, { version, report, whyItServes }, () => {
          showExperimentReport(here, report, app.shop.currency);
          here.output.print(said(here, whyItServes));
        });
      });
    });
  command.command('delete').description('delete an experiment with its assignments; its tags go with the next scoring').argument('<key>').action(async (key: string) => {
    const here = context();
    await withApp(here, async (app) => {
      await dropExperiment(app.store, key, 'cli');
      answer(here, { deleted: key }, () => { here.output.print(inWords(here, `${key} 已删除。`, `${key} is deleted.`)); });
    });
  });
};
