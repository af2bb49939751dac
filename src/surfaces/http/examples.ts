/** One worked example per route, for the documents. A test checks each against its route's schemas and against the shape of real answers. */

import { exampleDiagnostics, exampleLatest } from './exampleReport.ts';
import { CUSTOMER_HISTORY_EXAMPLES } from './exampleCustomerHistory.ts';
import { LIFECYCLE_EXAMPLES } from './exampleLifecycle.ts';
import { PREFERENCE_EXAMPLES } from './examplePreferences.ts';
import { EXPERIMENT_EXAMPLES } from './exampleExperiments.ts';
import { SEGMENT_EXAMPLES } from './exampleSegments.ts';
import { TAG_EXAMPLES } from './exampleTags.ts';
import { RULE_EVALUATION_EXAMPLES } from './exampleRuleEvaluation.ts';
import { STANDARD_EXAMPLES } from './exampleStandards.ts';
import { QUALITY_EXAMPLES } from './exampleQuality.ts';
import { CATEGORY_EXAMPLES } from './exampleCategories.ts';
import { TAG_REPORT_EXAMPLES } from './exampleTagReports.ts';
import { DEFINITION_EXAMPLES } from './exampleDefinitions.ts';
import { WEBHOOK_EXAMPLES } from './exampleWebhooks.ts';
import { VISIT_EXAMPLES } from './exampleVisits.ts';

export interface Example {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly response?: unknown;
}

const label = (zh: string, en: string): { zh: string; en: string } => ({ zh, en });

const churnTag = {
  key: 'churn_prob_90d', label: label('90天流失概率', 'Churn probability, 90 days'), kind: 'predictive', status: 'ok', value: 0.31, band: null, bandLabel: null,
  probability: 0.31, percentile: 62, lift: 1.24, interval: null, horizonDays: 90, asOf: '2026-03-01', validFrom: '2026-03-01', expiresAt: '2026-03-08',
  source: { name: 'churn', version: 3, run: 41 }, confidence: 'high',
  reasons: [{ direction: 'up', feature: 'days_since_last_order', weight: 0.48, value: 34, typical: 19, text: label('距上次下单34天，通常为19天', '34 days since the last order, typically 19') }],
};

const condition = { all: [{ tag: 'churn_prob_90d', field: 'probability', op: '>=', value: 0.3 }, { events: { aggregate: 'count', kinds: ['order'], window: { lastDays: 365 }, op: '>=', value: 2 } }] };

const churnLabel = label('流失预测', 'Churn');
const evaluation = (auc: number, loss: number): unknown => ({
  rows: 2841, targetMean: 0.412, metrics: { roc_auc: { value: auc, low: auc - 0.011, high: auc + 0.01 }, log_loss: { value: loss } },
  calibration: [{ rows: 284, predicted: 0.021, actual: 0.025 }], lift: [{ tenth: 1, rows: 284, actual: 0.982, lift: 2.38, cumulativeGain: 0.238 }],
});

