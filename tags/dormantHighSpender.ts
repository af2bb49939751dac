import { defineRuleTag } from '../src/tags/rules/definition.ts';

/** The amount is in the shop's own currency; a shop changes it here. */
export default defineRuleTag({
  key: 'dormant_high_spender',
  label: { zh: '沉默的高消费客户', en: 'Silent high spender' },
  category: 'churn',
  description: { zh: '历史净消费不少于1000，且最近180天没有下单', en: 'Has spent at least 1,000 net of refunds, and ordered nothing in the last 180 days' },
  ttlDays: 7,
  condition: {
    all: [
      { events: { kinds: ['order', 'refund'], aggregate: 'sum', of: 'amount', window: 'all', op: '>=', value: 1000 } },
      { events: { kinds: ['order'], aggregate: 'last', of: 'occurred_at', window: 'all', op: 'before_last_days', value: 180 } },
    ],
  },
});
