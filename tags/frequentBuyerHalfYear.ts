import { defineRuleTag } from '../src/tags/rules/definition.ts';

/** "Orders in the last half year ≥ 3 or referrals ≥ 2": the first example of the tag page. */
export default defineRuleTag({
  key: 'frequent_buyer_half_year',
  label: { zh: '半年活跃买家', en: 'Frequent buyer, half a year' },
  category: 'activity',
  description: { zh: '最近半年下单不少于3次，或推荐不少于2次', en: 'At least 3 orders in the last half year, or at least 2 referrals' },
  ttlDays: 2,
  condition: {
    any: [
      { events: { kinds: ['order'], aggregate: 'distinct', of: 'order', window: { lastDays: 180 }, op: '>=', value: 3 } },
      { events: { kinds: ['referral'], aggregate: 'count', window: 'all', op: '>=', value: 2 } },
    ],
  },
});
