/** Routes of the tag catalogue and of rule tags. */
import { deleteTag, listTagVersions, readTag, saveTag, setTagStatus } from '../handlers/ruleTags.ts';
import { readCatalogue, readDistribution } from '../handlers/tags.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { tagBody, tagDetailSchema, tagDocument, tagStatusBody, tagVersionsSchema } from '../schemas/ruleTags.ts';
import { deletedSchema } from '../schemas/savedSegments.ts';
import { catalogueQuery, catalogueSchema, distributionSchema, tagParams } from '../schemas/tags.ts';

export const TAG_ROUTES: readonly Route[] = [
  route({
    id: 'listTags', method: 'get', path: '/v1/tags', group: 'tags', params: nothing, query: catalogueQuery, response: catalogueSchema, cost: 2,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '标签目录', en: 'The tag catalogue' },
    handle: readCatalogue,
  }),
  route({
    id: 'readDistribution', method: 'get', path: '/v1/tags/{key}/distribution', group: 'tags', params: tagParams, query: nothing, response: distributionSchema, cost: 5,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '标签分布', en: 'How a tag is spread over the customers' },
    handle: readDistribution,
  }),
  route({
    id: 'readTag', method: 'get', path: '/v1/tags/{key}', group: 'tags', params: tagParams, query: nothing, response: tagDetailSchema,
    access: { admin: true, data_scientist: true, marketer: true, service: true },
    summary: { zh: '一个标签的定义', en: 'Definition of a tag' },
    description: { zh: '规则标签带有条件（JSON、文本、文字）、负责人和状态。', en: 'Of a rule tag with its condition as JSON, as text and in words, its owner and status.' },
    handle: readTag,
  }),
  route({
    id: 'listTagVersions', method: 'get', path: '/v1/tags/{key}/versions', group: 'tags', params: tagParams, query: nothing, response: tagVersionsSchema,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '规则标签的修改历史', en: 'Every version of a rule tag, with who changed it' },
    description: { zh: '已删除的标签也可查询。', en: 'Also of one that was deleted.' },
    handle: listTagVersions,
  }),
  route({
    id: 'saveTag', method: 'put', path: '/v1/tags/{key}', group: 'tags', params: tagParams, query: nothing, body: tagBody, bodyDocument: tagDocument, response: tagDetailSchema, cost: 5,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '新建或修改规则标签', en: 'Create or change a rule tag' },
    description: {
      zh: '请求体是完整的定义，未给出的字段取默认值。新标签是草稿，启用后每夜计算；修改不改变状态。先用 POST /v1/tag-preview 试算。',
      en: 'The body is the whole definition: what is left out takes its default. A new tag is a draft until it is enabled; an edit leaves the status. Try the condition with POST /v1/tag-preview.',
    },
    handle: saveTag,
  }),
  route({
    id: 'setTagStatus', method: 'put', path: '/v1/tags/{key}/status', group: 'tags', params: tagParams, query: nothing, body: tagStatusBody, response: tagDetailSchema,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '启用、暂停规则标签或改为草稿', en: 'Enable or pause a rule tag, or make it a draft' },
    description: { zh: '客户已有的标签保留到过期。', en: 'What customers carry stays until its time to live is over.' },
    handle: setTagStatus,
  }),
  route({
    id: 'deleteTag', method: 'delete', path: '/v1/tags/{key}', group: 'tags', params: tagParams, query: nothing, response: deletedSchema,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '删除规则标签', en: 'Delete a rule tag' },
    description: { zh: '仍被标签或人群使用时返回 409 和使用者。历史保留。', en: 'Answers 409 with the users while a tag or segment looks at it. Its history stays.' },
    handle: deleteTag,
  }),
];
