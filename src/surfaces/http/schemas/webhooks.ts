/** Webhooks: endpoints and what was sent to them. A secret is in the answer that made it and in no other. */
import { z } from 'zod';
import { about, instantSchema, integerText, writtenText } from './common.ts';
import { keySchema } from './savedSegments.ts';

const idSchema = about(z.string().regex(/^wh_[0-9a-f]{16}$/, 'must be the id of a webhook'), '推送编号', 'Id of the webhook');
export const webhookParams = z.strictObject({ webhook: idSchema });

const url = about(writtenText(2_000), '接收地址：https，公网可达；其他主机须在 TAGCAST_WEBHOOK_HOSTS 中列出', 'Where to: https and public; other hosts must be named in TAGCAST_WEBHOOK_HOSTS');
const events = about(z.array(writtenText(64)).min(1).max(20), '事件', 'Events: segment.entered, segment.left, stage.changed (of everybody)');
const segment = about(keySchema.nullable(), '只推送该人群；为空时推送全部人群', 'Of this segment only; null: of every segment');
const status = about(z.enum(['enabled', 'paused']), '暂停时消息保留，不发送', 'While paused, messages wait');
const description = about(z.string().max(500), '说明', 'What it is for');

const fields = { url, events, segment: segment.default(null), description: description.default(''), status: status.default('enabled') };
export const webhookBody = z.strictObject(fields);

export const webhookSchema = z.strictObject({ id: idSchema, url: z.string(), events: z.array(z.string()), segment, description: z.string(), status, createdBy: z.string(), createdAt: instantSchema, updatedAt: instantSchema });
export const webhookListSchema = z.strictObject({ webhooks: z.array(webhookSchema) });

export const webhookEditedSchema = z.strictObject({ webhook: webhookSchema });

const secret = about(z.string(), '签名密钥，只在此处显示一次', 'Secret of the signatures, shown this once');
export const webhookMadeSchema = z.strictObject({ webhook: webhookSchema, secret });
export const rotateBody = z.strictObject({ overlapHours: about(z.number().min(0).max(720).default(24), '旧密钥继续有效的小时数', 'Hours for which the secret before signs as well') });
export const rotatedSchema = z.strictObject({ secret, previousUntil: instantSchema });

export const testedSchema = z.strictObject({
  ok: z.boolean(),
  status: about(z.int().nullable(), '对方返回的 HTTP 状态', 'HTTP status of the answer; null where there was none'),
  error: about(z.string().nullable(), '未得到回答的原因', 'Why there was no answer'),
});

const state = about(z.enum(['pending', 'delivered', 'skipped', 'dead']), 'pending 等待，delivered 已送达，skipped 已无可推送的客户，dead 多次失败后放弃', '`skipped`: nobody was left to tell of; `dead`: given up after the last attempt');
export const deliveriesQuery = z.strictObject({
  state: state.optional(), limit: about(integerText(1, 200).optional(), '行数，默认 50', 'Rows, default 50'), before: about(z.string().regex(/^\d{1,15}$/).optional(), '上一页的 next', '`next` of the page before'),
});
export const deliveriesSchema = z.strictObject({
  messages: z.array(z.strictObject({
    id: about(z.string(), '消息编号（webhook-id），重试时不变', 'The webhook-id: the same for every attempt'), event: z.string(), state, attempts: z.int(), createdAt: instantSchema, nextAttemptAt: instantSchema.nullable(), finishedAt: instantSchema.nullable(),
    lastStatus: z.int().nullable(), lastError: z.string().nullable(),
  })),
  next: z.string().nullable(),
});
export const resendBody = z.strictObject({ message: about(z.string().regex(/^msg_[0-9a-f]{32}$/).optional(), '消息编号；不给时重发全部 dead 的消息', 'One message; absent: every dead one') });
export const resentSchema = z.strictObject({ messages: about(z.int(), '重新排队的消息数', 'Messages that wait again') });
export const webhookDeletedSchema = z.strictObject({ deleted: z.string() });
