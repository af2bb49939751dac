/** One customer: profile and an immediate score. */
import { z } from 'zod';
import { PURPOSES } from '../../../store/repositories/consents.ts';
import { about, bilingualSchema, customerIdSchema, dateSchema, instantSchema, jsonValue } from './common.ts';
import { tagViewSchema } from './tags.ts';

export const profileSchema = z.strictObject({
  customer: about(z.string(), '店铺自己的客户编号', "The shop's own customer id"),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  attributes: about(z.record(z.string(), jsonValue).nullable(), '属性；数据科学角色看不到值', 'Attributes; null for roles that may not see their values'),
  attributeNames: z.array(z.string()),
  identities: about(
    z.array(z.strictObject({ namespace: z.string(), value: z.string().nullable() })),
    '身份；无权查看时值为空',
    'Identities; the value is null for roles that may not see it',
  ),
  consents: z.array(z.strictObject({ purpose: z.enum(PURPOSES), state: z.enum(['granted', 'refused']), recordedAt: instantSchema })),
  asOf: about(dateSchema, '判断标签是否过期所用的营业日', 'Business day that the age of tags was judged on'),
  tags: z.array(tagViewSchema),
  segments: about(
    z.array(z.strictObject({ key: z.string(), label: bilingualSchema })).nullable(),
    '客户所在的已保存人群（按最近一次生成）；无权查看属性值时为空', 'Saved segments that the customer is in, as they were built last; null for roles that may not see attribute values, which a segment may tell',
  ),
  ruleHistory: about(
    z.array(z.strictObject({
      key: z.string(),
      label: bilingualSchema,
      changedOn: dateSchema,
      change: z.enum(['entered', 'left']),
      version: about(z.int().nullable(), '判定所用的定义版本', 'Version of the definition that decided'),
      cause: about(z.enum(['nightly', 'events', 'manual']), '夜间计算、事件到达或手动计算', 'The night, the arrival of events, or somebody who asked for it'),
    })),
    '规则标签的变化，新的在前，最多 50 条', 'Rule tags that came and went, newest first, at most 50',
  ),
});

export const scoredSchema = z.strictObject({
  customer: z.string(),
  asOf: about(dateSchema, '打分的截止日', 'Business day whose first instant was the cut-off'),
  tags: about(z.array(tagViewSchema), '即时结果，不会发布', 'The result; nothing is published by it'),
});

export const mergeBody = z.strictObject({ into: about(customerIdSchema, '保留的客户', 'The customer who stays') });
export const mergedSchema = z.strictObject({
  customer: z.string(), events: z.int(), identities: z.int(), attributes: about(z.int(), '补充的属性数', 'Attributes that the one who stays did not have'),
  refused: about(z.array(z.string()), '合并后新增的拒绝', 'What the one who stays refuses now and did not before'),
});
