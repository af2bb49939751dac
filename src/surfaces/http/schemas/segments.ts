/** Counting and listing the customers that a condition selects. */
import { z } from 'zod';
import { conditionSchema } from '../../../conditions/schema.ts';
import { readAnyCondition } from '../../../conditions/text/readAny.ts';
import { MAX_PAGE } from '../../../segments/page.ts';
import { TAG_STATUSES, tagSchema } from '../../../tags/tag.ts';
import { about, bilingualSchema, dateSchema } from './common.ts';

/** The language's own parser: it refuses oversized trees before it descends, and names the place of a mistake. It checks leaves with the documented schemas. */
export const parsedCondition = z.unknown().transform(readAnyCondition);
export const documentedCondition = z.union([conditionSchema, about(z.string(), '条件的文本形式，如 orders last 180 days >= 3', 'The text form of a condition: orders last 180 days >= 3 (docs/conditions.md)')]);

const asOf = about(dateSchema.optional(), '营业日；默认当前营业日', 'Business day that windows end at; default: the present one');

export const cursorSchema = about(z.string().regex(/^c[0-9a-z]{1,11}$/, 'must be a cursor that a page gave as `next`').optional(), '上一页的 next', '`next` of the page before');

const page = {
  asOf,
  tags: about(z.array(tagSchema.shape.key).max(20).default([]), '要显示的标签', 'Tags to show'),
  limit: about(z.int().min(1).max(MAX_PAGE).default(100), '每页行数', 'Rows of a page'),
  cursor: cursorSchema,
};

const preview = about(z.boolean().default(false), '一秒内返回：来不及精确计数时给出抽样估计', 'Answers within about a second: an estimate of a sample where counting everybody takes longer');
export const countBody = z.strictObject({ condition: parsedCondition, asOf, preview });
export const countDocument = z.strictObject({ condition: documentedCondition, asOf, preview });
export const listBody = z.strictObject({ condition: parsedCondition, ...page });
export const listDocument = z.strictObject({ condition: documentedCondition, ...page });

export const countResponse = z.strictObject({
  asOf: dateSchema,
  words: about(bilingualSchema, '条件的文字说明', 'The condition in words'),
  matching: about(z.int(), '符合条件的客户', 'Customers for whom the condition is true'),
  optedOut: about(z.int(), '其中拒绝个性化或营销的客户', 'Those of them who refused scoring or marketing: counted, never listed'),
  listable: about(z.int(), '可列出的客户', 'What a list of the segment holds'),
  customers: about(z.int(), '全部客户', 'All customers'),
  estimate: about(
    z.strictObject({ sampled: z.int(), low: z.int(), high: z.int() }).nullable(), '抽样估计：抽样客户数和 95% 区间；精确计数时为空', 'Of a preview that looked at a sample: customers looked at, and the 95 % interval of `matching`; null where the counts are exact',
  ),
  elapsedMs: z.int(),
});

const { probability, percentile, value, band } = tagSchema.shape;
const listedTag = z.strictObject({ status: z.enum(TAG_STATUSES), value, band, probability, percentile, asOf: dateSchema });

export const nextSchema = about(z.string().nullable(), '下一页的 cursor；最后一页为空', '`cursor` of the next page; null on the last one');

export const listResponse = z.strictObject({
  asOf: dateSchema,
  rows: z.array(z.strictObject({ customer: z.string(), tags: about(z.record(z.string(), listedTag.nullable()), '按标签代码；没有该标签时为空', 'By key; null where the customer has no such tag') })),
  next: nextSchema,
});
