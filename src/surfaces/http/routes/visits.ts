/** The visit that is under way. */
import { askVisit } from '../handlers/visits.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { customerParams, customerQuery } from '../schemas/common.ts';
import { visitBody, visitSchema } from '../schemas/visits.ts';

export const VISIT_ROUTES: readonly Route[] = [
  route({
    id: 'askVisit', method: 'post', path: '/v1/customers/{id}/visit', group: 'customers', params: customerParams, query: customerQuery, body: visitBody, response: visitSchema,
    access: { admin: true, data_scientist: true, marketer: true, service: true },
    summary: { zh: '正在进行的访问：本次购买概率', en: 'The visit under way: purchase probability of this visit' },
    description: {
      zh: '读取库里最近的事件，并与请求里带上的本次访问事件合并，重复的只算一次；什么也不保存。没有正在进行的访问、或本次已下单时状态为 not_eligible。库里还没有的访客，只要带上事件也能回答。',
      en: 'Reads the newest events of the store together with the events of the visit that come with the question, each once; nothing is kept. Without a visit under way, or with an order in it already, the status is `not_eligible`. A visitor whom the store does not know yet is answered about when events come along.',
    },
    handle: askVisit,
  }),
];
