/** `tagcast customer`: everything about one customer, for whoever has that customer on the phone. */
import type { Bilingual } from '../../../base/text.ts';
import { localDate } from '../../../base/time.ts';
import { scoreOneNow } from '../../../jobs/scoring/one.ts';
import { consentsOf } from '../../../store/repositories/consents.ts';
import { identitiesOf } from '../../../store/repositories/customers.ts';
import { timeline } from '../../../store/repositories/events.ts';
import type { StoredEvent } from '../../../store/repositories/events.ts';
import { stagesOf } from '../../../store/repositories/lifecycle.ts';
import { segmentsOf } from '../../../store/repositories/segments.ts';
import { tagHistory } from '../../../store/repositories/tagReads.ts';
import { EVENT_KIND_WORDS, PURPOSE_WORDS } from '../../../conditions/words.ts';
import { asSeenOn } from '../../../tags/age.ts';
import { labelOfCategory } from '../../../tags/catalogue/categories.ts';
import type { Category } from '../../../tags/catalogue/categories.ts';
import { everyTagOf, ruleHistory } from '../../../tags/catalogue/reads.ts';
import type { RuleChange } from '../../../tags/catalogue/reads.ts';
import type { Tag } from '../../../tags/tag.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { findCustomer } from '../customers.ts';
import { bandOfTag, definitionOf, detailOfTag, labelOf, valueOfTag } from '../tagWords.ts';
import type { TagWords } from '../tagWords.ts';
import { table } from '../terminal.ts';
import { wholeNumber } from './wholeNumber.ts';

export const customer: CommandModule = (program, context) => {
  program
    .command('customer')
    .description('one customer: profile, tags with reasons, stage, segments, rule tags that came and went, last events')
    .argument('<id>', 'the shop\'s own customer id')
    .option('--now', 'score now, with everything that has happened until this moment, instead of reading the last run')
    .option('--events <number>', 'events to show', wholeNumber, 10)
    .action(async (id: string, options: { now?: boolean; events: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const found = await findCustomer(app, id);
        const { db } = app.store;
        const today = await app.today();
        const catalogue = await app.catalogue();
        const tags = options.now === true
          ? await scoreOneNow(app.scoring(workOf(here)), found.customerId, app.shop.historic ? { asOf: today } : {})
          : (await everyTagOf(db, catalogue, found.customerId)).map((tag) => asSeenOn(tag, today));
        const document = {
          customer: found.externalId, attributes: found.attributes, identities: await identitiesOf(db, found.customerId), consents: await consentsOf(db, found.customerId),
          tags, stages: await stagesOf(db, found.customerId, 10), history: await tagHistory(db, found.customerId, { limit: 20 }),
          segments: await segmentsOf(db, found.customerId), ruleHistory: await ruleHistory(db, found.customerId, 20),
          events: options.events === 0 ? [] : (await timeline(db, found.customerId, { limit: options.events })).events,
        };
        answer(here, document, () => {
          const { print } = here.output;
          const words: TagWords = { language: here.language, currency: app.shop.currency, tags: catalogue.tags };
          print(`${inWords(here, '客户', 'Customer')} ${found.externalId}${app.shop.simulated ? inWords(here, '（模拟数据）', ' (simulated)') : ''}`);
          const attributes = Object.entries(found.attributes);
          if (attributes.length > 0) print(`  ${attributes.map(([key, value]) => `${key}: ${String(value)}`).join('   ')}`);
          const refused = document.consents.filter(({ state }) => state === 'refused').map(({ purpose }) => purpose);
          if (refused.length > 0) print(`  ${inWords(here, '已拒绝', 'refused')}: ${refused.map((purpose) => said(here, PURPOSE_WORDS[purpose])).join(', ')}`);
          if (tags.length === 0) print(inWords(here, '  尚无标签：请运行 `tagcast score`。', '  No tags yet: run `tagcast score`.'));
          showTags(here, words, tags, catalogue.categories);
          const { stages } = document;
          if (stages.length > 0) print(`\n${inWords(here, '阶段历史', 'Stages')}: ${stages.map(({ stage, enteredOn }) => `${enteredOn} ${stage === null ? inWords(here, '无阶段', 'none') : bandOfTag(words, 'lifecycle_stage', stage)}`).join(' ← ')}`);
          const { segments } = document;
          if (segments.length > 0) print(`\n${inWords(here, '所在人群', 'Segments')}: ${segments.map(({ key, label }) => `${said(here, label)} (${key})`).join(', ')}`);
          showRuleChanges(here, document.ruleHistory);
          showEvents(here, document.events, app.shop.timeZone);
        });
      });
    });
};

function showTags(context: Context, words: TagWords, tags: readonly Tag[], categories: readonly Category[]): void {
  const { print } = context.output;
  // In the order of the catalogue, 30 days before 180.
  const place = (tag: Tag): number => words.tags.findIndex(({ key }) => key === tag.key);
  for (const { code: category } of categories) {
    const own = tags.filter((tag) => definitionOf(words, tag.key)?.category === category).toSorted((a, b) => place(a) - place(b));
    if (own.length === 0) continue;
    const [{ status }] = own;
    // A whole category without a value is one line, not one per tag.
    if (status !== 'ok' && own.length > 1 && own.every((tag) => tag.status === status)) {
      print(`\n${said(context, labelOfCategory(categories, category))}${inWords(context, '：', ': ')}${valueOfTag(words, own[0])}`);
      continue;
    }
    print(`\n${said(context, labelOfCategory(categories, category))}`);
    for (const line of table([{ title: inWords(context, '标签', 'tag') }, { title: inWords(context, '值', 'value') }, { title: '' }], own.map((tag) => [labelOf(words, tag.key), valueOfTag(words, tag), detailOfTag(words, tag)]))) print(line);
    const reasoned = own.find((tag) => tag.reasons.length > 0 && tag.status === 'ok');
    for (const reason of reasoned?.reasons ?? []) print(`    ${reason.direction === 'up' ? '▲' : '▼'} ${reason.text[context.language]}`);
  }
}

const CAUSE_WORDS: Readonly<Record<RuleChange['cause'], Bilingual>> = { nightly: { zh: '夜间计算', en: 'nightly' }, events: { zh: '事件到达', en: 'on events' }, manual: { zh: '手动计算', en: 'on demand' } };

function showRuleChanges(context: Context, changes: readonly RuleChange[]): void {
  if (changes.length === 0) return;
  context.output.print(`\n${inWords(context, '规则标签的变化', 'Rule tags that came and went')}`);
  const rows = changes.map(({ changedOn, change, label, key, cause }) => [changedOn, change === 'entered' ? inWords(context, '获得', 'came') : inWords(context, '移除', 'went'), `${said(context, label)} (${key})`, said(context, CAUSE_WORDS[cause])]);
  for (const line of table([{ title: '' }, { title: '' }, { title: '' }, { title: '' }], rows).slice(2)) context.output.print(line);
}

function showEvents(context: Context, events: readonly StoredEvent[], timeZone: string): void {
  if (events.length === 0) return;
  context.output.print(`\n${inWords(context, '最近动态', 'Last events')}`);
  const rows = events.map((event) => [localDate(event.occurredAt, timeZone), EVENT_KIND_WORDS[event.kind]?.[context.language] ?? event.kind, event.amount === null ? '' : Number(event.amount).toFixed(2), event.product ?? '', event.category ?? '', event.channel ?? '', event.orderRef ?? '']);
  for (const line of table([{ title: '' }, { title: '' }, { title: '', align: 'right' }, { title: '' }, { title: '' }, { title: '' }, { title: '' }], rows).slice(2)) context.output.print(line);
}
