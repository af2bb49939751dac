/** The worked example of the preferences. */
import type { Example } from './examples.ts';

const around = (estimate: number): { estimate: number; low: number; high: number } => ({ estimate, low: Number((estimate * 0.9).toFixed(4)), high: Number((estimate * 1.1).toFixed(4)) });

export const PREFERENCE_EXAMPLES: Readonly<Record<string, Example>> = {
  listPreferences: {
    response: {
      versions: [{
        version: 2, serves: true, withdrawn: false, createdAt: '2026-03-01T18:00:04.000Z', end: '2026-03-01', customers: 3000, products: 120, categories: 8,
        product: {
          horizonDays: 28, customers: 281, cutoffs: [5], chosen: 'combined',
          methods: [
            { method: 'popular', coverage: 0.05, recall: [around(0.167)], ndcg: [around(0.107)] }, { method: 'bought_before', coverage: 0.92, recall: [around(0.159)], ndcg: [around(0.127)] },
            { method: 'combined', coverage: 0.8, recall: [around(0.247)], ndcg: [around(0.201)] },
          ],
          gains: [{ baseline: 'popular', recall: [around(0.08)], ndcg: [around(0.094)] }],
        },
        category: { customers: 281, orders: [{ order: 'lift', hitRate: around(0.72), recall: around(0.6), ndcg: around(0.54), selectivity: around(1.9) }] },
        responses: {
          days: 7,
          channels: [{
            name: 'email', slug: 'email', messages: 14210, customers: 1650, seen: true,
            outcomes: [{
              outcome: 'open', chosen: 'beta_binomial', customers: 1490, messages: 5120,
              methods: [
                { method: 'shop_rate', logLoss: around(0.562), auc: { estimate: 0.5, low: 0.5, high: 0.5 }, calibrationError: 0.011 }, { method: 'own_rate', logLoss: around(0.541), auc: around(0.68), calibrationError: 0.046 },
                { method: 'beta_binomial', logLoss: around(0.519), auc: around(0.69), calibrationError: 0.012 },
              ],
              gains: [{ baseline: 'shop_rate', logLoss: around(0.043) }, { baseline: 'own_rate', logLoss: around(0.022) }],
            }],
          }],
        },
      }],
    },
  },
  setPreferencesState: { path: { version: '1' }, body: { withdrawn: true }, response: { version: 1, withdrawn: true, serves: 2 } },
};
