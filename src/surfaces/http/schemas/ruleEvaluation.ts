/** Rule tags tried and evaluated on demand. */
import { z } from 'zod';
import { tagSchema } from '../../../tags/tag.ts';
import { about, bilingualSchema, dateSchema } from './common.ts';
import { documentedCondition, parsedCondition } from './segments.ts';

const asOf = about(dateSchema.optional(), '营业日；默认当前营业日', 'Business day that windows end at; default: the present one');
export const tagPreviewBody = z.strictObject({ condition: parsedCondition, asOf });
export const tagPreviewDocument = z.strictObject({ condition: documentedCondition, asOf });

export const tagPreviewResponse = z.strictObject({
  asOf: dateSchema,
  text: about(z.string(), '条件的文本形式', 'The condition as people type it'),
  words: about(bilingualSchema, '条件的文字说明', 'The condition in words'),
  matching: about(z.int(), '会带有此标签的客户', 'Customers who would carry the tag'),
  customers: about(z.int(), '全部客户', 'All customers'),
  estimate: about(z.strictObject({ sampled: z.int(), low: z.int(), high: z.int() }).nullable(), '抽样估计的区间；精确计数时为空', 'Interval of an estimate from a sample; null where everybody was counted'),
  examples: about(z.array(z.string()).nullable(), '最多十位客户（不含拒绝者）；数据科学角色为空', 'Up to ten of them, without those who refused; null for data scientists'),
  elapsedMs: z.int(),
});

export const evaluationBody = z.strictObject({
  tags: about(z.array(tagSchema.shape.key).min(1).max(500).optional(), '只计算这些规则标签；默认为全部启用的', 'Only these rule tags; default: every enabled one'),
  newEvents: about(z.literal(true).optional(), '只计算上次之后有新事件的客户和相关规则', 'Only customers with events since the last time, and only rules that look at such events'),
}).refine(({ tags, newEvents }) => tags === undefined || newEvents === undefined, 'takes either tags or newEvents').optional();
export const evaluationResponse = z.strictObject({
  asOf: dateSchema, rules: about(z.int(), '计算的规则数', 'Rules that were evaluated'), customers: about(z.int(), '计算的客户数', 'Customers that were looked at'), changed: z.int(), entered: about(z.int(), '新增的标签数', 'Tags that came'), left: about(z.int(), '移除的标签数', 'Tags that went'),
});

export const tagEvaluationResponse = z.strictObject({
  asOf: dateSchema,
  customers: about(z.int(), '计算的客户数', 'Customers that were looked at'),
  changed: about(z.int(), '有变化的客户数', 'Customers with a change'),
  entered: about(z.int(), '新带有此标签的客户', 'Customers who carry it now and did not before'),
  left: about(z.int(), '不再带有此标签的客户', 'Customers who carried it and do not any more'),
});
