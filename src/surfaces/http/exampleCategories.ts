/** The worked examples of categories and values. */
import type { Example } from './examples.ts';
import { TAG_EXAMPLES } from './exampleTags.ts';

const words = (zh: string, en: string): { zh: string; en: string } => ({ zh, en });
const own = { code: 'churn_action', label: words('挽留', 'Win-back'), parent: 'churn', builtIn: false, version: 1, level: 2, tags: 0 };

export const CATEGORY_EXAMPLES: Readonly<Record<string, Example>> = {
  listCategories: { response: { categories: [{ code: 'churn', label: words('流失风险', 'Churn risk'), parent: null, builtIn: true, version: 0, level: 1, tags: 8 }, own] } },
  saveCategory: { path: { code: 'churn_action' }, body: { expectedVersion: 1, label: own.label, parent: 'churn' }, response: { ...own, version: 2 } },
  deleteCategory: { path: { code: 'churn_action' }, response: { deleted: 'churn_action' } },
  listCategoryVersions: { path: { code: 'churn_action' }, response: { versions: [{ version: 1, parent: 'churn', label: own.label, deleted: false, actor: '0f1e2d3c4b5a6978', changedAt: '2026-02-20T06:00:00.000Z' }] } },
  placeTag: { path: { key: 'frequent_buyer' }, body: { category: 'activity' }, response: { ...(TAG_EXAMPLES.readTag.response as object), category: { code: 'activity', label: words('交易活跃', 'Orders and activity') } } },
  listPlaces: { path: { key: 'clv_tier' }, response: { versions: [{ version: 1, category: 'churn_action', actor: '0f1e2d3c4b5a6978', changedAt: '2026-02-20T06:00:00.000Z' }] } },
  listValues: {
    path: { key: 'churn_risk_band' }, query: { search: '高风险' },
    response: { key: 'churn_risk_band', total: 2, values: [{ value: 'at_risk', label: words('高风险', 'At risk'), customers: 922, declared: true }, { value: 'critical', label: words('极高风险', 'Critical'), customers: 118, declared: true }] },
  },
};
