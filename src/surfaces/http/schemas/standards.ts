/** Standards of values. */
import { z } from 'zod';
import { standardsSchema } from '../../../quality/standards/edit.ts';
import { about, expectedVersion, instantSchema } from './common.ts';

const fieldName = about(z.string().min(1).max(200), '字段：attribute.键、property.键 或 event.列', 'attribute.KEY, property.KEY or event.COLUMN');
export const standardsParams = z.strictObject({ field: fieldName });

const entries = about(z.array(z.strictObject({ standard: z.string(), aliases: z.array(z.string()) })), '标准值和别名；大小写、全半角和空格不必另列', 'Standards with their aliases; case, width and spaces need none of their own');
const vocabulary = { field: z.string(), version: z.int(), entries };
export const applied = about(z.array(z.strictObject({ field: z.string(), changed: about(z.int(), '值有变化的客户数', 'Customers whose attribute changed'), spellings: about(z.int(), '另外见到的写法数', 'Other spellings that were met') })), '应用结果', 'What applying them changed');

export const standardsResponse = z.strictObject({ fields: z.array(z.strictObject(vocabulary)) });
export const standardsFieldResponse = z.strictObject({ ...vocabulary, versions: about(z.array(z.strictObject({ version: z.int(), standards: z.int().nullable(), actor: z.string(), changedAt: instantSchema })), '修改历史，新的在前；standards 为空表示已删除', 'Newest first; `standards` null: taken away') });
export const standardsBody = z.strictObject({ expectedVersion, entries: standardsSchema });
export const appliedResponse = z.strictObject({ applied });
export const suggestionsResponse = z.strictObject({
  suggestions: z.array(z.strictObject({
    standard: about(z.string(), '最常见的写法，或已有的标准值', 'The most frequent spelling, or the standard that there is'),
    aliases: z.array(z.strictObject({ value: z.string(), rows: z.int(), why: about(z.enum(['same_letters', 'few_edits']), 'same_letters：仅大小写、全半角或空格不同；few_edits：相差一两个字符', '`same_letters`: differs in case, width or spaces only; `few_edits`: by a letter or two') })),
  })),
});

export const applyBody = z.strictObject({ fields: about(z.array(fieldName).min(1).max(1_000).optional(), '只应用这些字段；默认为全部', 'Only these fields; default: all of them') }).optional();
export const applicationResponse = z.strictObject({
  fields: z.array(z.strictObject({
    field: z.string(),
    version: about(z.int(), '标准值的最新版本', 'Newest version of its standards'),
    applied: about(z.int().nullable(), '最近应用或正在应用的版本', 'Version that was applied last, or is being applied; null before the first time'),
    state: about(z.enum(['waiting', 'applying', 'stopped', 'applied']), 'waiting：尚未应用；stopped：再次应用时从停下的地方继续', '`waiting`: not applied yet; `stopped`: goes on where it stopped'),
    done: about(z.int(), '已完成的客户批次', 'Chunks of customers that are done'),
    total: z.int(),
    changed: about(z.int(), '值有变化的客户数', 'Customers whose attribute changed so far'),
  })),
});
