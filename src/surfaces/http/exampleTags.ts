/** The worked examples of rule tags. */
import type { Example } from './examples.ts';

const words = (zh: string, en: string): { zh: string; en: string } => ({ zh, en });
const label = words('高频买家', 'Frequent buyer');
const description = words('最近90天订单数 ≥ 3', 'number of orders in the last 90 days ≥ 3');
const condition = { events: { aggregate: 'distinct', of: 'order', kinds: ['order'], window: { lastDays: 90 }, op: '>=', value: 3 } };
const band = { code: 'yes', label: words('是', 'Yes') };
const path = { key: 'frequent_buyer' };

const detail = {
  key: 'frequent_buyer', kind: 'rule', category: { code: 'behaviour', label: words('行为特征', 'Behaviour') }, label, description, valueType: 'text', unit: null, bands: [band], ttlDays: 2, onDemand: false, model: null,
  rule: {
    owner: 'ann', status: 'enabled', version: 2, condition, text: 'orders last 90 days >= 3', words: description, origin: 'api', evaluatedOn: '2026-03-01', evaluatedVersion: 2,
    createdAt: '2026-02-20T06:00:00.000Z', updatedAt: '2026-02-20T06:05:00.000Z',
  },
  users: [{ kind: 'segment', key: 'thank_you' }],
};

export const TAG_EXAMPLES: Readonly<Record<string, Example>> = {
  readTag: { path, response: detail },
  listTagVersions: {
    path,
    response: {
      versions: [{
        version: 1, change: 'created', actor: '0f1e2d3c4b5a6978', changedAt: '2026-02-20T06:00:00.000Z',
        definition: { key: 'frequent_buyer', category: 'behaviour', label, description, owner: 'ann', condition, band, ttlDays: 2, status: 'draft' },
      }],
    },
  },
  saveTag: { path, body: { expectedVersion: 1, label, owner: 'ann', condition: 'orders last 90 days >= 3' }, response: detail },
  setTagStatus: { path, body: { status: 'paused' }, response: { ...detail, rule: { ...detail.rule, status: 'paused', version: 3 } } },
  deleteTag: { path, response: { deleted: 'frequent_buyer' } },
};
