import { defineRuleTag } from '../src/tags/rules/definition.ts';

export default defineRuleTag({
  key: 'new_lead_with_phone',
  label: { zh: '可电话跟进的新潜客', en: 'New lead with a phone number' },
  category: 'intent',
  description: { zh: '最近30天首次出现，手机号已知，尚未下单', en: 'First seen in the last 30 days, phone known, no order yet' },
  ttlDays: 2,
  condition: {
    all: [
      { events: { aggregate: 'first', of: 'occurred_at', window: 'all', op: 'last_days', value: 30 } },
      { any: [{ identity: 'phone', op: 'exists' }, { attribute: 'phone', op: 'exists' }] },
      { events: { kinds: ['order'], aggregate: 'count', window: 'all', op: '=', value: 0 } },
    ],
  },
});
