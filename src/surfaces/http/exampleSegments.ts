/** The worked examples of saved segments. */
import type { Example } from './examples.ts';

const words = (zh: string, en: string): { zh: string; en: string } => ({ zh, en });
const label = words('高概率流失', 'Likely to leave');
const conditionWords = words('90天流失概率 ≥ 0.3', 'Churn probability, 90 days ≥ 0.3');
const build = {
  version: 4, definitionVersion: 1, asOf: '2026-03-01', state: 'live', members: 418, entered: 31, left: 12, startedAt: '2026-02-28T18:05:00.000Z', finishedAt: '2026-02-28T18:05:01.000Z',
};
const head = {
  key: 'likely_to_leave', label, description: conditionWords, owner: 'ann', status: 'enabled', schedule: 'nightly', holdoutShare: 0.1, definitionVersion: 1,
  createdAt: '2026-02-20T06:00:00.000Z', updatedAt: '2026-02-20T06:00:00.000Z',
};
const detail = { ...head, condition: { tag: 'churn_prob_90d', field: 'probability', op: '>=', value: 0.3 }, text: 'tag.churn_prob_90d.probability >= 0.3', words: conditionWords, builds: [build] };
const path = { key: 'likely_to_leave' };

export const SEGMENT_EXAMPLES: Readonly<Record<string, Example>> = {
  listSegments: { response: { segments: [{ ...head, live: build }] } },
  readSegment: { path, response: detail },
  saveSegment: {
    path,
    body: { expectedVersion: 1, label, owner: 'ann', condition: 'tag.churn_prob_90d.probability >= 0.3', holdoutShare: 0.1 },
    response: { ...detail, definitionVersion: 2, updatedAt: '2026-03-01T06:00:00.000Z' },
  },
  deleteSegment: { path, response: { deleted: 'likely_to_leave' } },
  buildSegment: { path, response: { key: 'likely_to_leave', version: 5, members: 421, entered: 9, left: 6 } },
  listMembers: { path, query: { limit: '2', holdout: 'without' }, response: { version: 4, rows: [{ customer: 'C1004', holdout: false }, { customer: 'C1005', holdout: false }], next: 'c5' } },
  listChanges: { path, query: { change: 'left' }, response: { version: 4, rows: [{ customer: 'C1001' }], next: null } },
  readOverlap: {
    body: { segments: ['likely_to_leave', 'invited'] },
    response: {
      segments: [{ key: 'likely_to_leave', label, version: 4, members: 418 }, { key: 'invited', label: words('受邀客户', 'Invited'), version: 1, members: 60 }], customers: 443,
      combinations: [
        { segments: ['likely_to_leave'], only: 383, all: 418 }, { segments: ['likely_to_leave', 'invited'], only: 35, all: 35 }, { segments: ['invited'], only: 25, all: 60 },
      ],
      pairs: [{ a: 'likely_to_leave', b: 'invited', both: 35, jaccard: 0.079, shareOfA: 0.084, shareOfB: 0.583 }],
    },
  },
  changeList: {
    path: { key: 'invited' }, body: { customers: ['C1001', 'C1004', 'nobody'], change: 'add', label: words('受邀客户', 'Invited') },
    response: { key: 'invited', version: 2, members: 62, entered: 2, left: 0, given: 3, matched: 2, unmatched: 1 },
  },
  findLookalikes: {
    path, body: { save: 'like_leavers', count: 200, label: words('相似人群', 'Lookalikes') },
    response: {
      seed: { key: 'likely_to_leave', version: 4, members: 418 }, ranked: 2582, saved: { key: 'like_leavers', version: 1, members: 200 }, estimator: 'logistic_regression',
      candidates: [{ estimator: 'logistic_regression', auc: { value: 0.88, low: 0.861, high: 0.897 } }, { estimator: 'column_rule', auc: { value: 0.812, low: 0.789, high: 0.833 } }], dropped: [{ column: 'days_since_last_order', why: 'separates' }],
      top: [{ customer: 'C1006', percentile: 100, reasons: [{ direction: 'up', text: words('近 90 天访问：0 次（通常 6 次）', 'Visits, last 90 days: 0 times (typical 6 times)') }] }],
    },
  },
  listSimilar: { path: { key: 'invited' }, query: { limit: '1' }, response: { rows: [{ customer: 'C1006', percentile: 100, reasons: [{ direction: 'up', text: words('近 90 天访问：0 次（通常 6 次）', 'Visits, last 90 days: 0 times (typical 6 times)') }] }] } },
  exportSegment: { body: { segment: 'likely_to_leave', columns: ['id', 'stage', 'holdout', 'tag.churn_prob_90d.probability'], format: 'csv', holdout: 'without' } },
  readPortrait: {
    body: { segment: 'likely_to_leave', top: 1 },
    response: {
      asOf: '2026-03-01', members: 418, customers: 3000, reliable: true,
      dimensions: [{
        kind: 'tag', key: 'lifecycle_stage', label: words('生命周期阶段', 'Lifecycle stage'), difference: 0.214, edges: null, known: { inSegment: 418, everybody: 3000 },
        values: [{ value: 'slipping', label: words('衰退', 'Slipping'), inSegment: 260, everybody: 540, segmentShare: 0.622, everybodyShare: 0.18, lift: 3.46 }],
      }],
    },
  },
};
