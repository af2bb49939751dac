/** The worked examples of rule tags tried and evaluated. */
import type { Example } from './examples.ts';

export const RULE_EVALUATION_EXAMPLES: Readonly<Record<string, Example>> = {
  previewTag: {
    body: { condition: 'orders last 90 days >= 3' },
    response: {
      asOf: '2026-03-01', text: 'orders last 90 days >= 3', words: { zh: '最近90天订单数 ≥ 3', en: 'number of orders in the last 90 days ≥ 3' }, matching: 312, customers: 3000, estimate: null,
      examples: ['C1003', 'C1004', 'C1005'], elapsedMs: 21,
    },
  },
  evaluateTags: { body: { newEvents: true }, response: { asOf: '2026-03-01', rules: 12, customers: 38, changed: 5, entered: 3, left: 2 } },
  evaluateTag: { path: { key: 'frequent_buyer' }, response: { asOf: '2026-03-01', customers: 3000, changed: 41, entered: 28, left: 13 } },
};
