/** One customer: profile and an immediate score. */
import { z } from 'zod';
import { PURPOSES } from '../../../store/repositories/consents.ts';
import { about, dateSchema, instantSchema, jsonValue } from './common.ts';
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
});

export const scoredSchema = z.strictObject({
  customer: z.string(),
  asOf: about(dateSchema, '打分的截止日', 'Business day whose first instant was the cut-off'),
  tags: about(z.array(tagViewSchema), '即时结果，不会发布', 'The result; nothing is published by it'),
});
