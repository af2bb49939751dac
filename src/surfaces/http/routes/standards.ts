/** Routes of the standards of values. They tell what attributes say, so only roles that may see attributes get them. */
import { applyStandardsNow, listStandards, putStandards, readApplication, readStandards, readSuggestions, removeStandards } from '../handlers/standards.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { applicationResponse, appliedResponse, applyBody, standardsBody, standardsFieldResponse, standardsParams, standardsResponse, suggestionsResponse } from '../schemas/standards.ts';

const ACCESS = { admin: true, data_scientist: false, marketer: true, service: false } as const;

/** The fixed address first: `apply` is the name of no field. */
export const STANDARD_ROUTES: readonly Route[] = [
  route({
    id: 'listStandards', method: 'get', path: '/v1/standards', group: 'quality', params: nothing, query: nothing, response: standardsResponse, access: ACCESS,
    summary: { zh: '标准值和别名', en: 'Standards of values with their aliases, by field' },
    handle: listStandards,
  }),
  route({
    id: 'readStandardsApplication', method: 'get', path: '/v1/standards/apply', group: 'quality', params: nothing, query: nothing, response: applicationResponse, access: ACCESS,
    summary: { zh: '各字段标准值的应用进度', en: 'How far the standards of each field are applied' },
    handle: readApplication,
  }),
  route({
    id: 'applyStandards', method: 'post', path: '/v1/standards/apply', group: 'quality', params: nothing, query: nothing, body: applyBody, response: appliedResponse, cost: 20, access: ACCESS,
    summary: { zh: '应用标准值', en: 'Apply the standards to what is stored' },
    description: {
      zh: '完成后才返回；进度见 GET。断开连接会停止，下次调用从停下的地方继续。保存时会应用，夜间也会应用。', en: 'Answers when it is done; GET tells how far it is. Hanging up stops it, and the next call goes on where it stopped. Saving applies as well, and so does the night.',
    },
    handle: applyStandardsNow,
  }),
  route({
    id: 'readStandards', method: 'get', path: '/v1/standards/{field}', group: 'quality', params: standardsParams, query: nothing, response: standardsFieldResponse, access: ACCESS,
    summary: { zh: '一个字段的标准值和修改历史', en: 'The standards of a field, and who changed them' },
    handle: readStandards,
  }),
  route({
    id: 'readSuggestions', method: 'get', path: '/v1/standards/{field}/suggestions', group: 'quality', params: standardsParams, query: nothing, response: suggestionsResponse, cost: 10, access: ACCESS,
    summary: { zh: '看起来相同的值', en: 'Values that look like one and the same' },
    handle: readSuggestions,
  }),
  route({
    id: 'saveStandards', method: 'put', path: '/v1/standards/{field}', group: 'quality', params: standardsParams, query: nothing, body: standardsBody, response: appliedResponse, cost: 20, access: ACCESS,
    summary: { zh: '修改一个字段的标准值并应用', en: 'Change the standards of a field, and apply them' },
    description: { zh: '请求体是该字段的全部标准值。原值保留，删除别名即恢复。', en: 'The body is the whole vocabulary of the field. What sources wrote is kept: without its alias a value is as it was.' },
    handle: putStandards,
  }),
  route({
    id: 'deleteStandards', method: 'delete', path: '/v1/standards/{field}', group: 'quality', params: standardsParams, query: nothing, response: appliedResponse, cost: 20, access: ACCESS,
    summary: { zh: '删除一个字段的标准值', en: 'Take the standards of a field away' },
    handle: removeStandards,
  }),
];
