/** What a training of preferences found, in the terminal: every method beside both baselines on the last period. */
import type { Bilingual } from '../../base/text.ts';
import type { PreferenceOutcome } from '../../jobs/preferences/training.ts';
import type { PreferenceVersion } from '../../jobs/preferences/versions.ts';
import { inWords, said } from './context.ts';
import type { Context } from './context.ts';
import { responseLines } from './responseReport.ts';
import { formatFixed, formatInteger, formatPercent, table } from './terminal.ts';

type Report = PreferenceVersion['report'];
type Product = NonNullable<Report['product']>;
type Interval = Product['test'][number]['recall'][number];

const METHOD_WORDS: Readonly<Record<Product['chosen'], Bilingual>> = {
  popular: { zh: '近期热销（基线）', en: 'most popular (baseline)' }, bought_before: { zh: '买过的（基线）', en: 'bought before (baseline)' }, cooccurrence: { zh: '同购', en: 'bought together' },
  als: { zh: '矩阵分解', en: 'matrix factorisation' }, combined: { zh: '复购+同购', en: 'repeat + together' }, combined_als: { zh: '复购+同购+分解', en: 'repeat + together + factors' },
};
const ORDER_WORDS: Readonly<Record<NonNullable<Report['category']>['test'][number]['order'], Bilingual>> = {
  popular: METHOD_WORDS.popular, bought_before: METHOD_WORDS.bought_before, share: { zh: '收缩后的份额', en: 'shrunk share' }, lift: { zh: '倍数（标签的排序）', en: 'lift (order of the tag)' },
};

const shown = ({ estimate, low, high }: Interval): string => `${formatFixed(estimate, 3)} (${formatFixed(low, 3)} … ${formatFixed(high, 3)})`;
const right = (title: string): { title: string; align: 'right' } => ({ title, align: 'right' });

function productLines(here: Context, { test, cutoffs, chosen, customers, horizonDays, against, durableItems }: Product): string[] {
  const [k] = cutoffs;
  const rows = test.map(({ method, recall, ndcg, coverage }) => [method === chosen ? '→' : '', said(here, METHOD_WORDS[method]), shown(recall[0]), shown(ndcg[0]), formatPercent(coverage)]);
  const gains = against.map(({ baseline, recall, ndcg }) => `  ${inWords(here, '相对', 'against ')}${said(here, METHOD_WORDS[baseline])}: recall@${k} ${shown(recall[0])}, nDCG@${k} ${shown(ndcg[0])}`);
  return [
    inWords(here, `\n产品：最后${horizonDays}天，${formatInteger(customers.test)}位客户（括号内为95%区间）`, `\nProducts: last ${horizonDays} days, ${formatInteger(customers.test)} customers (95 % intervals)`),
    ...table([{ title: '' }, { title: inWords(here, '方法', 'method') }, right(`recall@${k}`), right(`nDCG@${k}`), right(inWords(here, '覆盖商品', 'catalogue'))], rows),
    ...gains, ...(durableItems === 0 ? [] : [inWords(here, `  耐用品：${formatInteger(durableItems)}个`, `  Durable: ${formatInteger(durableItems)} products`)]),
  ];
}

export function preferenceLines(here: Context, { product, category, products, categories, customers, responses }: Report): string[] {
  const head = inWords(here, `  ${formatInteger(customers)}位客户，${formatInteger(products)}个产品，${formatInteger(categories)}个品类`, `  ${formatInteger(customers)} customers, ${formatInteger(products)} products, ${formatInteger(categories)} categories`);
  const noProducts = inWords(here, '  没有产品偏好：事件没有产品，或历史太短', '  No product preference: the events name no products, or the history is too short');
  const ofCategories = category === null ? [] : [
    inWords(here, `\n品类：最后一期，${formatInteger(category.customers)}位客户，前3个`, `\nCategories: last period, ${formatInteger(category.customers)} customers, first three`),
    ...table([{ title: inWords(here, '排序', 'order') }, right(inWords(here, '命中率', 'hit rate')), right('nDCG@3'), right(inWords(here, '入列者购买 ÷ 全体', 'bought ÷ everybody'))],
      category.test.map(({ order, hitRate, ndcg, selectivity }) => [said(here, ORDER_WORDS[order]), shown(hitRate), shown(ndcg), shown(selectivity)])),
  ];
  return [head, ...(product === null ? [noProducts] : productLines(here, product)), ...ofCategories, ...(responses === undefined ? [] : responseLines(here, responses))];
}

/** After training. */
export function showPreferences(here: Context, outcome: PreferenceOutcome): void {
  const { print } = here.output;
  const name = `\npreferences (${inWords(here, '偏好', 'preferences')})`;
  if (!outcome.ok) {
    print(`${name}: ${inWords(here, '未训练。', 'not trained.')} ${outcome.message}`);
    if (outcome.hint !== undefined) print(`  ${inWords(here, '怎么办：', 'What to do: ')}${outcome.hint}`);
    return;
  }
  print(`${name} ${inWords(here, '版本', 'version')} ${outcome.version}: ${inWords(here, '上线', 'serves')} (${said(here, outcome.whyItServes)})`);
  for (const line of preferenceLines(here, outcome.report)) print(line);
}
