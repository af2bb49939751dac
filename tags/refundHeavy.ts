import { defineRuleTag } from '../src/tags/rules/definition.ts';

/** Refunds are rows of their own beside order lines, so their share of both together is at most one half where every line came back. */
export default defineRuleTag({
  key: 'refund_heavy',
  label: { zh: '高退款客户', en: 'Refund-heavy' },
  category: 'behaviour',
  description: { zh: '近一年退款不少于2笔，且占订单与退款记录的四分之一以上', en: 'At least 2 refunds in a year, and at least a quarter of all order and refund rows' },
  ttlDays: 7,
  condition: {
    all: [
      { events: { kinds: ['refund'], aggregate: 'count', window: { lastDays: 365 }, op: '>=', value: 2 } },
      { events: { kinds: ['order', 'refund'], aggregate: 'share', part: [{ column: 'kind', op: 'in', values: ['refund'] }], window: { lastDays: 365 }, op: '>=', value: 0.25 } },
    ],
  },
});
