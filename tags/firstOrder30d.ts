import { defineRuleTag } from '../src/tags/rules/definition.ts';

export default defineRuleTag({
  key: 'first_order_30d',
  label: { zh: '30天内首单', en: 'First order in the last 30 days' },
  category: 'activity',
  description: { zh: '首次下单在最近30天内', en: 'Ordered for the first time in the last 30 days' },
  ttlDays: 2,
  condition: { events: { kinds: ['order'], aggregate: 'first', of: 'occurred_at', window: 'all', op: 'last_days', value: 30 } },
});
