/** The visit that is under way. */
import { z } from 'zod';
import { MOST_VISIT_EVENTS, visitEventSchema } from '../../../jobs/scoring/visitEvents.ts';
import { about, instantSchema, jsonValue } from './common.ts';
import { tagViewSchema } from './tags.ts';

const { shape } = visitEventSchema;

const event = visitEventSchema.extend({
  occurredAt: about(shape.occurredAt, '发生时间：ISO 8601（带时区）或毫秒', 'When it happened: ISO 8601 with offset, or epoch milliseconds'),
  kind: about(shape.kind, '种类：visit、view、search、favourite、cart、cart_remove、checkout、inquiry、price_check、order；其他种类不影响结果', 'visit, view, search, favourite, cart, cart_remove, checkout, inquiry, price_check, order; other kinds change nothing'),
  properties: about(z.record(z.string().max(64), jsonValue).optional(), '属性；device 为设备', 'Properties; `device` is the device'),
  eventId: about(shape.eventId, '来源系统的事件编号；与 source 一起识别库里已有的事件', 'The source\'s own id; with `source` it recognises an event that the store has'),
});

export const visitBody = z.strictObject({
  source: about(z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/).default('api'), '来源名称，与 POST /v1/events 相同', 'Name of the origin, as for POST /v1/events'),
  events: about(z.array(event).max(MOST_VISIT_EVENTS).default([]), '本次访问的事件，库里可能还没有', 'Events of the visit that the store may not have yet'),
  at: about(z.union([z.int().min(0), z.iso.datetime({ offset: true })]).optional(), '时刻，默认为现在；不能在将来', 'The moment; default now, never in the future'),
});

export const visitSchema = z.strictObject({
  customer: z.string(),
  at: about(instantSchema, '回答所针对的时刻', 'The moment that the answer is about'),
  silenceMinutes: about(z.int(), '静默多少分钟后访问结束', 'Minutes of silence that end a visit'),
  visit: about(
    z.strictObject({
      startedAt: instantSchema,
      lastEventAt: instantSchema,
      endsAt: about(instantSchema, '此后无动作则访问结束', 'When it is over if nothing more happens'),
      events: about(z.int(), '浏览类动作数', 'Events of browsing'),
      ordered: about(z.boolean(), '本次访问已下单', 'An order has come in it already'),
    }).nullable(),
    '没有正在进行的访问时为空', 'Null without a visit under way, and where nothing was looked up: no model serves, or the customer refused',
  ),
  handed: about(
    z.strictObject({ used: z.int(), known: z.int(), ignored: z.int() }),
    '请求带来的事件：计入本次访问的、库里已有的、其余的', 'Events that came with the question: counted, known to the store, and all others',
  ),
  tag: about(tagViewSchema, '标签；expiresAt 为时刻', 'The tag; its `expiresAt` is an instant'),
});
