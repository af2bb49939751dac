/** Routes of the lifecycle. */
import { readAccuracy, readChanges, readFlows, readRules } from '../handlers/lifecycle.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { nothing } from '../schemas/common.ts';
import { accuracyQuery, accuracySchema, changesQuery, changesSchema, flowsQuery, flowsSchema, rulesSchema } from '../schemas/lifecycle.ts';

export const LIFECYCLE_ROUTES: readonly Route[] = [
  route({
    id: 'readLifecycleRules', method: 'get', path: '/v1/lifecycle/rules', group: 'lifecycle', params: nothing, query: nothing, response: rulesSchema,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '生命周期规则及其版本', en: 'The rules of the stages, and their versions' },
    handle: readRules,
  }),
  route({
    id: 'listStageChanges', method: 'get', path: '/v1/lifecycle/changes', group: 'lifecycle', params: nothing, query: changesQuery, response: changesSchema, cost: 5,
    access: { admin: true, data_scientist: false, marketer: true, service: true },
    summary: { zh: '阶段变化事件', en: 'Changes of stage, as a feed' },
    description: {
      zh: '按发布顺序，旧的在前；把 next 作为下次的 cursor，便不会遗漏也不会重复。拒绝个性化的客户只告知其离开。读到客户的每页记入审计日志。',
      en: 'In the order of publication, oldest first: send `next` as the next `cursor`, and no change is missed or told twice. Of customers who refused scoring only their leaving is told. Every page with customers is written to the audit log.',
    },
    handle: readChanges,
  }),
  route({
    id: 'readStageFlows', method: 'get', path: '/v1/lifecycle/flows', group: 'lifecycle', params: nothing, query: flowsQuery, response: flowsSchema, cost: 10,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '各周阶段之间的流动', en: 'Flows between stages by week' },
    description: { zh: '可直接用 d3-sankey 绘制桑基图。一周按周末的阶段计，ISO 周，业务时区。', en: 'As d3-sankey draws it. A week counts by the stage at its end; ISO weeks in the business time zone.' },
    handle: readFlows,
  }),
  route({
    id: 'readStageAccuracy', method: 'get', path: '/v1/lifecycle/accuracy', group: 'lifecycle', params: nothing, query: accuracyQuery, response: accuracySchema, cost: 10,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '预测下一阶段的命中率', en: 'How often the predicted next stage came true' },
    description: { zh: '与两条简单规则并列。', en: 'Beside two simple rules.' },
    handle: readAccuracy,
  }),
];
