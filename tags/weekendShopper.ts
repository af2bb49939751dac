import { defineRuleTag } from '../src/tags/rules/definition.ts';

export default defineRuleTag({
  key: 'weekend_shopper',
  label: { zh: '周末购物', en: 'Weekend shopper' },
  category: 'behaviour',
  description: { zh: '近一年至少3单，六成以上的订单行在周六或周日', en: 'At least 3 orders in a year, and at least 60 % of the order lines on Saturdays or Sundays' },
  ttlDays: 7,
  condition: {
    all: [
      { events: { kinds: ['order'], aggregate: 'distinct', of: 'order', window: { lastDays: 365 }, op: '>=', value: 3 } },
      { events: { kinds: ['order'], aggregate: 'share', part: [{ column: 'local_weekday', op: 'in', values: [6, 7] }], window: { lastDays: 365 }, op: '>=', value: 0.6 } },
    ],
  },
});
