/** `tagcast tags …`: the catalogue, and how a tag is distributed. */
import { STATUS_WORDS } from '../../../conditions/words.ts';
import { QUANTILES } from '../../../store/repositories/tagReads.ts';
import { distributionOf } from '../../../tags/catalogue/reads.ts';
import type { TagStatus } from '../../../tags/tag.ts';
import { answer, inWords, said, withApp } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { bandOfTag, numberWords } from '../tagWords.ts';
import { addCatalogueCommands } from './tagCatalogue.ts';
import { addTagFiles } from './tagFiles.ts';
import { addTagList, tagNamed } from './tagList.ts';
import { addTagPreview } from './tagPreview.ts';
import { addTagReports } from './tagReport.ts';
import { blocks, formatInteger, formatPercent, table } from '../terminal.ts';

export const tags: CommandModule = (program, context) => {
  const command = program.command('tags').description('the tag catalogue: lists, distributions, rule tags');
  addTagList(command, context);
  addCatalogueCommands(command, context);
  addTagFiles(command, context);
  addTagPreview(command, context);
  addTagReports(command, context);
  command
    .command('distribution')
    .description('customers per status and band, and the spread of the values')
    .argument('<tag>')
    .action(async (key: string) => {
      const here = context();
      await withApp(here, async (app) => {
        const catalogue = await app.catalogue();
        const definition = tagNamed(catalogue, key);
        const found = await distributionOf(app.store.db, catalogue, key);
        answer(here, found, () => {
          const { print } = here.output;
          print(`${key}: ${definition.label.zh} / ${definition.label.en}. ${said(here, definition.description)}`);
          if (found.customers === 0) {
            print(inWords(here, '  尚无客户有此标签：请运行 `tagcast score`。', '  No customer has it yet: run `tagcast score`.'));
            return;
          }
          const total = found.customers;
          for (const { status, customers } of found.statuses.toSorted((a, b) => b.customers - a.customers)) print(`  ${said(here, STATUS_WORDS[status as TagStatus])}: ${formatInteger(customers)} (${formatPercent(customers / total)})`);
          const words = { language: here.language, currency: app.shop.currency, tags: catalogue.tags };
          const ok = Math.max(1, found.bands.reduce((sum, band) => sum + band.customers, 0));
          const order = definition.bands?.map(({ code }) => code) ?? [];
          const bands = found.bands.filter(({ band }) => band !== null).toSorted((a, b) => order.indexOf(b.band ?? '') - order.indexOf(a.band ?? ''));
          if (bands.length > 0) for (const line of table([{ title: inWords(here, '档位', 'band') }, { title: inWords(here, '客户数', 'customers'), align: 'right' }, { title: inWords(here, '占比', 'share'), align: 'right' }, { title: '' }], bands.map(({ band, customers }) => [bandOfTag(words, key, band), formatInteger(customers), formatPercent(customers / ok), blocks(customers / ok)]))) print(line);
          if (definition.valueType === 'list' || (bands.length === 0 && definition.valueType === 'text')) print(inWords(here, `各取值的客户数：\`tagcast tags values ${key}\``, `Customers by value: \`tagcast tags values ${key}\``));
          const { quantiles, mean } = found.value;
          if (quantiles === null) return;
          const number = (value: number): string => numberWords(words, definition, value);
          for (const line of table(
            [...QUANTILES.map((share) => ({ title: share === 0 ? inWords(here, '最小', 'least') : share === 1 ? inWords(here, '最大', 'most') : `P${Math.round(100 * share)}`, align: 'right' as const })), { title: inWords(here, '平均', 'mean'), align: 'right' as const }],
            [[...quantiles.map(number), mean === null ? '' : number(mean)]],
          )) print(line);
        });
      });
    });
};
