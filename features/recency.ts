/** How long ago: the last and the first order, the last sign of interest, and how long the customer has been known. */
import { daysSince, events, firstKnown, orders } from '../src/features/define.ts';
import { declareIn } from './words.ts';
import { BROWSING_KINDS } from './browsing.ts';

const declare = declareIn('recency');

export const RECENCY = [
  declare('days_since_last_order', 'days', ['距上次下单', 'Days since last order'],
    ['距最近一次下单的天数', 'Days from the latest order to the cut-off.'], daysSince(orders.lastTime()), 'missing'),
  declare('days_since_first_order', 'days', ['距首次下单', 'Days since first order'],
    ['距第一次下单的天数', 'Days from the first order to the cut-off.'], daysSince(orders.firstTime()), 'missing'),
  declare('days_since_last_event', 'days', ['距上次互动', 'Days since last event'],
    ['距最近一次任何行为的天数', 'Days since the customer was last seen in any way.'], daysSince(events.lastTime()), 'missing'),
  declare('days_since_last_visit', 'days', ['距上次到访', 'Days since last visit'],
    ['距最近一次到访、浏览、搜索、收藏或加购的天数', 'Days since the latest visit, view, search, favourite or cart.'], daysSince(events.ofKind(...BROWSING_KINDS).lastTime()), 'missing'),
  declare('days_since_last_cart', 'days', ['距上次加购', 'Days since last cart'],
    ['距最近一次加购的天数', 'Days since something was last put into the cart.'], daysSince(events.ofKind('cart').lastTime()), 'missing'),
  declare('days_since_last_refund', 'days', ['距上次退款', 'Days since last refund'],
    ['距最近一次退款的天数', 'Days since the latest refund.'], daysSince(events.ofKind('refund').lastTime()), 'missing'),
  declare('account_age_days', 'days', ['已认识天数', 'Days known'],
    ['从首次建档或首次行为到截止日的天数', 'Days since the customer was first known: own record or first event, whichever is earlier.'], daysSince(firstKnown), 'missing'),
];
