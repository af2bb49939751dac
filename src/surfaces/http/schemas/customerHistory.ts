/** What happened to one customer: events, stages, changes of tags. */
import { z } from 'zod';
import { tagSchema } from '../../../tags/tag.ts';
import { about, bilingualSchema, customerQuery, dateSchema, instantSchema, integerText, jsonValue } from './common.ts';

const decimal = about(z.string().nullable(), '十进制文本，保留精度', 'Decimal text, so that money stays exact');
const text = z.string().nullable();

export const timelineQuery = customerQuery.extend({
  limit: about(integerText(1, 200).optional(), '每页事件数，默认 50', 'Events of a page, default 50'),
  cursor: about(z.string().regex(/^\d{1,16}\.\d{1,16}$/, 'must be a cursor that a page gave as `next`').optional(), '上一页的 next', '`next` of the page before'),
});
export const timelineResponse = z.strictObject({
  customer: z.string(),
  events: about(z.array(z.strictObject({
    occurredAt: instantSchema, kind: z.string(), amount: decimal, quantity: decimal, discount: decimal, product: text, category: text, channel: text, campaign: text, session: text, orderRef: text, properties: z.record(z.string(), jsonValue).nullable(),
  })), '新的在前', 'Newest first'),
  next: about(z.string().nullable(), '下一页的 cursor；最后一页为空', '`cursor` of the next page; null on the last one'),
});

const side = { status: about(z.string().nullable(), '之前没有此标签为空', 'Null where there was no such tag'), band: text, value: about(tagSchema.shape.value, '值', 'Value') } as const;
export const historyQuery = customerQuery.extend({
  tag: about(tagSchema.shape.key.optional(), '只看这个标签的变化', 'Only changes of this tag'),
  limit: about(integerText(1, 500).optional(), '最多几条变化，默认 100', 'Most changes to answer, default 100'),
});
export const historyResponse = z.strictObject({
  customer: z.string(),
  stages: about(z.array(z.strictObject({
    enteredOn: dateSchema, stage: about(text, '拒绝个性化之后没有阶段', 'Null from the day of a refusal on'), label: bilingualSchema.nullable(), previous: text, rulesVersion: z.int().nullable(),
  })), '生命周期阶段，新的在前', 'Stages of the lifecycle, newest first'),
  changes: about(z.array(z.strictObject({ tag: z.string(), changedOn: dateSchema, before: z.strictObject(side), after: z.strictObject(side), sourceVersion: about(z.int(), '模型或规则的版本', 'Version of the model or rule') })), '标签的变化，新的在前', 'Changes of tags, newest first; rule tags are in the profile'),
});
