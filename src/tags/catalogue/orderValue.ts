/** Value of the next order 成交金额: its amount if there is one, and what that is worth in sums. */
import type { TagDefinition } from './definition.ts';

const common = { kind: 'value', category: 'value', valueType: 'number', unit: 'currency', model: 'next_order_value' } as const;

export const EXPECTED_REVENUE_DAYS = 30;

export const ORDER_VALUE_TAGS: readonly TagDefinition[] = [
  {
    ...common, key: 'next_order_value', ttlDays: 30, label: { zh: '预计下单金额', en: 'Next order value' },
    description: { zh: '如果下单，下一单的预计金额（退款前），附80%区间；是否下单见购买概率', en: 'Expected amount of the next order if there is one (before refunds), with an 80 % interval; whether there will be one, the purchase probability says' },
  },
  {
    ...common, key: `expected_revenue_${EXPECTED_REVENUE_DAYS}d`, ttlDays: 3, label: { zh: `${EXPECTED_REVENUE_DAYS}天预期收入（仅用于合计）`, en: `Expected revenue, ${EXPECTED_REVENUE_DAYS} days (for sums only)` },
    description: {
      zh: `${EXPECTED_REVENUE_DAYS}天购买概率 × 预计下单金额。只用于多位客户的合计：单个客户要么不买，要么买一整单；同期内的第二单不在其中`,
      en: `Purchase probability of ${EXPECTED_REVENUE_DAYS} days × next order value. For sums over many customers only: one customer buys nothing or a whole order; a second order within the days is not in it`,
    },
  },
];