const head = {
  horizonDays: 90, task: 'binary', candidate: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees',
  split: { mode: 'three_way', train: ['2025-03-01', '2025-06-01'], calibration: '2025-09-01', test: '2025-12-01', serve: ['2025-09-01', '2025-12-01'] },
  rows: { train: 5210, calibration: 2755, test: 2841, serve: 5596 }, baseRate: 0.412, evaluation: evaluation(0.921, 0.334),
  baseline: { candidate: 'recency_rule', evaluation: evaluation(0.874, 0.402) }, beatsBaseline: true,
  leaderboard: [{ candidate: 'boosted_trees', rung: 'boosting', estimator: 'boosted_trees', loss: 0.341, lossErrorToBest: 0, metrics: { roc_auc: 0.918 } }],
  grade: 'good', confidence: 'high', warnings: [],
};
const examplePromotionWords = label(
  '在线的版本 2（boosted_trees）与新版本在同样的 2841 位客户上，自 2025-12-01 起：对数损失 0.3402 → 0.334（−0.0062，95% 区间 −0.0099 … −0.0025），AUC 0.917 → 0.921（+0.004，95% 区间 +0.0009 … +0.0071）：新版本明显更好',
  'version 2 as it serves (boosted_trees) and the new version on the same 2841 customers from 2025-12-01 on: log loss 0.3402 → 0.334 (−0.0062, 95 % interval −0.0099 … −0.0025), AUC 0.917 → 0.921 (+0.004, 95 % interval +0.0009 … +0.0071): the new version is clearly better',
);
const examplePromotion = {
  gate: { pass: true, rule: 'better', why: examplePromotionWords },
  comparison: {
    champion: { version: 2, end: '2025-11-30' },
    heads: [{
      horizonDays: 90, compared: 'artefact', candidate: 'boosted_trees', beatBaseline: true, featuresChanged: false, test: '2025-12-01', rows: 2841, customers: 2841, rarer: 1170, level: 0.95,
      loss: { metric: 'log_loss', challenger: 0.334, champion: 0.3402, difference: -0.0062, standardError: 0.0019, low: -0.0099, high: -0.0025 },
      ranking: { metric: 'roc_auc', challenger: 0.921, champion: 0.917, difference: 0.004, standardError: 0.0016, low: 0.0009, high: 0.0071 },
      metrics: { log_loss: { challenger: 0.334, champion: 0.3402 }, roc_auc: { challenger: 0.921, champion: 0.917 } }, verdict: 'better', words: examplePromotionWords,
    }],
  },
};
const versionLine = {
  version: 3, createdAt: '2026-02-28T18:05:12.000Z', sha256: 'b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184', aliases: ['champion'], trainedUntil: '2026-02-28',
  promotion: { state: 'serves', words: label('使用中', 'serves'), gate: examplePromotion.gate },
  heads: [{
    horizonDays: 90, task: 'binary', candidate: 'boosted_trees', rung: 'boosting', grade: 'good', confidence: 'high', beatsBaseline: true,
    metrics: { roc_auc: 0.921, log_loss: 0.334, ece: 0.012 }, baselineMetrics: { roc_auc: 0.874, log_loss: 0.402, ece: 0.018 },
  }],
};
const trainedOn = { timeZone: 'Asia/Shanghai', currency: 'CNY', seed: 1, data: { snapshot: '7d793037a0760186', events: 242_113, customers: 3000, end: '2026-02-28' }, readiness: [] };

