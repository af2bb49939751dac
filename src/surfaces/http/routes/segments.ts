/** Routes of segments: conditions that are counted and listed, and saved segments. */
import { countCustomersOf, listCustomersOf } from '../handlers/segments.ts';
import { buildSavedSegment, deleteSavedSegment, listSavedSegments, readSavedSegment, saveSavedSegment } from '../handlers/savedSegments.ts';
import { listChanges, listMembers, readPortrait } from '../handlers/segmentMembers.ts';
import { exportCustomers } from '../handlers/segmentExport.ts';
import { changeListSegment, findLookalikes, listSimilar, readOverlap } from '../handlers/segmentSets.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import {
  builtSchema, changesQuery, changesSchema, deletedSchema, membersQuery, membersSchema, portraitBody, portraitDocument, portraitSchema, segmentBody, segmentDocument, segmentListSchema, segmentParams, segmentSchema,
} from '../schemas/savedSegments.ts';
import { exportBody, exportDocument, fileSchema } from '../schemas/segmentExport.ts';
import { listChangeBody, listChangedSchema, lookalikeBody, lookalikeSchema, overlapBody, overlapSchema, similarQuery, similarSchema } from '../schemas/segmentSets.ts';
import { countBody, countDocument, countResponse, listBody, listDocument, listResponse } from '../schemas/segments.ts';

