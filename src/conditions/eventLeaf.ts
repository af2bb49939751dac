/** Leaf `events`: an aggregate over one customer's events, compared with a literal. Events at or after `asOf` are never seen. */
import { z } from 'zod';
import { DAY_OPS, EQUALITY_OPS, LIST_OPS, ORDER_OPS, anyComparison, numberComparison, textComparison } from './comparison.ts';
import { CONDITION_LIMITS as limits } from './limits.ts';
import { dateLiteral, daysLiteral, keyLiteral, numberLiteral, textList, textLiteral } from './literals.ts';

export const NUMBER_COLUMNS = ['amount', 'quantity', 'discount'] as const;
export const TEXT_COLUMNS = ['product', 'category', 'channel', 'campaign', 'session', 'order_ref'] as const;
/** Read from the event's time in the business time zone: hour 0–23, ISO weekday 1 = Monday … 7 = Sunday. */
export const CALENDAR_COLUMNS = ['local_hour', 'local_weekday'] as const;
export type NumberColumn = (typeof NUMBER_COLUMNS)[number];
export type TextColumn = (typeof TEXT_COLUMNS)[number];
export type CalendarColumn = (typeof CALENDAR_COLUMNS)[number];

export const kindLiteral = z.string().regex(/^[a-z][a-z0-9_]{0,47}$/, 'must be an event kind such as order');
export const kindList = z.array(kindLiteral).min(1).max(limits.listItems);
const property = z.strictObject({ property: keyLiteral });

/** A filter on one event. An event for which it is unknown (no such value) does not count. */
export const eventFilterSchema = z.union([
  numberComparison({ column: z.enum([...NUMBER_COLUMNS, ...CALENDAR_COLUMNS]) }),
  textComparison({ column: z.enum(TEXT_COLUMNS) }),
  z.strictObject({ column: z.literal('kind'), op: z.enum(LIST_OPS), values: kindList }),
  anyComparison({ property: keyLiteral }),
]);
export type EventFilter = z.infer<typeof eventFilterSchema>;

export const filterList = z.array(eventFilterSchema).max(limits.filters);

const ago = { fromDaysAgo: daysLiteral, toDaysAgo: z.int().min(0).max(limits.days) };

/**
 * The same days for every customer. `all`: everything before asOf. `lastDays`, `lastWeeks` n: the n or 7·n business days before asOf. `lastMonths` n: from the
 * same day of the month n months earlier (the month's last day where there is none). `fromDaysAgo` a, `toDaysAgo` b: from a days before asOf until b days before
 * it, that day left out. `from`/`to`: business days, both included.
 */
export const spanWindowSchema = z.union([
  z.literal('all'),
  z.strictObject({ lastDays: daysLiteral }),
  z.strictObject({ lastWeeks: z.int().min(1).max(1_400) }),
  z.strictObject({ lastMonths: z.int().min(1).max(330) }),
  z.strictObject(ago).refine((window) => window.fromDaysAgo > window.toDaysAgo, 'fromDaysAgo must be more days than toDaysAgo'),
  z.strictObject({ from: dateLiteral, to: dateLiteral }).refine((window) => window.from <= window.to, 'from must not be later than to'),
]);
export type SpanWindow = z.infer<typeof spanWindowSchema>;

/** `sinceLast` kind: after the customer's own last event of that kind before asOf; everything for a customer who never had one. */
export const windowSchema = z.union([...spanWindowSchema.options, z.strictObject({ sinceLast: kindLiteral })]);
export type Window = z.infer<typeof windowSchema>;

const selection = { kinds: kindList.optional(), where: filterList.optional(), window: windowSchema };
const numberResult = { op: z.enum([...EQUALITY_OPS, ...ORDER_OPS]), value: numberLiteral };
const numberSource = z.union([z.enum(NUMBER_COLUMNS), property]);
/** `order` is one order: rows that share `order_ref`, or a row of its own where there is none. `local_date` is the business day. */
const distinctSource = z.union([z.enum([...TEXT_COLUMNS, 'order', 'local_date']), property]);

const edge = { ...selection, aggregate: z.enum(['first', 'last']) };

/**
 * - `count` of events, `distinct` of a column: 0 where there is nothing.
 * - `sum`: 0 where there is nothing; `avg`, `min`, `max`, `first`, `last`: unknown where there is nothing. Events without the value are left out.
 * - `share`: events that also pass `part` ÷ events; unknown where there are none.
 * - `first`/`last` of `occurred_at` is a day, compared as days of the business time zone.
 */
export const eventAggregateSchema = z.union([
  z.strictObject({ ...selection, aggregate: z.literal('count'), ...numberResult }),
  z.strictObject({ ...selection, aggregate: z.literal('distinct'), of: distinctSource, ...numberResult }),
  z.strictObject({ ...selection, aggregate: z.enum(['sum', 'avg', 'min', 'max']), of: numberSource, ...numberResult }),
  z.strictObject({ ...selection, aggregate: z.literal('share'), part: filterList.min(1), ...numberResult }),
  z.strictObject({ ...edge, of: z.enum(NUMBER_COLUMNS), ...numberResult }),
  z.strictObject({ ...edge, of: z.union([z.enum(TEXT_COLUMNS), property]), op: z.enum([...EQUALITY_OPS, 'contains', 'starts_with']), value: textLiteral }),
  z.strictObject({ ...edge, of: z.union([z.enum(TEXT_COLUMNS), property]), op: z.enum(LIST_OPS), values: textList }),
  z.strictObject({ ...edge, of: z.literal('occurred_at'), op: z.enum(ORDER_OPS), value: dateLiteral }),
  z.strictObject({ ...edge, of: z.literal('occurred_at'), op: z.enum(DAY_OPS).exclude(['next_days']), value: daysLiteral }),
]);
export type EventAggregate = z.infer<typeof eventAggregateSchema>;
