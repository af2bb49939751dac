/** `tagcast segment …`: count and list the customers for whom a condition holds. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { startOfDay } from '../../../base/time.ts';
import type { App } from '../../../app.ts';
import { describeCondition } from '../../../conditions/describe.ts';
import type { Condition } from '../../../conditions/schema.ts';
import type { SegmentContext } from '../../../segments/context.ts';
import { countSegment, previewSegment } from '../../../segments/count.ts';
import { listSegment } from '../../../segments/list.ts';
import type { Tag } from '../../../tags/tag.ts';
import { answer, inWords, withApp } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { labelOf, valueOfTag } from '../tagWords.ts';
import { formatInteger, formatPercent, table } from '../terminal.ts';
import { addPortrait } from './portrait.ts';
import { addSavedSegments } from './savedSegments.ts';
import { addExport } from './segmentExport.ts';
import { addLookalikes } from './segmentLookalikes.ts';
import { addSets } from './segmentSets.ts';
import { conditionOption } from './tagCatalogue.ts';
import { wholeNumber } from './wholeNumber.ts';

function pageSize(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > 1000) throw new InvalidArgumentError('It must be 1 to 1000.');
  return value;
}

const EXAMPLES = `
Examples of conditions (the whole language: docs/conditions.md):
  tag.churn_risk_band.band in (at_risk, critical)
  stage = loyal and tag.churn_prob_90d.probability > 0.6
  orders last 180 days >= 3 or count(referral) >= 2
  sequence(cart last 7 days then no order within 3 days)

  tagcast segment count --condition 'tag.orders_total.value >= 2 and attr.city = "上海"'
  tagcast segment list --condition winback.json --limit 100`;

async function contextOf(app: App): Promise<SegmentContext> {
  return { asOf: startOfDay(await app.today(), app.shop.timeZone), timeZone: app.shop.timeZone, names: (await app.catalogue()).names };
}

/** The condition back in words, so that people see what was understood. */
function understood(here: Context, { names }: SegmentContext, condition: Condition): string {
  return describeCondition(condition, { language: here.language, names });
}

export const segment: CommandModule = (program, context) => {
  const command = program.command('segment').description('customers for whom a condition holds').addHelpText('after', EXAMPLES);
  addSavedSegments(command, context);
  addPortrait(command, context);
  addExport(command, context);
  addSets(command, context);
  addLookalikes(command, context);
  const withCondition = (one: Command): Command => one.requiredOption('--condition <text, json or file>', 'the condition; docs/conditions.md describes it');
  withCondition(command.command('count').description('how many customers there are in it')).option('--preview', 'within about a second: an estimate of a sample where counting everybody takes longer').action(async (options: { condition: string; preview?: boolean }) => {
    const here = context();
    const condition = conditionOption(options.condition);
    await withApp(here, async (app) => {
      const about = await contextOf(app);
      const found = await (options.preview === true ? previewSegment : countSegment)(app.store, condition, about, { signal: here.signal });
      answer(here, { ...found, words: understood(here, about, condition) }, () => {
        here.output.print(understood(here, about, condition));
        const [matching, all, refused, share] = [formatInteger(found.matching), formatInteger(found.customers), formatInteger(found.optedOut), formatPercent(found.matching / Math.max(1, found.customers))];
        here.output.print(inWords(here, `${all} 位客户中的 ${matching} 位（${share}），其中 ${refused} 位已拒绝个性化，不会列出；${found.elapsedMs} 毫秒`, `${matching} of ${all} customers (${share}), ${refused} of them opted out and never listed; ${found.elapsedMs} ms`));
        const { estimate } = found;
        if (estimate !== undefined) here.output.print(inWords(here, `这是对 ${formatInteger(estimate.sampled)} 位客户抽样的估计，95% 区间 ${formatInteger(estimate.low)}–${formatInteger(estimate.high)}；不加 --preview 则精确计数。`, `This is an estimate of ${formatInteger(estimate.sampled)} customers, ${formatInteger(estimate.low)} to ${formatInteger(estimate.high)} in 95 of 100 cases; without --preview everybody is counted.`));
      });
    });
  });
  withCondition(command.command('list').description('the customers in it'))
    .option('--limit <number>', 'customers to list, at most 1000', pageSize, 20)
    .option('--after <id>', 'continue after the cursor of the page before', wholeNumber)
    .option('--tags <keys>', 'tags to show, comma-separated', (text: string) => text.split(',').map((key) => key.trim()), ['lifecycle_stage', 'churn_risk_band', 'purchase_intent_band', 'clv_tier'])
    .action(async (options: { condition: string; limit: number; after?: number; tags: string[] }) => {
      const here = context();
      const condition = conditionOption(options.condition);
      await withApp(here, async (app) => {
        const about = await contextOf(app);
        const { tags: known } = await app.catalogue();
        const page = await listSegment(app.store, condition, about, { limit: options.limit, tags: options.tags, signal: here.signal, ...(options.after === undefined ? {} : { after: options.after }) });
        answer(here, page, () => {
          here.output.print(understood(here, about, condition));
          const words = { language: here.language, currency: app.shop.currency, tags: known };
          const value = (key: string, tag: Pick<Tag, 'status' | 'value' | 'band'> | null | undefined): string => (tag === null || tag === undefined ? '–' : valueOfTag(words, { ...tag, key } as Tag));
          for (const line of table([{ title: inWords(here, '客户', 'customer') }, ...options.tags.map((key) => ({ title: labelOf(words, key) }))], page.rows.map((row) => [row.externalId, ...options.tags.map((key) => value(key, row.tags[key]))]))) here.output.print(line);
          if (page.next !== null) here.output.print(inWords(here, `还有更多：加上 --after ${page.next}`, `More: add --after ${page.next}`));
        });
      });
    });
};
