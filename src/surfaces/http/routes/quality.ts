/** Routes of data quality. */
import { checkQualityNow, listQualityRules, putQualityRule, readQuality, readQualityRule, removeQualityRule } from '../handlers/quality.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { qualityCheckBody, qualityCheckResponse, qualityParams, qualityQuery, qualityResponse, qualityRuleBody, qualityRuleDocument, qualityRuleResponse, qualityRulesResponse } from '../schemas/quality.ts';
import { deletedSchema } from '../schemas/savedSegments.ts';

const READERS = { admin: true, data_scientist: true, marketer: true, service: false } as const;
const EDITORS = { admin: true, data_scientist: true, marketer: false, service: false } as const;

export const QUALITY_ROUTES: readonly Route[] = [
  route({
    id: 'readQuality', method: 'get', path: '/v1/quality', group: 'quality', params: nothing, query: qualityQuery, response: qualityResponse, access: READERS,
    summary: { zh: '数据质量：最新结果和预警', en: 'Newest results and alerts of data quality' },
    handle: readQuality,
  }),
  route({
    id: 'checkQuality', method: 'post', path: '/v1/quality/check', group: 'quality', params: nothing, query: nothing, body: qualityCheckBody, response: qualityCheckResponse, cost: 20, access: EDITORS,
    summary: { zh: '立即检查数据', en: 'Check the data now' },
    description: { zh: '结果按日保存，预警随之产生或解除；夜间运行前也会检查。', en: 'Results are kept by day, alerts open and close. The night does it as well, before anything else.' },
    handle: checkQualityNow,
  }),
  route({
    id: 'listQualityRules', method: 'get', path: '/v1/quality/rules', group: 'quality', params: nothing, query: nothing, response: qualityRulesResponse, access: READERS,
    summary: { zh: '数据质量规则', en: 'Rules of data quality' },
    handle: listQualityRules,
  }),
  route({
    id: 'readQualityRule', method: 'get', path: '/v1/quality/rules/{key}', group: 'quality', params: qualityParams, query: nothing, response: qualityRuleResponse, access: READERS,
    summary: { zh: '一条规则和它的历史', en: 'One rule with its results by day' },
    handle: readQualityRule,
  }),
  route({
    id: 'saveQualityRule', method: 'put', path: '/v1/quality/rules/{key}', group: 'quality', params: qualityParams, query: nothing, body: qualityRuleBody, bodyDocument: qualityRuleDocument, response: qualityRuleResponse, access: EDITORS,
    summary: { zh: '新建或修改规则', en: 'Make or change a rule' },
    handle: putQualityRule,
  }),
  route({
    id: 'deleteQualityRule', method: 'delete', path: '/v1/quality/rules/{key}', group: 'quality', params: qualityParams, query: nothing, response: deletedSchema, access: EDITORS,
    summary: { zh: '删除规则', en: 'Delete a rule' },
    description: { zh: '产品自带的规则不再检查，再次保存即恢复。', en: 'One of the product is not evaluated any more; saving it brings it back.' },
    handle: removeQualityRule,
  }),
];