/** Those of fixed addresses first: no segment can be saved under their words (src/segments/edit.ts). */
export const SEGMENT_ROUTES: readonly Route[] = [
  route({
    id: 'countSegment', method: 'post', path: '/v1/segments/count', group: 'segments', params: nothing, query: nothing, body: countBody, bodyDocument: countDocument, response: countResponse, cost: 10,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '人群计数', en: 'Count the customers of a condition' },
    description: { zh: '条件是 JSON（见 Condition）或文本。', en: 'The condition is JSON (see `Condition` below) or text.' },
    handle: countCustomersOf,
  }),
  route({
    id: 'listSegment', method: 'post', path: '/v1/segments/list', group: 'segments', params: nothing, query: nothing, body: listBody, bodyDocument: listDocument, response: listResponse, cost: 10,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '人群列表', en: 'List the customers of a condition' },
    description: { zh: '按页返回：把 next 作为下一次的 cursor。拒绝个性化或营销的客户不会列出。每页记入审计日志。', en: 'In pages: send `next` as the `cursor` of the following one. Customers who refused scoring or marketing are never listed. Every page is written to the audit log.' },
    handle: listCustomersOf,
  }),
  route({
    id: 'readPortrait', method: 'post', path: '/v1/segments/portrait', group: 'segments', params: nothing, query: nothing, body: portraitBody, bodyDocument: portraitDocument, response: portraitSchema, cost: 20,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '人群画像', en: 'What a segment is like, beside everybody' },
    description: { zh: '已保存的人群按最近一次生成的成员，条件按当前数据。条件本身提到的标签不列出。', en: 'Of a saved segment as it was built last, or of a condition as of today. Tags that the condition names are left out.' },
    handle: readPortrait,
  }),
  route({
    id: 'exportSegment', method: 'post', path: '/v1/segments/export', group: 'segments', params: nothing, query: nothing, body: exportBody, bodyDocument: exportDocument, response: fileSchema, produces: 'file', cost: 50,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '导出人群', en: 'Export a segment as a file' },
    description: {
      zh: '已保存的人群按最近一次生成的成员，条件按当前数据；边读边发送。拒绝个性化或营销的客户不在其中。数据科学角色不能导出属性和身份。中途出错时连接会断开。每次导出记入审计日志（列、行数、sha256）。',
      en: 'The members of a saved segment as it was built last, or the customers of a condition as of today, sent as they are read. Customers who refused scoring or marketing are not in it. A data scientist may not export attributes and identities. A failure in the middle breaks the connection off. Every export is in the audit log with its columns, rows and sha256.',
    },
    handle: exportCustomers,
  }),
  route({
    id: 'readOverlap', method: 'post', path: '/v1/segments/overlap', group: 'segments', params: nothing, query: nothing, body: overlapBody, response: overlapSchema, cost: 20,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '人群重叠', en: 'How segments lie over each other' },
    description: { zh: '2 到 8 个已生成的人群：每种组合的人数，每两个人群的共有人数和 Jaccard。', en: 'Of two to eight built segments: customers of every combination, and of every pair the customers in both, Jaccard and containment.' },
    handle: readOverlap,
  }),
  route({
    id: 'listSegments', method: 'get', path: '/v1/segments', group: 'segments', params: nothing, query: nothing, response: segmentListSchema, cost: 2,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '已保存的人群', en: 'The saved segments' },
    handle: listSavedSegments,
  }),
  route({
    id: 'readSegment', method: 'get', path: '/v1/segments/{key}', group: 'segments', params: segmentParams, query: nothing, response: segmentSchema, cost: 2,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '一个人群的定义和生成记录', en: 'Definition and builds of a segment' },
    handle: readSavedSegment,
  }),
  route({
    id: 'saveSegment', method: 'put', path: '/v1/segments/{key}', group: 'segments', params: segmentParams, query: nothing, body: segmentBody, bodyDocument: segmentDocument, response: segmentSchema, cost: 5,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '新建或修改人群', en: 'Create or change a segment' },
    description: { zh: '请求体是完整的定义，未给出的字段取默认值。成员在下次生成时更新。', en: 'The body is the whole definition: what is left out takes its default. Members follow with the next build.' },
    handle: saveSavedSegment,
  }),
  route({
    id: 'deleteSegment', method: 'delete', path: '/v1/segments/{key}', group: 'segments', params: segmentParams, query: nothing, response: deletedSchema,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '删除人群', en: 'Delete a segment' },
    description: { zh: '仍被标签或其他人群使用时返回 409 和使用者。', en: 'Answers 409 with the users while a tag or another segment looks at it.' },
    handle: deleteSavedSegment,
  }),
  route({
    id: 'buildSegment', method: 'post', path: '/v1/segments/{key}/build', group: 'segments', params: segmentParams, query: nothing, body: nothing.optional(), response: builtSchema, cost: 20,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '立即生成人群', en: 'Build a segment now' },
    description: {
      zh: '完成后才返回；完成前读到的是上一次的成员。断开连接会停止，下次调用从停下的地方继续。', en: 'Answers when it is done; until then readers see the members before. Hanging up stops it, and the next call goes on where it stopped.',
    },
    handle: buildSavedSegment,
  }),
  route({
    id: 'listMembers', method: 'get', path: '/v1/segments/{key}/members', group: 'segments', params: segmentParams, query: membersQuery, response: membersSchema, cost: 10,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '人群成员', en: 'The members of a segment' },
    description: { zh: '最近一次生成的成员，标明留出的客户。拒绝个性化或营销的客户不会列出。每页记入审计日志。', en: 'Of the last build, with who is held out. Customers who refused scoring or marketing are never listed. Every page is written to the audit log.' },
    handle: listMembers,
  }),
  route({
    id: 'listChanges', method: 'get', path: '/v1/segments/{key}/changes', group: 'segments', params: segmentParams, query: changesQuery, response: changesSchema, cost: 10,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '进入和离开人群的客户', en: 'Who entered or left with the last build' },
    description: {
      zh: '拒绝个性化或营销的客户不列入进入名单；离开名单列出所有离开者，以便其他系统移除。每页记入审计日志。',
      en: 'Customers who refused scoring or marketing are not among those who entered; everybody who left is told, so that other systems can take them out. Every page is written to the audit log.',
    },
    handle: listChanges,
  }),
  route({
    id: 'changeList', method: 'post', path: '/v1/segments/{key}/list', group: 'segments', params: segmentParams, query: nothing, body: listChangeBody, response: listChangedSchema, cost: 20,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '按名单设置成员', en: 'Give the members as a list' },
    description: { zh: '没有该人群时新建。名单人群可以像其他人群一样用于条件。', en: 'Makes the segment where there is none. A list is used in conditions like any other segment.' },
    handle: changeListSegment,
  }),
  route({
    id: 'findLookalikes', method: 'post', path: '/v1/segments/{key}/lookalikes', group: 'segments', params: segmentParams, query: nothing, body: lookalikeBody, response: lookalikeSchema, cost: 100,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '寻找相似人群', en: 'Who is most like the members' },
    description: {
      zh: '学习成员身份的模型，把人群之外最相似的客户保存为名单；完成后才返回。种子太小或按定义即可区分时拒绝。', en: 'Learns who is a member, and saves those outside who are most alike as a list; answers when it is done. Refused where the segment is too small, or is told apart by its own definition.',
    },
    handle: findLookalikes,
  }),
  route({
    id: 'listSimilar', method: 'get', path: '/v1/segments/{key}/similar', group: 'segments', params: segmentParams, query: similarQuery, response: similarSchema, cost: 10,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '相似名单及原因', en: 'Members of a lookalike list, with reasons' },
    description: { zh: '最相似的在前。拒绝个性化或营销的客户不会列出。每次读取记入审计日志。', en: 'Most alike first. Customers who refused scoring or marketing are not listed. Every reading is written to the audit log.' },
    handle: listSimilar,
  }),
];
