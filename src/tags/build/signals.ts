/** Signs of intent 意向信号: a list, strongest first, each told with the customer's numbers. Rules over the newest events; no model. */
import type { Bilingual } from '../../base/text.ts';
import type { IntentSign } from '../../scoring/signals.ts';
import type { CustomerInput } from './context.ts';
import { none } from './draft.ts';
import type { Draft } from './draft.ts';
import { reason, sharesOf } from './preference/words.ts';

/** What the list says where there is no signal: it was looked for, and is not there. */
export const NO_SIGNAL = 'none';

const ago = (days: number): Bilingual => (days === 0 ? { zh: '1天内', en: 'within a day' } : { zh: `${days}天前`, en: `${days} ${days === 1 ? 'day' : 'days'} ago` });
const times = (n: number): string => (n === 1 ? 'once' : `${n} times`);

function words({ kind, n, daysAgo, product }: IntentSign, days: number): Bilingual {
  const when = ago(daysAgo);
  const named = product === null ? { zh: '', en: '' } : { zh: `（${product}）`, en: ` (${product})` };
  switch (kind) {
    case 'cart_not_ordered': return { zh: `${days}天内加购${n}次后未下单，最近${when.zh}${named.zh}`, en: `Put into the cart ${times(n)} in ${days} days without an order since, last ${when.en}${named.en}` };
    case 'repeated_views': return { zh: `${days}天内浏览${product ?? ''} ${n}次而未购买，最近${when.zh}`, en: `Viewed ${product ?? ''} ${times(n)} in ${days} days without buying it, last ${when.en}` };
    case 'inquiry': return { zh: `${days}天内咨询${n}次后未下单，最近${when.zh}`, en: `Asked ${times(n)} in ${days} days without an order since, last ${when.en}` };
    case 'price_check': return { zh: `${days}天内询价${n}次后未下单，最近${when.zh}`, en: `Asked for a price ${times(n)} in ${days} days without an order since, last ${when.en}` };
  }
}

export function signalDraft({ signals }: CustomerInput): Draft {
  if (signals === undefined) return none('insufficient_data');
  const { days, leastViews, signs } = signals;
  if (signs.length === 0) return { status: 'ok', value: [NO_SIGNAL] };
  const weights = sharesOf(signs.map((_, place) => 1 / (place + 1)));
  return {
    status: 'ok', value: signs.map(({ kind }) => kind),
    reasons: signs.map((sign, i) => reason('up', sign.kind, weights[i], sign.n, sign.kind === 'repeated_views' ? leastViews : null, words(sign, days))),
  };
}
