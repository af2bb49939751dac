/** Exporting a segment or a condition. */
import { z } from 'zod';
import { EXPORT_FORMATS } from '../../../jobs/export/plan.ts';
import { DEFAULT_COLUMNS, MOST_COLUMNS } from '../../../segments/export/columns.ts';
import { about, dateSchema, writtenText } from './common.ts';
import { ONE, keySchema, oneSubject } from './savedSegments.ts';
import { documentedCondition, parsedCondition } from './segments.ts';

const options = {
  columns: about(
    z.array(writtenText(200)).min(1).max(MOST_COLUMNS).default([...DEFAULT_COLUMNS]),
    '列：id、stage、holdout、attr.名称、identity.类型、tag.代码，或 tag.代码.band（probability、percentile、status）', 'Columns: id, stage, holdout, attr.NAME, identity.KIND, tag.KEY, or tag.KEY.band (probability, percentile, status)',
  ),
  format: about(z.enum(EXPORT_FORMATS).default('csv'), '文件格式', 'Format of the file'),
  gzip: about(z.boolean().default(false), '压缩', 'Compressed; not for Parquet'),
  bom: about(z.boolean().default(false), 'CSV 以 UTF-8 BOM 开头，供 Excel 打开中文', 'CSV with a byte order mark, so that Excel reads Chinese'),
  holdout: about(z.enum(['only', 'without']).optional(), '只要留出的成员，或去掉留出的成员', 'Of a saved segment: only members who are held out, or without them'),
  limit: about(z.int().min(1).max(100_000_000).optional(), '最多行数', 'Rows at most'),
  asOf: about(dateSchema.optional(), '营业日；默认当前营业日', 'Business day; default: the present one'),
};
export const exportBody = z.strictObject({ segment: keySchema.optional(), condition: parsedCondition.optional(), ...options }).refine(oneSubject, ONE);
export const exportDocument = z.strictObject({ segment: keySchema.optional(), condition: documentedCondition.optional(), ...options }).refine(oneSubject, ONE);

/** A download has no fields. */
export const fileSchema = z.unknown();
