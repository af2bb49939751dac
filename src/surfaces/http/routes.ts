/** Every route of the product, in one table: nothing is served that is not declared here, and nobody gets in whom a line does not name. */
import { openApiDocument } from './openapi.ts';
import { docsPage } from './docs/page.ts';
import { route } from './route.ts';
import type { Route } from './route.ts';
import { CUSTOMER_HISTORY_ROUTES } from './routes/customerHistory.ts';
import { LIFECYCLE_ROUTES } from './routes/lifecycle.ts';
import { EXPERIMENT_ROUTES } from './routes/experiments.ts';
import { SEGMENT_ROUTES } from './routes/segments.ts';
import { TAG_ROUTES } from './routes/tags.ts';
import { RULE_EVALUATION_ROUTES } from './routes/ruleEvaluation.ts';
import { STANDARD_ROUTES } from './routes/standards.ts';
import { QUALITY_ROUTES } from './routes/quality.ts';
import { CATEGORY_ROUTES } from './routes/categories.ts';
import { TAG_REPORT_ROUTES } from './routes/tagReports.ts';
import { DEFINITION_ROUTES } from './routes/definitions.ts';
import { WEBHOOK_ROUTES } from './routes/webhooks.ts';
import { PREFERENCE_ROUTES } from './routes/preferences.ts';
import { VISIT_ROUTES } from './routes/visits.ts';
import { mergeCustomer, readProfile, readTags, scoreNow } from './handlers/customers.ts';
import { takeEvents } from './handlers/events.ts';
import { readModel, readModels, readReportDocument, readReportPage, readRuns, readVersion } from './handlers/models.ts';
import { readHealth } from './handlers/system.ts';
import { customerParams, customerQuery, nothing } from './schemas/common.ts';
import { mergeBody, mergedSchema, profileSchema, scoredSchema } from './schemas/customers.ts';
import { eventsBody, eventsDocument, eventsResponse } from './schemas/events.ts';
import { modelListSchema, modelParams, modelSchema, modelVersionSchema, reportQuery, runsQuery, runsSchema, versionParams } from './schemas/models.ts';
import { healthSchema, openApiSchema } from './schemas/system.ts';
import { customerTagsSchema } from './schemas/tags.ts';
import { reportSchema } from '../../reports/document.ts';
import { REPORT_POLICY } from '../../reports/page.ts';
import { z } from 'zod';

/** Documents are the same for every reader, so they are made once. */
function madeOnce<T>(make: (version: string) => T): (version: string) => T {
  const made = new Map<string, T>();
  return (version) => {
    const known = made.get(version) ?? make(version);
    made.set(version, known);
    return known;
  };
}

const openApi = madeOnce((version) => openApiDocument(ROUTES, version));
const docs = madeOnce((version) => docsPage(ROUTES, version));

