/** Schemas that several routes share, with words for the documents in both languages. */
import { z } from 'zod';
import { ERROR_TABLE } from '../../../base/errors.ts';
import type { ErrorCode } from '../../../base/errors.ts';
import { isStorableText } from '../../../store/repositories/bulk.ts';

/** Describes a field in both languages; the Chinese text travels as `x-description-zh`. */
export function about<S extends z.ZodType>(schema: S, zh: string, en: string): S {
  return schema.meta({ description: en, 'x-description-zh': zh });
}

export const nothing = z.strictObject({});
export const bilingualSchema = z.strictObject({ zh: z.string(), en: z.string() });
export const jsonValue = z.json();

export const dateSchema = z.iso.date();
export const instantSchema = z.iso.datetime();

/** Epoch milliseconds as ISO 8601 in UTC. */
export function instantText(instant: number): string {
  return new Date(instant).toISOString();
}

const storable = (text: string): boolean => isStorableText(text);

/** Text that people write: not empty, and what every store can keep. */
export function writtenText(most: number): z.ZodString {
  return z.string().min(1).max(most).refine(storable, 'has a character that cannot be stored');
}

export const writtenWords = z.strictObject({ zh: writtenText(2_000), en: writtenText(2_000) });

/** For routes that change a definition. */
export const expectedVersion = about(z.int().min(0).max(1_000_000_000), '编辑者看到的版本；0 为新建。他人已修改时返回 409', 'Version that the editor saw; 0 creates. 409 where somebody else was faster');
export const ownerSchema = about(writtenText(200), '负责人', 'Who answers for it');

export const customerIdSchema = about(z.string().min(1).max(256).refine(storable, 'has a character that cannot be stored'), '店铺自己的客户编号', "The shop's own customer id");

export const customerParams = z.strictObject({ id: customerIdSchema });
export const customerQuery = z.strictObject({
  namespace: about(z.string().min(1).max(64).refine(storable, 'has a character that cannot be stored').optional(), '编号所属的身份类型，例如 phone、wechat；默认是店铺客户编号', 'Kind of identity that the id belongs to, e.g. phone or wechat; default: the shop\'s own customer id'),
});

/** A whole number in a query or path, where everything is text. */
export function integerText(low: number, high: number): z.ZodType<number, string> {
  return z.string().regex(/^\d{1,9}$/, `must be a whole number from ${low} to ${high}`).transform(Number).pipe(z.int().min(low).max(high));
}

const codes = Object.keys(ERROR_TABLE) as [ErrorCode, ...ErrorCode[]];

export const errorCode = z.enum(codes);

export const errorSchema = z.strictObject({
  error: z.strictObject({
    code: about(errorCode, '稳定的错误代码', 'Stable code of the error'),
    message: about(z.string(), '发生了什么，附数字', 'What failed, with its numbers'),
    hint: about(z.string(), '下一步怎么做', 'What to do next'),
    details: about(z.record(z.string(), jsonValue).optional(), '机器可读的细节', 'The same for machines'),
    requestId: about(z.string(), '本次请求的编号，与日志一致', 'Id of the request, as the log has it'),
  }),
});
