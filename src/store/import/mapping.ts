/** The mapping file: what the columns of a file mean. One strict JSON object; docs/import.md explains every key. */
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { checkTimeZone } from '../../base/time.ts';
import { EVENT_KIND_PATTERN } from '../events.ts';
import { isDateFormat } from './dates.ts';

const name = z.string().min(1).max(128);

/** A column, or the names that it has in different exports of the same data: the first one that the file has is read. */
const columnRef = z.union([name, z.array(name).min(1).max(8)]);
export type ColumnRef = z.infer<typeof columnRef>;

const number = z.number().refine(Number.isFinite);
const text = z.string().max(256);

/** One test of one column. Texts are compared as they stand, after trimming; numbers exactly. */
const testSchema = z.union([
  z.strictObject({ column: columnRef, equals: text }),
  z.strictObject({ column: columnRef, in: z.array(text).min(1).max(1000) }),
  z.strictObject({ column: columnRef, startsWith: text.min(1) }),
  z.strictObject({ column: columnRef, endsWith: text.min(1) }),
  z.strictObject({ column: columnRef, lessThan: number }),
  z.strictObject({ column: columnRef, greaterThan: number }),
  z.strictObject({ column: columnRef, missing: z.boolean() }),
]);
const conditionSchema = z.union([
  testSchema,
  z.strictObject({ any: z.array(testSchema).min(1).max(20) }),
  z.strictObject({ all: z.array(testSchema).min(1).max(20) }),
]);
export type RowTest = z.infer<typeof testSchema>;
export type RowCondition = z.infer<typeof conditionSchema>;

const kindName = z.string().regex(EVENT_KIND_PATTERN, 'a kind is lower-case letters, digits and _, and starts with a letter');
const kindSchema = z.union([
  kindName,
  z.strictObject({ rules: z.array(z.strictObject({ when: conditionSchema, kind: kindName })).min(1).max(50), otherwise: kindName }),
  z.strictObject({ column: columnRef, values: z.record(text, kindName).optional() }),
]);

/** A number: a column, the exact product of two columns, or the exact sum of up to ten. */
const amountSchema = z.union([columnRef, z.strictObject({ product: z.tuple([columnRef, columnRef]) }), z.strictObject({ sum: z.array(columnRef).min(1).max(10) })]);
export type AmountRef = z.infer<typeof amountSchema>;

/** A `day` is the business day of a date in any form, kept as YYYY-MM-DD; `plusDays: -1` makes the last day of a time that ends with the day after. */
const valueSchema = z.union([name, z.strictObject({ column: columnRef, as: z.string().min(1).max(64).optional(), type: z.enum(['text', 'number', 'boolean', 'day']).optional(), plusDays: z.int().min(-366).max(366).optional() }).refine(({ type, plusDays }) => plusDays === undefined || type === 'day', 'plusDays goes with type "day"')]);
export type ValueRef = z.infer<typeof valueSchema>;

const timeZone = z.string().max(60).superRefine((zone, context) => {
  try {
    checkTimeZone(zone);
  } catch {
    context.addIssue({ code: 'custom', message: 'not a known IANA time zone' });
  }
});

const timeSchema = z.union([
  columnRef,
  z.strictObject({
    column: columnRef,
    formats: z.union([z.literal('auto'), z.array(z.string().max(40).refine(isDateFormat, 'a date format needs a year, a month and a day, e.g. "D/M/YYYY HH:mm", or is iso, epoch_s or epoch_ms')).min(1).max(10)]).optional(),
    /** Zone of times without an offset; absent: the business time zone. */
    timeZone: timeZone.optional(),
  }),
]);

/** How the file is written. Whatever is absent is found out from the name and the first megabyte. */
const fileSchema = z.strictObject({
  format: z.enum(['csv', 'ndjson', 'parquet']).optional(),
  /** One character, or `blanks` for columns separated by runs of spaces. */
  delimiter: z.union([z.literal('blanks'), z.string().length(1)]).optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'gbk', 'gb18030', 'big5', 'shift_jis', 'windows-1252', 'iso-8859-1']).optional(),
  /** Names of the columns of a file that has no header line. */
  header: z.array(name).min(1).max(2000).optional(),
  /** Texts that mean "nothing", beside the empty one. */
  missing: z.array(text).max(20).optional(),
  numbers: z.strictObject({ decimal: z.enum(['.', ',']), thousands: z.enum(['.', ',', ' ', "'"]).optional(), strip: z.string().max(8).optional() }).optional(),
});
export type FileFormat = z.infer<typeof fileSchema>;

