/** Segments beside each other, and segments from lists. */
import { z } from 'zod';
import { MOST_OVERLAPPING } from '../../../segments/overlap.ts';
import { reasonSchema } from '../../../tags/tag.ts';
import { about, bilingualSchema, customerIdSchema, integerText, ownerSchema, writtenWords } from './common.ts';
import { keySchema } from './savedSegments.ts';

export const overlapBody = z.strictObject({ segments: about(z.array(keySchema).min(2).max(MOST_OVERLAPPING), '2 到 8 个人群', 'Two to eight segments') });

const shareSchema = z.number().min(0).max(1).nullable();
export const overlapSchema = z.strictObject({
  segments: z.array(z.strictObject({ key: keySchema, label: bilingualSchema, version: z.int(), members: about(z.int(), '未拒绝个性化和营销的成员', 'Members who did not refuse scoring or marketing') })),
  customers: about(z.int(), '至少属于一个人群的客户', 'Customers in at least one'),
  combinations: about(
    z.array(z.strictObject({ segments: z.array(keySchema), only: about(z.int(), '属于这些且不属于其他', 'In these and no other one'), all: about(z.int(), '属于这些', 'In these, whatever else') })), '出现的组合，人数多的在前', 'Those that occur, most customers first',
  ),
  pairs: z.array(z.strictObject({ a: keySchema, b: keySchema, both: z.int(), jaccard: about(shareSchema, '共有 ÷ 合计', 'Both ÷ either'), shareOfA: shareSchema, shareOfB: shareSchema })),
});

/** A body has at most a megabyte; longer lists are files for `tagcast segment import`, or several calls that add. */
export const listChangeBody = z.strictObject({
  customers: about(z.array(customerIdSchema).max(10_000), '客户编号', 'Ids of customers'),
  change: about(z.enum(['replace', 'add', 'remove']).default('replace'), '替换成员、加入或移出', 'Put in the place of the members, added to them, or taken out of them'),
  label: about(writtenWords.optional(), '新名单的名称；默认是代码', 'Name of a new list; default: its key'),
  owner: ownerSchema.optional(),
});
export const listChangedSchema = z.strictObject({
  key: keySchema, version: z.int(), members: z.int(), entered: z.int(), left: z.int(), given: z.int(), matched: about(z.int(), '找到客户的编号数', 'Ids of customers'), unmatched: about(z.int(), '没有对应客户的编号数', 'Ids of nobody'),
});

export const lookalikeBody = z.strictObject({
  save: about(keySchema, '保存到的名单', 'List that they are saved in'),
  share: about(z.number().positive().max(1).optional(), '人群之外客户的比例，默认 0.05', 'Share of those outside the segment; default 0.05'),
  count: about(z.int().min(1).max(10_000_000).optional(), '改为固定人数', 'So many customers instead'),
  label: about(writtenWords.optional(), '名单的名称', 'Name of the list'),
}).refine(({ share, count }) => share === undefined || count === undefined, 'takes share or count, not both');

const similarRow = z.strictObject({
  customer: z.string(), percentile: about(z.int().min(1).max(100), '在人群之外所有客户中的百分位', 'Among everybody outside the segment'), reasons: z.array(z.strictObject({ direction: reasonSchema.shape.direction, text: bilingualSchema })),
});
const aucSchema = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
export const lookalikeSchema = z.strictObject({
  seed: z.strictObject({ key: keySchema, version: z.int(), members: z.int() }),
  ranked: about(z.int(), '参与排序的其他客户', 'Others who were ranked'),
  saved: z.strictObject({ key: keySchema, version: z.int(), members: z.int() }),
  estimator: z.string(),
  candidates: about(z.array(z.strictObject({ estimator: z.string(), auc: aucSchema })), '折外 AUC 及区间；column_rule 是单列基线', 'Out of fold, with intervals; column_rule is the baseline of the best single column'),
  dropped: about(z.array(z.strictObject({ column: z.string(), why: z.enum(['condition', 'separates']) })), '未使用的列：人群自身的定义', 'Columns left out, because they are the definition of the segment'),
  top: z.array(similarRow),
});
export const similarQuery = z.strictObject({ limit: about(integerText(1, 1000).optional(), '行数，默认 100', 'Customers to list, default 100') });
export const similarSchema = z.strictObject({ rows: z.array(similarRow) });
