/** Rule tags as a marketing team writes them: mostly orders and views in windows, with attributes, tags and stages beside them. */
import { readCondition } from '../../src/conditions/text/read.ts';
import type { RuleTagDefinition } from '../../src/tags/rules/definition.ts';

const CITIES = ['北京', '上海', '广州', '深圳', '成都', '杭州'];
const CATEGORIES = ['shoes', 'toys', 'food', 'home', 'beauty', 'books'];
const WINDOWS = [7, 14, 30, 60, 90, 180, 365];

const FORMS: readonly ((i: number) => string)[] = [
  (i) => `orders last ${WINDOWS[i % 7]} days >= ${1 + (i % 4)}`,
  (i) => `sum(order.amount) last ${WINDOWS[(i + 2) % 7]} days >= ${100 * (1 + (i % 9))} and attr.city in ("${CITIES[i % 6]}", "${CITIES[(i + 1) % 6]}")`,
  (i) => `count(view) last ${WINDOWS[(i + 1) % 7]} days > ${3 + (i % 10)} and count(order) last ${WINDOWS[(i + 1) % 7]} days = 0`,
  (i) => `count(order where category = "${CATEGORIES[i % 6]}") last ${WINDOWS[(i + 3) % 7]} days >= 1 and stage in (loyal, growing)`,
  (i) => `last(order.occurred_at) more than ${30 + (i % 12) * 15} days ago and tag.clv_tier.band in (high, top)`,
  (i) => `tag.churn_risk_band.band in (at_risk, critical) and tag.churn_prob_90d.probability >= ${(0.3 + (i % 6) / 10).toFixed(1)} and attr.gender = "${i % 2 === 0 ? 'female' : 'male'}"`,
  (i) => `avg(order.amount) last 365 days > ${60 + (i % 8) * 10} or distinct(order.category) last ${WINDOWS[(i + 4) % 7]} days >= ${2 + (i % 3)}`,
  (i) => `(count(cart) since last order >= ${1 + (i % 3)} or count(search) last ${WINDOWS[i % 4]} days >= ${2 + (i % 4)}) and attr.level != "basic"`,
  (i) => `share(order that channel = "app") last 365 days > ${(0.2 + (i % 5) / 10).toFixed(1)} and count(complaint) last 180 days = 0 and attr.age >= ${20 + (i % 30)}`,
  (i) => `sequence(cart last ${WINDOWS[i % 4]} days then no order within ${1 + (i % 5)} days)`,
];

export function manyRules(count: number): RuleTagDefinition[] {
  return Array.from({ length: count }, (_, i) => {
    const key = `rule_${i}`;
    const words = { zh: key, en: key };
    return { key, kind: 'rule', category: 'behaviour', label: words, description: words, valueType: 'text', bands: [{ code: 'yes', label: { zh: '是', en: 'Yes' } }], ttlDays: 2, condition: readCondition(FORMS[i % FORMS.length](Math.floor(i / FORMS.length))) };
  });
}
