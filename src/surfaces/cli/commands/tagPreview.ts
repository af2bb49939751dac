/** `tagcast tags preview`: a condition tried before it becomes a rule tag, or the one of a rule tag that there is. */
import type { Command } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { startOfDay } from '../../../base/time.ts';
import { describeCondition } from '../../../conditions/describe.ts';
import { previewSegment } from '../../../segments/count.ts';
import { listSegment } from '../../../segments/list.ts';
import { ruleOf } from '../../../tags/catalogue/edit.ts';
import { answer, inWords, withApp } from '../context.ts';
import type { Context } from '../context.ts';
import { formatInteger, formatPercent } from '../terminal.ts';
import { conditionOption } from './tagCatalogue.ts';

export function addTagPreview(tags: Command, context: () => Context): void {
  tags.command('preview').description('how many customers would carry a rule tag, ten of them, and how long it takes; nothing is saved').argument('[key]', 'a rule tag that there is')
    .option('--condition <text, json or file>', 'the condition; docs/conditions.md describes it')
    .action(async (key: string | undefined, options: { condition?: string }) => {
      const here = context();
      if ((key === undefined) === (options.condition === undefined)) throw new AppError('invalid_input', 'A preview needs either a rule tag or a condition.', { hint: "For example: `tagcast tags preview --condition 'orders last 30 days >= 2'`." });
      await withApp(here, async (app) => {
        const catalogue = await app.catalogue();
        const condition = key === undefined ? conditionOption(options.condition ?? '') : ruleOf(catalogue, key).condition;
        const today = await app.today();
        const about = { asOf: startOfDay(today, app.shop.timeZone), timeZone: app.shop.timeZone, names: catalogue.names };
        const found = await previewSegment(app.store, condition, about, { signal: here.signal });
        const examples = (await listSegment(app.store, condition, about, { limit: 10, signal: here.signal })).rows.map(({ externalId }) => externalId);
        answer(here, { asOf: today, matching: found.matching, customers: found.customers, estimate: found.estimate ?? null, examples, elapsedMs: found.elapsedMs }, () => {
          const { print } = here.output;
          print(describeCondition(condition, { language: here.language, names: catalogue.names }));
          print(inWords(here, `${formatInteger(found.customers)} 位客户中的 ${found.estimate === undefined ? '' : '约 '}${formatInteger(found.matching)} 位（${formatPercent(found.matching / Math.max(1, found.customers))}），${found.elapsedMs} 毫秒`, `${found.estimate === undefined ? '' : 'about '}${formatInteger(found.matching)} of ${formatInteger(found.customers)} customers (${formatPercent(found.matching / Math.max(1, found.customers))}), ${found.elapsedMs} ms`));
          if (examples.length > 0) print(`${inWords(here, '例如', 'For example')}: ${examples.join(', ')}`);
        });
      });
    });
}