export const ROUTES: readonly Route[] = Object.freeze([
  route({
    id: 'health', method: 'get', path: '/health', group: 'system', access: 'public', params: nothing, query: nothing, response: healthSchema,
    summary: { zh: '服务状态', en: 'Whether the service works' },
    description: { zh: '存储无法读取时返回 503 和 degraded。', en: 'Answers 503 and `degraded` when the store cannot be read.' },
    status: ({ status }) => (status === 'ok' ? 200 : 503),
    handle: readHealth,
  }),
  route({
    id: 'openapi', method: 'get', path: '/openapi.json', group: 'system', access: 'public', params: nothing, query: nothing, response: openApiSchema,
    summary: { zh: 'OpenAPI 3.1 文档', en: 'This interface as an OpenAPI 3.1 document' },
    handle: async (_call, { version }) => openApi(version),
  }),
  route({
    id: 'docs', method: 'get', path: '/docs', group: 'system', access: 'public', params: nothing, query: nothing, response: z.string(), produces: 'html',
    summary: { zh: '本页面', en: 'This page' },
    handle: async (_call, { version }) => docs(version),
  }),
  route({
    id: 'readProfile', method: 'get', path: '/v1/customers/{id}', group: 'customers', params: customerParams, query: customerQuery, response: profileSchema,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '客户档案和标签', en: 'Profile and tags of a customer' },
    description: { zh: '数据科学角色只看到属性名，看不到属性值和身份值。', en: 'A data scientist sees which attributes and identities there are, not what they say.' },
    handle: readProfile,
  }),
  route({
    id: 'readTags', method: 'get', path: '/v1/customers/{id}/tags', group: 'customers', params: customerParams, query: customerQuery, response: customerTagsSchema,
    access: { admin: true, data_scientist: true, marketer: true, service: true },
    summary: { zh: '客户的标签', en: 'Tags of a customer' },
    description: { zh: '过期的标签状态为 stale，没有值。', en: 'A tag past its day has the status `stale` and no value.' },
    handle: readTags,
  }),
  route({
    id: 'scoreNow', method: 'post', path: '/v1/customers/{id}/score', group: 'customers', params: customerParams, query: customerQuery, body: nothing.optional(), response: scoredSchema, cost: 5,
    access: { admin: true, data_scientist: true, marketer: false, service: true },
    summary: { zh: '立即打分', en: 'Score a customer now' },
    description: { zh: '用正在使用的模型计算，结果不发布。', en: 'With the models that serve; the result is answered and not published.' },
    handle: scoreNow,
  }),
  ...VISIT_ROUTES,
  route({
    id: 'mergeCustomer', method: 'post', path: '/v1/customers/{id}/merge', group: 'customers', params: customerParams, query: nothing, body: mergeBody, response: mergedSchema, cost: 5,
    access: { admin: true, data_scientist: false, marketer: false, service: false },
    summary: { zh: '合并两位客户', en: 'Make one customer of two' },
    description: {
      zh: '事件、身份和缺少的属性移到保留的客户；任何一方的拒绝都有效。标签和人群在下一夜更新。记入审计日志。', en: 'Events, identities and missing attributes move to the customer who stays; a refusal of either counts. Tags and segments follow with the next night. It is in the audit log.',
    },
    handle: mergeCustomer,
  }),
  ...CUSTOMER_HISTORY_ROUTES,
  ...TAG_ROUTES,
  ...LIFECYCLE_ROUTES,
  ...RULE_EVALUATION_ROUTES,
  ...TAG_REPORT_ROUTES,
  ...CATEGORY_ROUTES,
  ...SEGMENT_ROUTES,
  ...EXPERIMENT_ROUTES,
  ...WEBHOOK_ROUTES,
  ...QUALITY_ROUTES,
  ...STANDARD_ROUTES,
  ...DEFINITION_ROUTES,
  route({
    id: 'listModels', method: 'get', path: '/v1/models', group: 'models', params: nothing, query: nothing, response: modelListSchema, cost: 2,
    access: { admin: true, data_scientist: true, marketer: false, service: false },
    summary: { zh: '模型列表', en: 'The models and what serves' },
    handle: readModels,
  }),
  route({
    id: 'readModel', method: 'get', path: '/v1/models/{name}', group: 'models', params: modelParams, query: nothing, response: modelSchema, cost: 2,
    access: { admin: true, data_scientist: true, marketer: false, service: false },
    summary: { zh: '一个模型的全部版本', en: 'All versions of a model' },
    handle: readModel,
  }),
  route({
    id: 'readVersion', method: 'get', path: '/v1/models/{name}/versions/{version}', group: 'models', params: versionParams, query: nothing, response: modelVersionSchema, cost: 2,
    access: { admin: true, data_scientist: true, marketer: false, service: false },
    summary: { zh: '一个版本的指标', en: 'Metrics of a version beside its baseline' },
    description: { zh: '包含校准表、提升表和候选排名；不包含权重。', en: 'With calibration, lift and the leaderboard of candidates; without weights.' },
    handle: readVersion,
  }),
  route({
    id: 'readReport', method: 'get', path: '/v1/models/{name}/versions/{version}/report', group: 'models', params: versionParams, query: nothing, response: reportSchema, cost: 5,
    access: { admin: true, data_scientist: true, marketer: false, service: false },
    summary: { zh: '一个版本的评估报告（数据）', en: 'The evaluation report of a version, as data' },
    description: { zh: '保存报告之前训练的版本，`diagnostics` 为 null。不含任何客户编号。', en: 'A version that was trained before reports were kept has `diagnostics` null. Holds no customer ids.' },
    handle: readReportDocument,
  }),
  route({
    id: 'readReportPage', method: 'get', path: '/v1/models/{name}/versions/{version}/report.html', group: 'models', params: versionParams, query: reportQuery, response: z.string(), produces: 'html', policy: REPORT_POLICY, cost: 5,
    access: { admin: true, data_scientist: true, marketer: false, service: false },
    summary: { zh: '一个版本的评估报告（页面）', en: 'The evaluation report of a version, as a page' },
    description: { zh: '一个自足的文件，两种语言都在其中。', en: 'One file that needs nothing else, in both languages.' },
    handle: readReportPage,
  }),
  ...PREFERENCE_ROUTES,
  route({
    id: 'listRuns', method: 'get', path: '/v1/runs', group: 'models', params: nothing, query: runsQuery, response: runsSchema,
    access: { admin: true, data_scientist: true, marketer: false, service: false },
    summary: { zh: '运行记录', en: 'Runs of the jobs, latest business day first' },
    handle: readRuns,
  }),
  route({
    id: 'takeEvents', method: 'post', path: '/v1/events', group: 'events', params: nothing, query: nothing, body: eventsBody, bodyDocument: eventsDocument, response: eventsResponse, cost: 5,
    access: { admin: true, data_scientist: false, marketer: false, service: true },
    summary: { zh: '写入事件', en: 'Send events' },
    description: {
      zh: '每次最多 1000 条，逐条返回结果。同一事件（同来源同编号，或无编号时内容相同）再次发送不会重复计入，可放心重试。',
      en: 'Up to 1,000 at once, each with its own result. The same event again (same source and id, or without an id the same content) adds nothing, so a retry is safe.',
    },
    handle: takeEvents,
  }),
]);
