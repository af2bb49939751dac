/** Definitions as documents. */
import { z } from 'zod';
import { qualityDocumentSchema } from '../../../quality/exchange.ts';
import { standardsDocumentSchema } from '../../../quality/standards/exchange.ts';
import { segmentDocumentSchema } from '../../../segments/exchange.ts';
import { ruleDocumentSchema } from '../../../tags/catalogue/exchange.ts';
import { FILE_STATES } from '../../../tags/catalogue/files.ts';
import { about, errorCode, jsonValue } from './common.ts';
import { documentedCondition } from './segments.ts';
import { applied } from './standards.ts';

/** The same document with another schema for its conditions. */
function tagsWith<C extends z.ZodType>(condition: C) {
  return ruleDocumentSchema.extend({ tags: z.array(ruleDocumentSchema.shape.tags.element.extend({ condition })).max(10_000) });
}
function segmentsWith<C extends z.ZodType>(condition: C) {
  return segmentDocumentSchema.extend({ segments: z.array(segmentDocumentSchema.shape.segments.element.extend({ condition: condition.nullable() })).max(10_000) });
}

const stored = about(jsonValue, '条件（JSON，见 Condition）', 'The condition as JSON (see `Condition`)');
/** Rules with their checks as JSON: docs/quality.md has the forms of a check. */
const storedRules = qualityDocumentSchema.extend({ rules: z.array(qualityDocumentSchema.shape.rules.element.extend({ check: about(jsonValue, '检查内容（见 docs/quality.md）', 'What is checked (docs/quality.md)') })) });
export const DOCUMENTS = { tags: tagsWith(stored), segments: segmentsWith(stored), quality: storedRules, standards: standardsDocumentSchema } as const;
/** What is sent to us: conditions may be text as well. */
export const SENT = { tags: tagsWith(documentedCondition), segments: segmentsWith(documentedCondition), quality: qualityDocumentSchema, standards: standardsDocumentSchema } as const;
/** Documents are checked entry by entry by the job that reads them. */
export const anyDocument = z.record(z.string().max(64), z.unknown());
export const anyDocumentOrCsv = z.union([anyDocument, z.string().min(1)]);

const change = z.strictObject({ field: z.string(), before: about(jsonValue, '系统中的值；没有为空', 'Of the store; null where there is none'), after: jsonValue });
const entry = z.strictObject({
  part: about(z.string(), '种类，例如 tag、category', 'What it is, e.g. `tag` or `category`'),
  key: z.string(),
  state: about(z.enum(['new', 'changed', 'same', 'store_only']), 'store_only：文件中没有，导入时不变', '`store_only`: the document does not name it, and an import leaves it as it is'),
  version: about(z.int(), '系统中的版本', 'Version that the store has; 0 where it has none, or one of the product that nobody changed'),
  changes: about(z.array(change), '逐项差异；条件以文本形式显示', 'Field by field; conditions as text'),
});
const problem = z.strictObject({ part: z.string(), key: z.string(), field: z.string(), code: errorCode, message: z.string() });

export const comparedResponse = z.strictObject({
  state: about(z.string(), '比较时各版本的标识，导入时作为 expectedState', 'Stands for the versions that were compared: the `expectedState` of an import'),
  entries: about(z.array(entry), '按文件顺序，之后是仅在系统中的', 'In the order of the document, then what only the store has'),
  problems: about(z.array(problem), '导入会拒绝的内容', 'What an import would refuse'),
});

const keys = z.array(z.string());
const imported = {
  dryRun: z.boolean(),
  created: about(keys, '新建的', 'What was not there'),
  edited: about(keys, '修改的', 'What was changed'),
  same: about(keys, '没有变化的', 'What was as it is'),
  entries: about(z.array(entry), '新建和修改的内容', 'What is new or changed, field by field'),
} as const;
export const importedResponse = z.strictObject(imported);
export const standardsImportedResponse = z.strictObject({ ...imported, applied });

export const importQuery = z.strictObject({
  dryRun: about(z.enum(['true', 'false']).optional(), 'true：全部检查，不写入', '`true`: everything is checked, nothing is written'),
  expectedState: about(z.string().regex(/^[0-9a-f]{32}$/, 'must be the `state` of a comparison').optional(), '比较得到的 state；期间有人修改时返回 409', '`state` of the comparison; 409 where somebody has changed any of it since'),
});

export const csvQuery = z.strictObject({ bom: about(z.enum(['true', 'false']).optional(), 'true：便于 Excel 识别中文', '`true`: so that Excel reads Chinese') });

export const tagFilesResponse = z.strictObject({
  tags: z.array(z.strictObject({ key: z.string(), state: about(z.enum(FILE_STATES), '文件与系统的关系', 'How the file in tags/ and the store stand to each other') })),
});
export const takeFilesBody = z.strictObject({ overwrite: about(z.boolean().default(false), '系统中修改或删除过的也以文件为准', 'Also tags that were edited or deleted in the store: the file counts') }).optional();
export const takenResponse = z.strictObject({ written: keys });
