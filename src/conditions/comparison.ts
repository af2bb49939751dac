/**
 * What a leaf may say about the thing it looks at. The type of the literal decides how both sides are read:
 * a number compares numbers (JSON numbers and texts that are plain decimals), a text compares texts, true/false compares truth values,
 * and `<`, `<=`, `>`, `>=` with a YYYY-MM-DD text compare days.
 */
import { z } from 'zod';
import { dateLiteral, daysLiteral, numberList, numberLiteral, textList, textLiteral } from './literals.ts';

export const EQUALITY_OPS = ['=', '!='] as const;
export const ORDER_OPS = ['<', '<=', '>', '>='] as const;
export const LIST_OPS = ['in', 'not_in'] as const;
/** `contains` and `starts_with` look for literal text, `has` for an item of a list. */
export const TEXT_OPS = ['contains', 'starts_with', 'has'] as const;
/**
 * Days relative to the day of `asOf`: `last_days` n is [asOf − n, asOf), `next_days` n is [asOf, asOf + n),
 * `before_last_days` n is earlier than asOf − n.
 */
export const DAY_OPS = ['last_days', 'next_days', 'before_last_days'] as const;
export const PRESENCE_OPS = ['exists', 'missing'] as const;

const equality = z.strictObject({ op: z.enum(EQUALITY_OPS), value: z.union([textLiteral, numberLiteral, z.boolean()]) });
const order = z.strictObject({ op: z.enum(ORDER_OPS), value: z.union([numberLiteral, dateLiteral]) });
const membership = z.strictObject({ op: z.enum(LIST_OPS), values: z.union([textList, numberList]) });
const text = z.strictObject({ op: z.enum(TEXT_OPS), value: textLiteral });
const days = z.strictObject({ op: z.enum(DAY_OPS), value: daysLiteral });
const presence = z.strictObject({ op: z.enum(PRESENCE_OPS) });

export type Comparison =
  | z.infer<typeof equality>
  | z.infer<typeof order>
  | z.infer<typeof membership>
  | z.infer<typeof text>
  | z.infer<typeof days>
  | z.infer<typeof presence>;

/** Any comparison, on the object that `head` begins. */
export function anyComparison<Head extends z.ZodRawShape>(head: Head) {
  return z.discriminatedUnion('op', [equality.extend(head), order.extend(head), membership.extend(head), text.extend(head), days.extend(head), presence.extend(head)]);
}

/** Comparisons of something that always has a type of its own and says nothing about presence. */
export function valueComparison<Head extends z.ZodRawShape>(head: Head) {
  return z.discriminatedUnion('op', [equality.extend(head), order.extend(head), membership.extend(head), text.extend(head), days.extend(head)]);
}

export function numberComparison<Head extends z.ZodRawShape>(head: Head) {
  return z.discriminatedUnion('op', [
    z.strictObject({ ...head, op: z.enum([...EQUALITY_OPS, ...ORDER_OPS]), value: numberLiteral }),
    z.strictObject({ ...head, op: z.enum(LIST_OPS), values: numberList }),
    presence.extend(head),
  ]);
}

export function textComparison<Head extends z.ZodRawShape>(head: Head) {
  return z.discriminatedUnion('op', [
    z.strictObject({ ...head, op: z.enum([...EQUALITY_OPS, 'contains', 'starts_with']), value: textLiteral }),
    z.strictObject({ ...head, op: z.enum(LIST_OPS), values: textList }),
    presence.extend(head),
  ]);
}
