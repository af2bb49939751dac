/** `tagcast merge`: two customers who are one. */
import { mergeTwo } from '../../../jobs/mergeCustomers.ts';
import { answer, inWords, withApp } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { formatInteger } from '../terminal.ts';

export const merge: CommandModule = (program, context) => {
  program.command('merge').description('make one customer of two; a refusal of either counts')
    .argument('<customer>', 'the shop\'s id of the customer who goes')
    .requiredOption('--into <customer>', 'the shop\'s id of the customer who stays')
    .action(async (from: string, options: { into: string }) => {
      const here = context();
      await withApp(here, async (app) => {
        const merged = await mergeTwo({ store: app.store, clock: app.clock, signal: here.signal }, from, options.into, 'cli');
        answer(here, merged, () => {
          here.output.print(inWords(here,
            `已合并：${formatInteger(merged.events)} 个事件，${formatInteger(merged.identities)} 个身份，补充 ${formatInteger(merged.attributes)} 个属性。标签和人群在下一夜更新。`,
            `Merged: ${formatInteger(merged.events)} events, ${formatInteger(merged.identities)} identities, ${formatInteger(merged.attributes)} attributes that were missing. Tags and segments follow with the next night.`));
          if (merged.refused.length > 0) here.output.print(inWords(here, `现在拒绝：${merged.refused.join(', ')}`, `Refused now: ${merged.refused.join(', ')}`));
        });
      });
    });
};
