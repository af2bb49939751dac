/** Events on their way in over HTTP: the store's own schema, with the time also as ISO 8601. */
import { z } from 'zod';
import { ERROR_TABLE } from '../../../base/errors.ts';
import type { ErrorCode } from '../../../base/errors.ts';
import { newEventSchema } from '../../../store/events.ts';
import { about, jsonValue } from './common.ts';

export const MAX_EVENTS = 1_000;

const { shape } = newEventSchema;

export const eventSchema = newEventSchema.extend({
  customer: about(shape.customer, '店铺自己的客户编号；没有的客户会新建', "The shop's own customer id; a customer who is not there is created"),
  occurredAt: about(z.union([shape.occurredAt, z.iso.datetime({ offset: true })]), '发生时间：ISO 8601（带时区）或毫秒', 'When it happened: ISO 8601 with offset, or epoch milliseconds'),
  kind: about(shape.kind, '种类，例如 order、refund、view、cart', 'E.g. order, refund, view, cart'),
  amount: about(shape.amount, '金额，十进制文本；订单 ≥ 0，退款 ≤ 0', 'Decimal as text; orders ≥ 0, refunds ≤ 0'),
  orderRef: about(shape.orderRef, '订单号；同一订单的各行相同', 'Order number, shared by the lines of one order'),
  properties: z.record(z.string().max(64), jsonValue).optional(),
  eventId: about(shape.eventId, '来源系统的事件编号；重发时靠它识别', 'The source\'s own id: the same id again adds nothing'),
});

const source = about(z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/).default('api'), '来源名称；事件编号在同一来源内唯一', 'Name of the origin; event ids are unique within it');

/** Events are checked one by one, so that a bad one does not take its batch along. */
export const eventsBody = z.strictObject({ source, events: z.array(z.unknown()).min(1).max(MAX_EVENTS) });
export const eventsDocument = eventsBody.extend({ events: z.array(eventSchema).min(1).max(MAX_EVENTS) });

const codes = Object.keys(ERROR_TABLE) as [ErrorCode, ...ErrorCode[]];

export const eventsResponse = z.strictObject({
  added: z.int(),
  duplicates: about(z.int(), '已有的事件', 'Events that were there already'),
  rejected: z.int(),
  newCustomers: z.int(),
  results: about(
    z.array(z.strictObject({
      index: z.int(),
      status: z.enum(['added', 'duplicate', 'rejected']),
      error: z.strictObject({ code: z.enum(codes), message: z.string() }).optional(),
    })),
    '逐条结果，与请求顺序一致',
    'One result per event, in the order of the request',
  ),
});
