/** What a data-quality rule is: a closed set of checks of fields, so that nothing a person writes becomes SQL or a pattern. */
import { z } from 'zod';
import { conditionSchema } from '../conditions/schema.ts';
import { keyLiteral, numberLiteral, textList } from '../conditions/literals.ts';

const kind = z.string().regex(/^[a-z][a-z0-9_]{0,47}$/, 'must be a kind of event');
export const NUMBER_COLUMNS = ['amount', 'quantity', 'discount'] as const;
export const TEXT_COLUMNS = ['product', 'category', 'channel', 'campaign', 'session', 'order_ref'] as const;

export const fieldSchema = z.union([
  z.strictObject({ attribute: keyLiteral }),
  z.strictObject({ identity: keyLiteral }),
  z.strictObject({ events: kind, column: z.enum([...NUMBER_COLUMNS, ...TEXT_COLUMNS]) }),
  z.strictObject({ events: kind, property: keyLiteral }),
]);
export type Field = z.infer<typeof fieldSchema>;

/** Patterns are written in this repository, once; each takes time linear in the text. */
export const FORMATS = ['email', 'phone', 'phone_cn', 'digits', 'date', 'postcode_cn'] as const;
export type Format = (typeof FORMATS)[number];

const bounds = { min: numberLiteral.optional(), max: numberLiteral.optional() };
export const testSchema = z.union([
  z.strictObject({ present: z.literal(true) }),
  z.strictObject({ format: z.enum(FORMATS) }),
  z.strictObject({ length: z.strictObject({ min: z.int().min(0).max(10_000).optional(), max: z.int().min(0).max(10_000).optional() }) }),
  z.strictObject({ range: z.strictObject(bounds) }),
  z.strictObject({ in: textList }),
]);
export type FieldTest = z.infer<typeof testSchema>;

export const checkSchema = z.union([
  /** Correctness and completeness of one field. What is missing is only bad where presence is asked for. */
  z.strictObject({ field: fieldSchema, test: testSchema }),
  /** Two attributes of a customer, or two fields of an event, agree where both are there. */
  z.strictObject({ compare: z.tuple([fieldSchema, z.enum(['<', '<=', '=', '>=', '>']), fieldSchema]), as: z.enum(['number', 'date', 'text']) }),
  /** Refunds that name an order: in sum not above it, or not before it. */
  z.strictObject({ refunds: z.enum(['within_order', 'after_order']) }),
  z.strictObject({ notInFuture: z.literal(true) }),
  /** Of the customers for whom `of` is true, `good` is true as well. */
  z.strictObject({ of: conditionSchema, good: conditionSchema }),
  /** The newest event of the kind is not older than so many hours, or than so many times its own usual gap. */
  z.strictObject({ fresh: kind, hours: z.number().positive().max(87_600) }),
  z.strictObject({ fresh: kind, gaps: z.number().min(1).max(100) }),
]);
export type Check = z.infer<typeof checkSchema>;

export const DIMENSIONS = ['correctness', 'consistency', 'completeness', 'timeliness'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const words = z.strictObject({ zh: z.string().trim().min(1).max(500), en: z.string().trim().min(1).max(500) });
export const qualityRuleSchema = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower-case snake_case of at most 64 characters'),
  label: words,
  check: checkSchema,
  /** Share of what is checked that may be bad. */
  mostBad: z.number().min(0).max(1),
  /** Events of so many days back are looked at. */
  days: z.int().min(1).max(3_650).default(30),
  status: z.enum(['enabled', 'paused']).default('enabled'),
  /** Whether the night waits while this rule is broken. */
  holdsNight: z.boolean().default(false),
  owner: z.string().trim().min(1).max(200).default('shop'),
});
export type QualityRule = z.infer<typeof qualityRuleSchema>;

export function dimensionOf(check: Check): Dimension {
  if ('fresh' in check) return 'timeliness';
  if ('compare' in check || 'refunds' in check || 'of' in check) return 'consistency';
  return 'field' in check && 'present' in check.test ? 'completeness' : 'correctness';
}
