/** `tagcast tags list` and `tagcast tags values`: finding tags, and the values of one. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { AppError } from '../../../base/errors.ts';
import type { Bilingual } from '../../../base/text.ts';
import { suggestNames } from '../../../conditions/suggest.ts';
import { categoryPath } from '../../../tags/catalogue/categories.ts';
import type { Catalogue } from '../../../tags/catalogue/catalogue.ts';
import type { TagDefinition } from '../../../tags/catalogue/definition.ts';
import { tagSummaries } from '../../../tags/catalogue/reads.ts';
import type { TagSummary } from '../../../tags/catalogue/reads.ts';
import { likelyTags, searchTags } from '../../../tags/catalogue/search.ts';
import type { WantedTags } from '../../../tags/catalogue/search.ts';
import { searchValues, valuesOf } from '../../../tags/catalogue/values.ts';
import { TAG_KINDS } from '../../../tags/tag.ts';
import { answer, inWords, said, withApp } from '../context.ts';
import type { Context } from '../context.ts';
import { formatInteger, table } from '../terminal.ts';
import { wholeNumber } from './wholeNumber.ts';

const KIND_WORDS: Readonly<Record<TagDefinition['kind'], Bilingual>> = {
  statistical: { zh: '统计', en: 'statistical' }, rule: { zh: '规则', en: 'rule' }, predictive: { zh: '预测', en: 'predictive' },
  preference: { zh: '偏好', en: 'preference' }, lifecycle: { zh: '生命周期', en: 'lifecycle' }, value: { zh: '价值', en: 'value' },
};

/** @throws AppError `unknown_name` with what may have been meant. */
export function tagNamed({ tags }: Pick<Catalogue, 'tags'>, key: string): TagDefinition {
  const found = tags.find((tag) => tag.key === key);
  if (found !== undefined) return found;
  const like = suggestNames(key, tags.map((tag) => tag.key));
  throw new AppError('unknown_name', `There is no tag "${key.slice(0, 64)}".`, { hint: like.length > 0 ? `Did you mean ${like.join(' or ')}?` : 'See `tagcast tags list`.' });
}

function printTags(here: Context, catalogue: Catalogue, tags: readonly TagDefinition[], published: ReadonlyMap<string, TagSummary>): void {
  const status = new Map(catalogue.rules.map((rule) => [rule.key, rule.status]));
  const rows = tags.map((tag) => [tag.key, tag.label.zh, tag.label.en, said(here, KIND_WORDS[tag.kind]), status.get(tag.key) ?? '', formatInteger(published.get(tag.key)?.ok ?? 0), published.get(tag.key)?.asOf ?? (tag.onDemand === true ? inWords(here, '仅查询时', 'on demand') : inWords(here, '尚未发布', 'not yet'))]);
  for (const line of table([{ title: inWords(here, '标签', 'tag') }, { title: '中文' }, { title: 'English' }, { title: inWords(here, '来源', 'kind') }, { title: inWords(here, '状态', 'status') }, { title: inWords(here, '有效客户数', 'customers'), align: 'right' }, { title: inWords(here, '截至', 'as of') }], rows)) here.output.print(line);
}

interface ListOptions extends WantedTags {
  readonly limit: number;
  readonly offset: number;
}

function printList(here: Context, catalogue: Catalogue, found: readonly TagDefinition[], { search, offset, limit }: ListOptions, published: ReadonlyMap<string, TagSummary>): void {
  const { print } = here.output;
  const page = found.slice(offset, offset + limit);
  if (page.length === 0) {
    const like = search === undefined ? [] : likelyTags(catalogue, search);
    print(like.length === 0 ? inWords(here, '没有符合条件的标签。', 'No tag matches.') : `${inWords(here, '没有符合条件的标签。您是不是要找：', 'No tag matches. Did you mean:')} ${like.map(({ key, label }) => `${key} (${said(here, label)})`).join(', ')}`);
  } else if (search !== undefined) printTags(here, catalogue, page, published);
  else {
    for (const { code } of catalogue.categories) {
      const own = page.filter(({ category }) => category === code);
      if (own.length === 0) continue;
      print(`\n${categoryPath(catalogue.categories, code).map(({ label }) => said(here, label)).join(' › ')} (${code}, ${own.length})`);
      printTags(here, catalogue, own, published);
    }
  }
  if (offset + limit < found.length) print(inWords(here, `共 ${found.length} 个；下一页：--offset ${offset + limit}`, `${found.length} in all; the next page: --offset ${offset + limit}`));
}

export function addTagList(tags: Command, context: () => Context): void {
  tags.command('list').description('the tree of categories with every tag: names, kind, and how many customers have it')
    .addOption(new Option('--kind <kind>', 'only this kind').choices(TAG_KINDS))
    .option('--category <key>', 'only this category and those below it')
    .option('--owner <name>', 'only rule tags of this owner')
    .addOption(new Option('--status <status>', 'only this status; tags that the product builds are enabled').choices(['draft', 'enabled', 'paused']))
    .option('--search <words>', 'only tags with these words in key, name, description or the name of a value; best match first')
    .option('--limit <number>', 'tags to show', wholeNumber, 500)
    .option('--offset <number>', 'tags to skip', wholeNumber, 0)
    .action(async (wanted: ListOptions) => {
      const here = context();
      await withApp(here, async (app) => {
        const catalogue = await app.catalogue();
        const found = searchTags(catalogue, wanted);
        const published = await tagSummaries(app.store.db, catalogue);
        const rules = new Map(catalogue.rules.map(({ key, owner, status }) => [key, { owner, status }]));
        answer(here, found.slice(wanted.offset, wanted.offset + wanted.limit).map((tag) => ({ ...tag, ...rules.get(tag.key), published: published.get(tag.key) ?? null })), () => { printList(here, catalogue, found, wanted, published); });
      });
    });
  tags.command('values').description('the values of a tag with their names, and how many customers have each').argument('<key>')
    .option('--search <words>', 'only values with these words in their code or name')
    .option('--limit <number>', 'values to show', wholeNumber, 50)
    .option('--offset <number>', 'values to skip', wholeNumber, 0)
    .action(async (key: string, { search, limit, offset }: { search?: string; limit: number; offset: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const catalogue = await app.catalogue();
        const tag = tagNamed(catalogue, key);
        const found = searchValues(await valuesOf(app.store.db, catalogue, tag, await app.today()), search);
        const page = found.slice(offset, offset + limit);
        answer(here, { key, total: found.length, values: page }, () => {
          const { print } = here.output;
          print(`${key}: ${tag.label.zh} / ${tag.label.en}`);
          if (tag.valueType === 'number' || tag.valueType === 'date') {
            print(inWords(here, `  数值标签没有取值列表；分布见 \`tagcast tags report ${key}\`。`, `  A number has no list of values; \`tagcast tags report ${key}\` has its distribution.`));
            return;
          }
          for (const line of table([{ title: inWords(here, '取值', 'value') }, { title: '中文' }, { title: 'English' }, { title: inWords(here, '客户数', 'customers'), align: 'right' }], page.map(({ value, label, customers }) => [value, label.zh, label.en, formatInteger(customers)]))) print(line);
          if (offset + limit < found.length) print(inWords(here, `共 ${found.length} 个；下一页：--offset ${offset + limit}`, `${found.length} in all; the next page: --offset ${offset + limit}`));
        });
      });
    });
}
