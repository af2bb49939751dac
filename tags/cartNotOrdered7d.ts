import { defineRuleTag } from '../src/tags/rules/definition.ts';

export default defineRuleTag({
  key: 'cart_not_ordered_7d',
  label: { zh: '加购未下单', en: 'In the cart, not ordered' },
  category: 'intent',
  description: { zh: '最近7天有加购，但没有下单', en: 'Put something in the cart in the last 7 days and ordered nothing in them' },
  ttlDays: 2,
  condition: {
    all: [
      { events: { kinds: ['cart'], aggregate: 'count', window: { lastDays: 7 }, op: '>=', value: 1 } },
      { events: { kinds: ['order'], aggregate: 'count', window: { lastDays: 7 }, op: '=', value: 0 } },
    ],
  },
});
