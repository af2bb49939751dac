/** Routes of the standards of values. They tell what attributes say, so only roles that may see attributes get them. */
import { listStandards, putStandards, readStandards, readSuggestions, removeStandards } from '../handlers/standards.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { appliedResponse, standardsBody, standardsFieldResponse, standardsParams, standardsResponse, suggestionsResponse } from '../schemas/standards.ts';

const ACCESS = { admin: true, data_scientist: false, marketer: true, service: false } as const;

export const STANDARD_ROUTES: readonly Route[] = [
  route({
    id: 'listStandards', method: 'get', path: '/v1/standards', group: 'quality', params: nothing, query: nothing, response: standardsResponse, access: ACCESS,
    summary: { zh: '标准值和别名', en: 'Standards of values with their aliases, by field' },
    handle: listStandards,
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
