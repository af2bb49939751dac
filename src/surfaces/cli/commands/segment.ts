/** `tagcast segment …`: count and list the customers for whom a condition holds. */
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { startOfDay } from '../../../base/time.ts';
import type { App } from '../../../app.ts';
import { describeCondition } from '../../../conditions/describe.ts';
import { parseCondition } from '../../../conditions/parse.ts';
import type { Condition } from '../../../conditions/schema.ts';
import { countSegment } from '../../../segments/count.ts';
import { listSegment } from '../../../segments/list.ts';
import type { Tag } from '../../../tags/tag.ts';
import { answer, withApp } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { labelOf, valueOfTag } from '../tagWords.ts';
import { formatInteger, formatPercent, table } from '../terminal.ts';
import { wholeNumber } from './models.ts';

function readCondition(text: string): Condition {
  const source = existsSync(text) ? readFileSync(text, 'utf8').replace(/^\uFEFF/, '') : text;
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new AppError('invalid_input', 'The condition is neither a file nor readable JSON.', { hint: `For example --condition '{"tag": "churn_risk_band", "field": "band", "op": "=", "value": "critical"}'.`, cause });
  }
  return parseCondition(value);
}

async function contextOf(app: App): Promise<{ asOf: number; timeZone: string; names: App['names'] }> {
  return { asOf: startOfDay(await app.today(), app.shop.timeZone), timeZone: app.shop.timeZone, names: app.names };
}

/** The condition back in words, so that people see what was understood. */
function understood(here: Context, app: App, condition: Condition): string {
  return describeCondition(condition, { language: here.language, names: app.names });
}

export const segment: CommandModule = (program, context) => {
  const command = program.command('segment').description('customers for whom a condition holds');
  const withCondition = (one: Command): Command => one.requiredOption('--condition <json or file>', 'the condition; docs/adr/condition-language.md describes it');
  withCondition(command.command('count').description('how many customers there are in it')).action(async (options: { condition: string }) => {
    const here = context();
    const condition = readCondition(options.condition);
    await withApp(here, async (app) => {
      const found = await countSegment(app.store, condition, await contextOf(app), { signal: here.signal });
      answer(here, { ...found, words: understood(here, app, condition) }, () => {
        here.output.print(understood(here, app, condition));
        here.output.print(`${formatInteger(found.matching)} of ${formatInteger(found.customers)} customers (${formatPercent(found.matching / Math.max(1, found.customers))}), ${formatInteger(found.optedOut)} of them opted out and never listed; ${found.elapsedMs} ms`);
      });
    });
  });
  withCondition(command.command('list').description('the customers in it'))
    .option('--limit <number>', 'customers to list, at most 1000', wholeNumber, 20)
    .option('--after <id>', 'continue after the cursor of the page before', wholeNumber)
    .option('--tags <keys>', 'tags to show, comma-separated', (text: string) => text.split(',').map((key) => key.trim()), ['lifecycle_stage', 'churn_risk_band', 'purchase_intent_band', 'clv_tier'])
    .action(async (options: { condition: string; limit: number; after?: number; tags: string[] }) => {
      const here = context();
      const condition = readCondition(options.condition);
      await withApp(here, async (app) => {
        const page = await listSegment(app.store, condition, await contextOf(app), { limit: options.limit, tags: options.tags, signal: here.signal, ...(options.after === undefined ? {} : { after: options.after }) });
        answer(here, page, () => {
          here.output.print(understood(here, app, condition));
          const words = { language: here.language, currency: app.shop.currency, tags: app.tags };
          const value = (key: string, tag: Pick<Tag, 'status' | 'value' | 'band'> | null | undefined): string => (tag === null || tag === undefined ? '–' : valueOfTag(words, { ...tag, key } as Tag));
          for (const line of table([{ title: here.language === 'zh' ? '客户' : 'customer' }, ...options.tags.map((key) => ({ title: labelOf(words, key) }))], page.rows.map((row) => [row.externalId, ...options.tags.map((key) => value(key, row.tags[key]))]))) here.output.print(line);
          if (page.next !== null) here.output.print(`More: add --after ${page.next}`);
        });
      });
    });
};
