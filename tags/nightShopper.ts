import { defineRuleTag } from '../src/tags/rules/definition.ts';

export default defineRuleTag({
  key: 'night_shopper',
  label: { zh: '夜间购物', en: 'Night shopper' },
  category: 'behaviour',
  description: { zh: '近一年至少3单，一半以上的订单行在22点至次日5点前', en: 'At least 3 orders in a year, and at least half of the order lines from 22:00 to before 5:00' },
  ttlDays: 7,
  condition: {
    all: [
      { events: { kinds: ['order'], aggregate: 'distinct', of: 'order', window: { lastDays: 365 }, op: '>=', value: 3 } },
      { events: { kinds: ['order'], aggregate: 'share', part: [{ column: 'local_hour', op: 'in', values: [22, 23, 0, 1, 2, 3, 4] }], window: { lastDays: 365 }, op: '>=', value: 0.5 } },
    ],
  },
});