const lookupSchema = z.strictObject({
  /** Name of a file in the folder of the imported file. */
  file: z.string().min(1).max(128).regex(/^[^/\\]+$/, 'a lookup file is named without a folder: it lies beside the imported file').refine((file) => file !== '..' && file !== '.'),
  /** Column of the imported file. */
  column: columnRef,
  /** Column of the lookup file with the same values. */
  key: columnRef,
  /** New columns: name → column of the lookup file. */
  add: z.record(name, name),
  optional: z.boolean().optional(),
});
export type LookupRef = z.infer<typeof lookupSchema>;

const skipSchema = z.strictObject({
  when: conditionSchema,
  /** Short name under which the rows are counted. */
  reason: z.string().regex(/^[a-z][a-z0-9_]{0,47}$/),
  /** `no` (default): left out. `yes`: imported and counted. `without_product`: imported without product and category, and counted. */
  import: z.enum(['no', 'yes', 'without_product']).optional(),
});

const common = {
  name: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/).optional(),
  title: z.strictObject({ zh: text, en: text }).optional(),
  /** Names the origin of the rows. Rows of one source with equal content are the same event, whichever file they come in. */
  source: z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/).optional(),
  file: fileSchema.optional(),
  customer: columnRef,
  lookups: z.array(lookupSchema).max(5).optional(),
  skip: z.array(skipSchema).max(50).optional(),
};

const eventsSchema = z.strictObject({
  ...common,
  target: z.literal('events'),
  time: timeSchema,
  kind: kindSchema,
  amount: amountSchema.optional(),
  quantity: amountSchema.optional(),
  discount: amountSchema.optional(),
  product: columnRef.optional(),
  category: columnRef.optional(),
  channel: columnRef.optional(),
  campaign: columnRef.optional(),
  session: columnRef.optional(),
  /** The order's number, or: every line is an order (`per_line`), or one order a day (`per_day`). */
  orderRef: z.union([z.strictObject({ per: z.enum(['line', 'day']) }), columnRef]).optional(),
  eventId: columnRef.optional(),
  properties: z.array(valueSchema).max(100).optional(),
  /** What equal lines of one file are: the same event (`drop`, default), or events of their own (`keep`). */
  duplicates: z.enum(['drop', 'keep']).optional(),
});
const customersSchema = z.strictObject({ ...common, target: z.literal('customers'), attributes: z.array(valueSchema).max(500) });
const identitiesSchema = z.strictObject({
  ...common,
  target: z.literal('identities'),
  namespace: z.union([z.strictObject({ constant: z.string().regex(/^[a-z][a-z0-9_]{0,47}$/) }), columnRef]),
  value: columnRef,
});
const consentsSchema = z.strictObject({
  ...common,
  target: z.literal('consents'),
  purpose: z.union([z.strictObject({ constant: z.enum(['scoring', 'marketing', 'training']) }), columnRef]),
  state: z.strictObject({ column: columnRef, granted: z.array(text).min(1).max(20), refused: z.array(text).min(1).max(20) }),
  /** When the consent was given or refused; absent: the time of the import. */
  time: timeSchema.optional(),
});

export const mappingSchema = z.discriminatedUnion('target', [eventsSchema, customersSchema, identitiesSchema, consentsSchema]);
export type Mapping = z.infer<typeof mappingSchema>;
export type EventsMapping = Extract<Mapping, { target: 'events' }>;
export type CustomersMapping = Extract<Mapping, { target: 'customers' }>;
export type IdentitiesMapping = Extract<Mapping, { target: 'identities' }>;
export type ConsentsMapping = Extract<Mapping, { target: 'consents' }>;

/** The mapping in `value`, or `invalid_mapping` with the path of every fault. */
export function parseMapping(value: unknown, what = 'The mapping'): Mapping {
  const parsed = mappingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new AppError('invalid_mapping', `${what} has ${parsed.error.issues.length} fault${parsed.error.issues.length === 1 ? '' : 's'}: ${faults.join('; ')}.`, {
    details: { faults },
    hint: 'Correct the named keys; docs/import.md lists every key, and `mappings/` holds working examples.',
  });
}
