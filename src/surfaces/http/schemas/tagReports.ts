/** Usefulness reports of tags. */
import { z } from 'zod';
import { tagReportSchema } from '../../../reports/tags/document.ts';
import { REPORT_ORDERS } from '../../../reports/tags/problems.ts';
import { about, bilingualSchema, dateSchema, integerText } from './common.ts';

const fields = {
  ...tagReportSchema.shape,
  verdict: about(bilingualSchema.nullable(), '对后续购买的区分，用文字说明；历史太短时为空', 'What it told of later orders, in words; null while the history is too short'),
  problemWords: about(z.array(bilingualSchema), '问题的文字说明', 'The problems in words'),
};

export const tagReportResponse = z.strictObject(fields);

export const overviewQuery = z.strictObject({
  sort: about(z.enum(REPORT_ORDERS).optional(), '排序：usefulness（默认）、problems、key', 'Order: usefulness (default), problems, key'),
  offset: about(integerText(0, 100_000).optional(), '跳过的标签数', 'Tags to skip'),
  limit: about(integerText(1, 1_000).optional(), '最多返回的标签数，默认 100', 'Most tags to answer, default 100'),
});

export const madeResponse = z.strictObject({ day: about(dateSchema, '报告的营业日', 'Business day of the reports'), tags: about(z.int(), '报告的标签数', 'Tags with a report') });

export const overviewResponse = z.strictObject({
  day: about(dateSchema.nullable(), '报告的营业日；尚未生成时为空', 'Business day of the reports; null before the first'),
  total: z.int(),
  tags: z.array(z.strictObject(fields)),
});
