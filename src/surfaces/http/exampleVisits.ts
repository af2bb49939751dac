/** Example of the visit that is under way. */
import type { Example } from './examples.ts';

export const VISIT_EXAMPLES: Readonly<Record<string, Example>> = {
  askVisit: {
    path: { id: 'C1001' },
    body: {
      source: 'web', events: [
        { eventId: 'w-81', occurredAt: '2026-02-28T18:02:10Z', kind: 'view', product: 'P-100', category: 'shoes', channel: 'web', properties: { device: 'phone' } },
        { eventId: 'w-82', occurredAt: '2026-02-28T18:04:40Z', kind: 'cart', product: 'P-100', category: 'shoes', channel: 'web', properties: { device: 'phone' } },
      ],
    },
    response: {
      customer: 'C1001', at: '2026-02-28T18:05:12.000Z', silenceMinutes: 30,
      visit: { startedAt: '2026-02-28T18:02:10.000Z', lastEventAt: '2026-02-28T18:04:40.000Z', endsAt: '2026-02-28T18:34:40.000Z', events: 2, ordered: false },
      handed: { used: 2, known: 0, ignored: 0 },
      tag: {
        key: 'purchase_prob_session', label: { zh: '本次访问购买概率', en: 'Purchase probability, this visit' }, kind: 'predictive', status: 'ok', value: 0.42, band: 'high', bandLabel: { zh: '高', en: 'High' },
        probability: 0.42, percentile: 94, lift: 2.33, interval: null, horizonDays: null, asOf: '2026-03-01', validFrom: '2026-03-01', expiresAt: '2026-02-28T18:34:40.000Z', source: { name: 'session_purchase', version: 2, run: 0 }, confidence: 'high',
        reasons: [{ direction: 'up', feature: 'visit_in_cart', weight: 0.61, value: 1, typical: 0, text: { zh: '购物车里还有（本次加购减移出）：1 次（通常 0 次）', en: 'In the cart: put in less taken out: 1 time (typical 0 times)' } }],
      },
    },
  },
};