export const EXAMPLES: Readonly<Record<string, Example>> = Object.freeze({
  health: { response: { status: 'ok', version: '0.1.0' } },
  openapi: {},
  docs: {},
  readProfile: {
    path: { id: 'C1001' },
    response: {
      customer: 'C1001', createdAt: '2025-06-01T02:00:00.000Z', updatedAt: '2026-02-11T08:30:00.000Z', attributes: { city: '北京', level: 'gold' }, attributeNames: ['city', 'level'],
      identities: [{ namespace: 'phone', value: '13800000000' }], consents: [{ purpose: 'marketing', state: 'granted', recordedAt: '2025-06-01T02:00:00.000Z' }], asOf: '2026-03-01', tags: [churnTag],
      segments: [{ key: 'likely_to_leave', label: label('高概率流失', 'Likely to leave') }],
      ruleHistory: [{ key: 'frequent_buyer', label: label('高频买家', 'Frequent buyer'), changedOn: '2026-02-21', change: 'entered', version: 2, cause: 'nightly' }],
    },
  },
  readTags: { path: { id: 'C1001' }, response: { customer: 'C1001', asOf: '2026-03-01', tags: [churnTag] } },
  mergeCustomer: { path: { id: 'C1008' }, body: { into: 'C1009' }, response: { customer: 'C1009', events: 41, identities: 1, attributes: 2, refused: [] } },
  scoreNow: { path: { id: 'C1001' }, response: { customer: 'C1001', asOf: '2026-03-01', tags: [churnTag] } },
  ...VISIT_EXAMPLES,
  listTags: {
    query: { kind: 'predictive', search: 'churn' },
    response: {
      total: 1, suggestions: [],
      tags: [{
        key: 'churn_prob_90d', kind: 'predictive', category: { code: 'churn', label: label('流失风险', 'Churn risk') }, label: churnTag.label,
        description: label('未来90天不下单的概率（已校准）', 'Calibrated probability of no order in the next 90 days'), valueType: 'number', unit: 'probability', bands: null, ttlDays: 7, onDemand: false, model: 'churn', rule: null,
        published: { customers: 3000, ok: 2412, asOf: '2026-03-01' },
      }],
    },
  },
  readDistribution: {
    path: { key: 'churn_risk_band' },
    response: {
      key: 'churn_risk_band', label: label('流失风险等级', 'Churn risk'), customers: 3000, statuses: [{ status: 'not_eligible', customers: 588 }, { status: 'ok', customers: 2412 }],
      bands: [{ band: 'safe', label: label('安全', 'Safe'), customers: 1490 }, { band: 'at_risk', label: label('高风险', 'At risk'), customers: 922 }],
      value: { count: 0, mean: null, quantiles: null }, probability: { count: 2412, mean: 0.25, quantiles: [0.01, 0.03, 0.08, 0.19, 0.37, 0.62, 0.97] },
    },
  },
  countSegment: {
    body: { condition, preview: true },
    response: {
      asOf: '2026-03-01', words: label('90天流失概率 ≥ 0.3，且最近365天下单次数 ≥ 2', 'Churn probability, 90 days ≥ 0.3, and order count in the last 365 days ≥ 2'),
      matching: 418, optedOut: 12, listable: 406, customers: 3000, estimate: null, elapsedMs: 37,
    },
  },
  listSegment: {
    body: { condition, tags: ['churn_prob_90d'], limit: 2 },
    response: {
      asOf: '2026-03-01',
      rows: [{ customer: 'C1001', tags: { churn_prob_90d: { status: 'ok', value: 0.31, band: null, probability: 0.31, percentile: 62, asOf: '2026-03-01' } } }, { customer: 'C1007', tags: { churn_prob_90d: null } }],
      next: 'c7',
    },
  },
  ...CUSTOMER_HISTORY_EXAMPLES,
  ...TAG_EXAMPLES,
  ...LIFECYCLE_EXAMPLES,
  ...PREFERENCE_EXAMPLES,
  ...TAG_REPORT_EXAMPLES,
  ...CATEGORY_EXAMPLES,
  ...QUALITY_EXAMPLES,
  ...STANDARD_EXAMPLES,
  ...DEFINITION_EXAMPLES,
  ...RULE_EVALUATION_EXAMPLES,
  ...SEGMENT_EXAMPLES,
  ...EXPERIMENT_EXAMPLES,
  ...WEBHOOK_EXAMPLES,
  listModels: { response: { models: [{ name: 'churn', label: churnLabel, aliases: { champion: 3, previous: 2 }, versions: 3, champion: versionLine, challenger: null }] } },
  readModel: {
    path: { name: 'churn' },
    response: {
      name: 'churn', label: churnLabel, aliases: { champion: 3, previous: 2 }, versions: [versionLine],
      history: [{ alias: 'champion', from: 2, to: 3, movedAt: '2026-02-28T18:06:00.000Z', reason: `trained: ${examplePromotion.gate.why.en}` }],
    },
  },
  readVersion: {
    path: { name: 'churn', version: '3' },
    response: {
      name: 'churn', version: 3, createdAt: versionLine.createdAt, sha256: versionLine.sha256, bytes: 184_220, aliases: ['champion'], target: { kind: 'no_order' },
      population: [{ feature: 'orders_total', atLeast: 1 }], columns: [{ name: 'days_since_last_order', unit: 'days', missing: 'missing' }], featureSetHash: '5d41402abc4b2a76', ...trainedOn,
      heads: [head], promotion: examplePromotion,
    },
  },
  readReport: {
    path: { name: 'churn', version: '3' },
    response: {
      format: 'tagcast.report', schemaVersion: 1, name: 'churn', label: churnLabel, description: label('未来90天内不下单的概率', 'Probability of no order in the next 90 days'), version: 3, aliases: ['champion'],
      createdAt: versionLine.createdAt, sha256: versionLine.sha256, target: { kind: 'no_order' }, observations: { at: 'cutoffs' }, population: [{ feature: 'orders_total', atLeast: 1 }],
      columns: [{ name: 'days_since_last_order', unit: 'days', label: label('距上次下单', 'Days since last order') }], ...trainedOn,
      heads: [{ ...head, diagnostics: exampleDiagnostics, latest: exampleLatest }],
      promotion: examplePromotion,
    },
  },
  readReportPage: { path: { name: 'churn', version: '3' }, query: { lang: 'en' } },
  listRuns: {
    query: { limit: '1' },
    response: { runs: [{ run: 41, job: 'nightly', asOf: '2026-03-01', state: 'done', startedAt: '2026-02-28T18:00:00.000Z', finishedAt: '2026-02-28T18:04:31.000Z', details: { customers: 3000 } }] },
  },
  takeEvents: {
    body: {
      source: 'webshop',
      events: [
        { eventId: 'o-9001-1', customer: 'C1001', occurredAt: '2026-02-28T20:15:00+08:00', kind: 'order', amount: '129.00', quantity: '1', product: 'P-17', category: 'coffee', orderRef: 'o-9001' },
        { eventId: 'v-5', customer: 'C1007', occurredAt: '2026-02-28T20:16:30+08:00', kind: 'view', product: 'P-17' },
      ],
    },
    response: { added: 1, duplicates: 1, rejected: 0, newCustomers: 0, results: [{ index: 0, status: 'added' }, { index: 1, status: 'duplicate' }] },
  },
});
