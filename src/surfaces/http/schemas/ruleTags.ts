/** One tag with its definition, and rule tags as they are written. */
import { z } from 'zod';
import { USER_KINDS } from '../../../store/repositories/conditionUsers.ts';
import { tagSchema } from '../../../tags/tag.ts';
import { about, bilingualSchema, dateSchema, expectedVersion, instantSchema, jsonValue, ownerSchema as writtenOwner, writtenText, writtenWords } from './common.ts';
import { documentedCondition, parsedCondition } from './segments.ts';
import { catalogueEntry, ownerSchema, RULE_STATUS, versionSchema } from './tags.ts';

const storedCondition = about(jsonValue, '条件（JSON，见 Condition）', 'The condition as JSON (see `Condition`)');
const storedBand = z.strictObject({ code: z.string(), label: bilingualSchema });

export const tagDetailSchema = z.strictObject({
  ...catalogueEntry,
  rule: about(
    z.strictObject({
      owner: ownerSchema,
      status: RULE_STATUS,
      version: versionSchema,
      condition: storedCondition,
      text: about(z.string(), '条件的文本形式', 'The condition as people type it'),
      words: about(bilingualSchema, '条件的文字说明', 'The condition in words'),
      origin: about(z.enum(['file', 'api']), 'file：来自 tags/ 文件且未被修改', '`file` until somebody edits it in the store'),
      evaluatedOn: about(dateSchema.nullable(), '最近一次全量计算的营业日', 'Business day of the last full evaluation'),
      evaluatedVersion: about(z.int().nullable(), '当时的版本', 'Version that it evaluated'),
      createdAt: instantSchema,
      updatedAt: instantSchema,
    }).nullable(),
    '规则；由产品计算的标签为空', 'The rule; null for tags that the product builds',
  ),
  users: about(z.array(z.strictObject({ kind: z.enum(USER_KINDS), key: z.string() })), '条件中用到此标签的标签、人群和数据质量规则', 'Rule tags, segments and quality rules whose condition names it'),
});

export const tagVersionsSchema = z.strictObject({
  versions: about(
    z.array(z.strictObject({
      version: z.int(),
      change: z.enum(['created', 'edited', 'enabled', 'paused', 'drafted', 'deleted']),
      actor: about(z.string(), '密钥编号、cli 或 file', 'Id of the key, `cli` or `file`'),
      changedAt: instantSchema,
      definition: z.strictObject({
        key: z.string(), category: z.string(), label: bilingualSchema, description: bilingualSchema, owner: ownerSchema, condition: storedCondition, band: storedBand, ttlDays: z.int().nullable(), status: RULE_STATUS,
      }),
    })),
    '新的在前；由产品计算的标签没有', 'Newest first; tags that the product builds have none',
  ),
});

const definition = {
  expectedVersion,
  label: about(writtenWords, '名称', 'Name'),
  description: about(writtenWords.optional(), '说明；默认是条件的文字', 'Default: the condition in words'),
  owner: writtenOwner,
  category: about(tagSchema.shape.key.optional(), '类别代码，默认 behaviour', 'Code of a category; default behaviour'),
  ttlDays: about(z.int().min(1).max(36_500).nullable().optional(), '多少天不重新计算即过期，默认 2；空为长期有效', 'Days after which it is stale without a new evaluation, default 2; null: never'),
  band: about(z.strictObject({ code: writtenText(48), label: writtenWords }).optional(), '带有此标签的客户的值，默认 yes', 'Value of the customers who carry it; default yes'),
};
export const tagBody = z.strictObject({ condition: parsedCondition, ...definition });
export const tagDocument = z.strictObject({ condition: documentedCondition, ...definition });

export const tagStatusBody = z.strictObject({ status: RULE_STATUS });
