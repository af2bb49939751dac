/** Routes of experiments. */
import { deleteExperimentNow, evaluateNow, listRecordedExperiments, readExperiment, recordExperiment, takeAssignments } from '../handlers/experiments.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { assignedSchema, assignmentsBody, evaluateBody, evaluatedSchema, experimentBody, experimentDocument, experimentListSchema, experimentParams, experimentSchema } from '../schemas/experiments.ts';
import { deletedSchema } from '../schemas/savedSegments.ts';

const everybody = { admin: true, data_scientist: true, marketer: true, service: false } as const;
const marketing = { admin: true, data_scientist: false, marketer: true, service: false } as const;

export const EXPERIMENT_ROUTES: readonly Route[] = [
  route({
    id: 'listExperiments', method: 'get', path: '/v1/experiments', group: 'experiments', params: nothing, query: nothing, response: experimentListSchema, cost: 5, access: everybody,
    summary: { zh: '实验列表', en: 'The experiments' },
    handle: listRecordedExperiments,
  }),
  route({
    id: 'readExperiment', method: 'get', path: '/v1/experiments/{key}', group: 'experiments', params: experimentParams, query: nothing, response: experimentSchema, cost: 2, access: everybody,
    summary: { zh: '一个实验及其评估报告', en: 'An experiment with the report of its newest evaluation' },
    handle: readExperiment,
  }),
  route({
    id: 'recordExperiment', method: 'put', path: '/v1/experiments/{key}', group: 'experiments', params: experimentParams, query: nothing, body: experimentBody, bodyDocument: experimentDocument, response: experimentSchema, cost: 5, access: marketing,
    summary: { zh: '记录实验', en: 'Record an experiment' },
    description: { zh: '实验一经记录不可修改；代码已存在时返回 409。', en: 'An experiment is never edited: 409 where the key is taken.' },
    handle: recordExperiment,
  }),
  route({
    id: 'deleteExperiment', method: 'delete', path: '/v1/experiments/{key}', group: 'experiments', params: experimentParams, query: nothing, response: deletedSchema, access: marketing,
    summary: { zh: '删除实验', en: 'Delete an experiment' },
    description: { zh: '连同分组；标签在下次评分时消失。', en: 'With its assignments; its tags go with the next scoring.' },
    handle: deleteExperimentNow,
  }),
  route({
    id: 'takeAssignments', method: 'post', path: '/v1/experiments/{key}/assignments', group: 'experiments', params: experimentParams, query: nothing, body: assignmentsBody, response: assignedSchema, cost: 10, access: marketing,
    summary: { zh: '记录分组', en: 'Record who was treated and who was held out' },
    description: { zh: '要么全部接受，要么全部拒绝：同一客户在两组、比例与声明不符、时间不在实验期内都会被拒绝。', en: 'All or nothing: customers in both arms, shares that are not what was declared, and times outside of the experiment are refused.' },
    handle: takeAssignments,
  }),
  route({
    id: 'evaluateExperiment', method: 'post', path: '/v1/experiments/{key}/evaluate', group: 'experiments', params: experimentParams, query: nothing, body: evaluateBody, response: evaluatedSchema, cost: 50,
    access: { admin: true, data_scientist: true, marketer: false, service: false },
    summary: { zh: '评估实验', en: 'Evaluate an experiment' },
    description: { zh: '完成后才返回；断开连接会停止。标签在下次评分时更新。', en: 'Answers when it is done; hanging up stops it. Tags follow with the next scoring.' },
    handle: evaluateNow,
  }),
];
