/** Tags as they are served: the envelope with its names. */
import { z } from 'zod';
import { TAG_KINDS, TAG_STATUSES, tagSchema } from '../../../tags/tag.ts';
import { about, bilingualSchema, dateSchema, integerText } from './common.ts';

const { shape } = tagSchema;

export const tagViewSchema = tagSchema.extend({
  key: about(shape.key, '标签代码', 'Key of the tag'),
  label: about(bilingualSchema, '名称', 'Name of the tag'),
  kind: about(shape.kind, '标签种类', 'Kind of tag'),
  status: about(shape.status, '为什么有值或没有值；除 ok 外都没有值', 'Why there is a value or none; only `ok` has one'),
  value: about(shape.value, '数值、文字、日期或列表', 'Number, text, date or list'),
  band: about(shape.band, '等级代码', 'Code of the band'),
  bandLabel: about(bilingualSchema.nullable(), '等级名称', 'Name of the band'),
  probability: about(shape.probability, '校准后的概率', 'Calibrated probability'),
  percentile: about(shape.percentile, '全体中的百分位，100 为最可能', 'Rank among all customers, 100 = most likely'),
  lift: about(shape.lift, '概率 ÷ 平均水平', 'Probability ÷ base rate'),
  interval: about(shape.interval, '区间及其覆盖率', 'Interval and its coverage'),
  horizonDays: about(shape.horizonDays, '预测天数', 'Days ahead'),
  asOf: about(shape.asOf, '计算所针对的营业日', 'Business day it was computed for'),
  validFrom: about(shape.validFrom, '当前值开始生效的日期', 'Day from which the value has held'),
  expiresAt: about(shape.expiresAt, '过期日', 'Day on which it turns stale'),
  source: about(shape.source, '来源：模型或规则、版本、运行', 'Model or rule, its version, the run'),
  confidence: about(shape.confidence, '可信度', 'Confidence'),
  reasons: about(shape.reasons, '推高和拉低的原因', 'What pushes it up and down'),
});
export type TagView = z.infer<typeof tagViewSchema>;

export const customerTagsSchema = z.strictObject({
  customer: z.string(),
  asOf: about(dateSchema, '判断标签是否过期所用的营业日', 'Business day that the age of tags was judged on'),
  tags: z.array(tagViewSchema),
});

const bandSchema = z.strictObject({ code: z.string(), label: bilingualSchema });

export const RULE_STATUS = about(z.enum(['draft', 'enabled', 'paused']), '仅 enabled 的标签每夜计算', 'Only enabled ones are evaluated at night');
export const ownerSchema = about(z.string(), '负责人', 'Who answers for it');
export const versionSchema = about(z.int(), '定义的版本，修改时作为 expectedVersion', 'Version of the definition: the `expectedVersion` of an edit');

/** What the catalogue says of a tag. */
export const catalogueEntry = {
  key: z.string(),
  kind: z.enum(TAG_KINDS),
  category: z.strictObject({ code: z.string(), label: bilingualSchema }),
  label: bilingualSchema,
  description: bilingualSchema,
  valueType: z.enum(['number', 'text', 'date', 'list']),
  unit: about(z.string().nullable(), '数值单位', 'Unit of a number'),
  bands: about(z.array(bandSchema).nullable(), '从低到高', 'Weakest first'),
  ttlDays: about(z.int().nullable(), '有效天数；空为长期有效', 'Days until it is stale; null: never'),
  onDemand: about(z.boolean(), '仅在查询时计算，从不发布，不能用于条件', 'Worked out when asked for, never published, in no condition'),
  model: about(z.string().nullable(), '来源模型', 'Model it is read from'),
} as const;

export const catalogueSchema = z.strictObject({
  total: about(z.int(), '符合条件的标签数', 'Tags that match'),
  suggestions: about(z.array(z.string()), '没有结果时最接近的标签代码', 'Keys of the likeliest tags where the words find none'),
  tags: z.array(z.strictObject({
    ...catalogueEntry,
    rule: about(z.strictObject({ owner: ownerSchema, status: RULE_STATUS, version: versionSchema }).nullable(), '规则标签的负责人和状态；其他种类为空', 'Of rule tags; null for every other kind'),
    published: about(z.strictObject({ customers: z.int(), ok: z.int(), asOf: dateSchema }).nullable(), '已发布：客户数、有值的客户数、最新营业日', 'What is published: customers, those with a value, newest business day'),
  })),
});

const storedText = z.string().min(1).max(200);
export const catalogueQuery = z.strictObject({
  kind: about(z.enum(TAG_KINDS).optional(), '标签种类', 'Kind of tag'),
  category: about(storedText.optional(), '类别代码，包含下级类别', 'Code of the category; with those below it'),
  owner: about(storedText.optional(), '规则标签的负责人', 'Owner of rule tags'),
  status: about(z.enum(['draft', 'enabled', 'paused']).optional(), '规则标签的状态；其他标签都是 enabled', 'Status of rule tags; every other tag is enabled'),
  search: about(storedText.optional(), '代码、名称、说明或取值名称中都要出现的词，最匹配的在前', 'Words that all stand in key, name, description or the name of a value; best match first'),
  offset: about(integerText(0, 100_000).optional(), '跳过的标签数', 'Tags to skip'),
  limit: about(integerText(1, 1_000).optional(), '最多返回的标签数，默认 1000', 'Most tags to answer, default 1,000'),
});

const summarySchema = z.strictObject({
  count: z.int(),
  mean: z.number().nullable(),
  quantiles: about(z.array(z.number()).nullable(), '0、10、25、50、75、90、100 百分位', '0, 10, 25, 50, 75, 90 and 100 %'),
});

export const distributionSchema = z.strictObject({
  key: z.string(),
  label: bilingualSchema,
  customers: z.int(),
  statuses: z.array(z.strictObject({ status: z.enum(TAG_STATUSES), customers: z.int() })),
  bands: about(z.array(z.strictObject({ band: z.string().nullable(), label: bilingualSchema.nullable(), customers: z.int() })), '仅统计状态为 ok 的标签', 'Of the tags with status ok'),
  value: summarySchema,
  probability: summarySchema,
});

export const tagParams = z.strictObject({ key: about(shape.key, '标签代码', 'Key of the tag') });
