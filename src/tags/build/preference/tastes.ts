/** What a customer likes: categories, contents, products. */
import type { CustomerPreferences } from '../../../scoring/preference/preferences.ts';
import type { ProductSuggestion } from '../../../scoring/preference/products.ts';
import type { Taste } from '../../../scoring/preference/tastes.ts';
import type { Bilingual } from '../../../base/text.ts';
import { none } from '../draft.ts';
import type { Draft } from '../draft.ts';
import { confidenceBy, percent, reason, sharesOf, times } from './words.ts';

/** Names in order with their strength: the lift of the first, and of each in its reason. */
export function tasteDraft(taste: Taste | undefined, feature: 'category_share' | 'content_share'): Draft {
  if (taste === undefined) return none('insufficient_data');
  const { items, days } = taste;
  const weights = sharesOf(items.map(({ lift }) => lift - 1));
  return {
    status: 'ok', value: items.map(({ name }) => name), lift: items[0].lift, confidence: confidenceBy(days, 6, 12),
    reasons: items.map(({ name, share, typical, lift, days: own }, i) => reason('up', feature, weights[i], share, typical, {
      zh: `${name}：${own}天，占${percent(share)}（全店${percent(typical)}，${times(lift)}倍）`, en: `${name}: ${own} days, ${percent(share)} (shop ${percent(typical)}, ${times(lift)} ×)`,
    })),
  };
}

function productWords({ name, why, times: n, daysAgo, goesWith, popularity }: ProductSuggestion): Bilingual {
  switch (why) {
    case 'bought_before': return { zh: `${name}：买过${n}次，最近${daysAgo}天前`, en: `${name}: bought ${n} times, last ${daysAgo} days ago` };
    case 'goes_with': return { zh: `${name}：买过${goesWith}的客户也常买`, en: `${name}: often bought by customers of ${goesWith}` };
    case 'popular': return { zh: `${name}：近期${percent(popularity)}的客户购买`, en: `${name}: lately bought by ${percent(popularity)} of customers` };
  }
}

export function productDraft(products: CustomerPreferences['products']): Draft {
  if (products === undefined) return none('insufficient_data');
  if (products === 'not_eligible') return none('not_eligible');
  const { items, purchases } = products;
  const weights = sharesOf(items.map((_, place) => 1 / Math.log2(place + 2)));
  return {
    status: 'ok', value: items.map(({ name }) => name), confidence: confidenceBy(purchases, 4, 10),
    reasons: items.map((one, i) => reason('up', one.why, weights[i], one.why === 'bought_before' ? one.times : null, one.popularity, productWords(one))),
  };
}
