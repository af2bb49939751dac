/** `tagcast tags …`: the catalogue, and how a tag is distributed. */
import { AppError } from '../../../base/errors.ts';
import { suggestNames } from '../../../conditions/suggest.ts';
import { STATUS_WORDS } from '../../../conditions/words.ts';
import { QUANTILES } from '../../../store/repositories/tagReads.ts';
import type { Bilingual } from '../../../base/text.ts';
import { categoryLabel } from '../../../tags/catalogue/definition.ts';
import type { TagDefinition } from '../../../tags/catalogue/definition.ts';
import { distributionOf, tagSummaries } from '../../../tags/catalogue/reads.ts';
import { searchTags } from '../../../tags/catalogue/search.ts';
import type { WantedTags } from '../../../tags/catalogue/search.ts';
import type { TagStatus } from '../../../tags/tag.ts';
import { answer, inWords, said, withApp } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { bandOfTag, numberWords } from '../tagWords.ts';
import { addCatalogueCommands } from './tagCatalogue.ts';
import { addTagFiles } from './tagFiles.ts';
import { addTagReports } from './tagReport.ts';
import { blocks, formatInteger, formatPercent, table } from '../terminal.ts';

const KIND_WORDS: Readonly<Record<TagDefinition['kind'], Bilingual>> = {
  statistical: { zh: '统计', en: 'statistical' }, rule: { zh: '规则', en: 'rule' }, predictive: { zh: '预测', en: 'predictive' },
  preference: { zh: '偏好', en: 'preference' }, lifecycle: { zh: '生命周期', en: 'lifecycle' }, value: { zh: '价值', en: 'value' },
};

export const tags: CommandModule = (program, context) => {
  const command = program.command('tags').description('the tag catalogue: lists, distributions, rule tags');
  addCatalogueCommands(command, context);
  addTagFiles(command, context);
  addTagReports(command, context);
  command
    .command('list')
    .description('every tag with its names, kind and how many customers have it')
    .option('--kind <kind>', 'only this kind: statistical, rule, predictive, preference, value, lifecycle')
    .option('--category <key>', 'only this category')
    .option('--owner <name>', 'only rule tags of this owner')
    .option('--search <words>', 'only tags with these words in key, name or description')
    .action(async (wanted: WantedTags) => {
      const here = context();
      await withApp(here, async (app) => {
        const all = await app.catalogue();
        const catalogue = { ...all, tags: searchTags(all, wanted) };
        const published = await tagSummaries(app.store.db, catalogue);
        answer(here, catalogue.tags.map((tag) => ({ ...tag, published: published.get(tag.key) ?? null })), () => {
          for (const line of table(
            [{ title: inWords(here, '标签', 'tag') }, { title: '中文' }, { title: 'English' }, { title: inWords(here, '类别', 'category') }, { title: inWords(here, '来源', 'kind') }, { title: inWords(here, '有效客户数', 'customers'), align: 'right' }, { title: inWords(here, '截至', 'as of') }],
            catalogue.tags.map((tag) => [tag.key, tag.label.zh, tag.label.en, said(here, categoryLabel(tag.category)), said(here, KIND_WORDS[tag.kind]), formatInteger(published.get(tag.key)?.ok ?? 0), published.get(tag.key)?.asOf ?? inWords(here, '尚未发布', 'not yet')]),
          )) here.output.print(line);
        });
      });
    });
  command
    .command('distribution')
    .description('customers per status and band, and the spread of the values')
    .argument('<tag>')
    .action(async (key: string) => {
      const here = context();
      await withApp(here, async (app) => {
        const catalogue = await app.catalogue();
        const definition = catalogue.tags.find((tag) => tag.key === key);
        if (definition === undefined) {
          const like = suggestNames(key, catalogue.tags.map((tag) => tag.key));
          throw new AppError('unknown_name', `There is no tag "${key.slice(0, 64)}".`, { hint: like.length > 0 ? `Did you mean ${like.join(' or ')}?` : 'See `tagcast tags list`.' });
        }
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
