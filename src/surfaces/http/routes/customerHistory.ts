/** Routes of what happened to one customer. */
import { readHistory, readTimeline } from '../handlers/customerHistory.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { customerParams } from '../schemas/common.ts';
import { historyQuery, historyResponse, timelineQuery, timelineResponse } from '../schemas/customerHistory.ts';

export const CUSTOMER_HISTORY_ROUTES: readonly Route[] = [
  route({
    id: 'readTimeline', method: 'get', path: '/v1/customers/{id}/events', group: 'customers', params: customerParams, query: timelineQuery, response: timelineResponse, cost: 2,
    access: { admin: true, data_scientist: false, marketer: true, service: false },
    summary: { zh: '客户的事件和订单', en: 'Events and orders of a customer' },
    description: { zh: '新的在前，按页返回：把 next 作为下一次的 cursor。', en: 'Newest first, in pages: send `next` as the `cursor` of the following one.' },
    handle: readTimeline,
  }),
  route({
    id: 'readHistory', method: 'get', path: '/v1/customers/{id}/history', group: 'customers', params: customerParams, query: historyQuery, response: historyResponse, cost: 2,
    access: { admin: true, data_scientist: true, marketer: true, service: false },
    summary: { zh: '客户的阶段历史和标签变化', en: 'Stages of a customer, and every change of a tag' },
    description: { zh: '数值标签不逐日保留，见 docs/adr/run-protocol.md。', en: 'Numbers keep no history of every night (docs/adr/run-protocol.md).' },
    handle: readHistory,
  }),
];
