import { defineRuleTag } from '../src/tags/rules/definition.ts';

export default defineRuleTag({
  key: 'recent_complaint',
  label: { zh: '近期投诉', en: 'Complained recently' },
  category: 'behaviour',
  description: { zh: '最近30天有投诉', en: 'Made a complaint in the last 30 days' },
  ttlDays: 2,
  condition: { events: { kinds: ['complaint'], aggregate: 'count', window: { lastDays: 30 }, op: '>=', value: 1 } },
});
