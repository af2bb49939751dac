/** The worked examples of what happened to one customer. */
import type { Example } from './examples.ts';

const path = { id: 'C1001' };
const none = { status: null, band: null, value: null };

export const CUSTOMER_HISTORY_EXAMPLES: Readonly<Record<string, Example>> = {
  readTimeline: {
    path, query: { limit: '1' },
    response: {
      customer: 'C1001',
      events: [{ occurredAt: '2026-02-28T12:15:00.000Z', kind: 'order', amount: '129.0000', quantity: '1.0000', discount: null, product: 'P-17', category: 'coffee', channel: 'wechat', campaign: null, session: null, orderRef: 'o-9001', properties: { gift: true } }],
      next: '1772280900000000.5',
    },
  },
  readHistory: {
    path, query: { tag: 'churn_risk_band' },
    response: {
      customer: 'C1001', stages: [{ enteredOn: '2026-02-11', stage: 'loyal', label: { zh: '成熟', en: 'Loyal' }, previous: 'growing', rulesVersion: 1 }],
      changes: [{ tag: 'churn_risk_band', changedOn: '2026-02-21', before: none, after: { status: 'ok', band: 'safe', value: 'safe' }, sourceVersion: 3 }],
    },
  },
};
