/** `tagcast tags …`: the catalogue, and how a tag is distributed. */
import { AppError } from '../../../base/errors.ts';
import { suggestNames } from '../../../conditions/suggest.ts';
import { STATUS_WORDS } from '../../../conditions/words.ts';
import { listTags, QUANTILES, tagDistribution } from '../../../store/repositories/tagReads.ts';
import { CATEGORY_LABELS } from '../../../tags/catalogue/definition.ts';
import type { TagStatus } from '../../../tags/tag.ts';
import { answer, said, withApp } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { bandOfTag } from '../tagWords.ts';
import { blocks, formatInteger, formatNumber, formatPercent, table } from '../terminal.ts';

export const tags: CommandModule = (program, context) => {
  const command = program.command('tags').description('the tag catalogue and its distributions');
  command
    .command('list')
    .description('every tag with its names, kind and how many customers have it')
    .action(async () => {
      const here = context();
      await withApp(here, async (app) => {
        const published = new Map((await listTags(app.store.db)).map((tag) => [tag.key, tag]));
        answer(here, app.tags.map((tag) => ({ ...tag, published: published.get(tag.key) ?? null })), () => {
          for (const line of table(
            [{ title: 'tag' }, { title: '中文' }, { title: 'English' }, { title: 'category' }, { title: 'kind' }, { title: 'ok', align: 'right' }, { title: 'as of' }],
            app.tags.map((tag) => [tag.key, tag.label.zh, tag.label.en, said(here, CATEGORY_LABELS[tag.category]), tag.kind, formatInteger(published.get(tag.key)?.ok ?? 0), published.get(tag.key)?.asOf ?? 'not yet']),
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
        const definition = app.tags.find((tag) => tag.key === key);
        if (definition === undefined) {
          const like = suggestNames(key, app.tags.map((tag) => tag.key));
          throw new AppError('unknown_name', `There is no tag "${key.slice(0, 64)}".`, { hint: like.length > 0 ? `Did you mean ${like.join(' or ')}?` : 'See `tagcast tags list`.' });
        }
        const found = await tagDistribution(app.store.db, key);
        answer(here, found, () => {
          const { print } = here.output;
          print(`${key}: ${definition.label.zh} / ${definition.label.en}. ${said(here, definition.description)}`);
          const total = Math.max(1, found.customers);
          for (const { status, customers } of found.statuses) print(`  ${said(here, STATUS_WORDS[status as TagStatus])}: ${formatInteger(customers)} (${formatPercent(customers / total)})`);
          const words = { language: here.language, currency: app.shop.currency, tags: app.tags };
          const ok = Math.max(1, found.bands.reduce((sum, band) => sum + band.customers, 0));
          const order = definition.bands?.map(({ code }) => code) ?? [];
          const bands = found.bands.filter(({ band }) => band !== null).toSorted((a, b) => order.indexOf(b.band ?? '') - order.indexOf(a.band ?? ''));
          if (bands.length > 0) for (const line of table([{ title: 'band' }, { title: 'customers', align: 'right' }, { title: 'share', align: 'right' }, { title: '' }], bands.map(({ band, customers }) => [bandOfTag(words, key, band), formatInteger(customers), formatPercent(customers / ok), blocks(customers / ok)]))) print(line);
          const { quantiles, mean } = found.value;
          if (quantiles !== null) print(`  values: ${quantiles.map((value, i) => `${Math.round(100 * QUANTILES[i])} %: ${formatNumber(value, 3)}`).join('   ')}${mean === null ? '' : `   mean: ${formatNumber(mean, 3)}`}`);
        });
      });
    });
};
