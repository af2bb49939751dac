import { defineRuleTag } from '../src/tags/rules/definition.ts';

export default defineRuleTag({
  key: 'discount_shopper',
  label: { zh: '优惠驱动', en: 'Buys on discount' },
  category: 'behaviour',
  description: { zh: '近一年至少5条订单行，其中七成以上享受了优惠', en: 'At least 5 order lines in a year, and at least 70 % of them with a discount' },
  ttlDays: 7,
  condition: {
    all: [
      { events: { kinds: ['order'], aggregate: 'count', window: { lastDays: 365 }, op: '>=', value: 5 } },
      { events: { kinds: ['order'], aggregate: 'share', part: [{ column: 'discount', op: '>', value: 0 }], window: { lastDays: 365 }, op: '>=', value: 0.7 } },
    ],
  },
});
