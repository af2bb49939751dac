/**
 * The closed language of features: plain frozen data, no SQL. A feature is a scalar expression over aggregates of five sources.
 *
 * | source | one row is | time of a row |
 * |---|---|---|
 * | `events` | an event | when it happened |
 * | `orders` | an order: its lines (kind `order`) and the refunds with the same `orderRef`; lines without a reference are orders of their own | its first line |
 * | `order_days` | a local day with at least one order (several orders on one day are one purchase occasion) | that day |
 * | `gaps` | two order days that follow each other, at the later one | the later day |
 * | `contracts` | a paid period of a contract that was booked (events of kind `contract`, docs/contracts.md) | its last paid day, which may lie after the cut-off |
 *
 * Only rows before the cut-off exist. A refund without a known order belongs to no order; it counts in `events`.
 */
export type Source = 'events' | 'orders' | 'order_days' | 'gaps' | 'contracts';

/** What a column of a source holds. `money` is exact (numeric) until it is summed, `number` is a double or an integer. */
export type ColumnType = 'money' | 'number' | 'text';

/** `uncovered` of a first paid period: nothing was ever paid before. */
export const NEVER_COVERED_DAYS = 36_525;

/** Columns that aggregates and conditions may name, per source. */
export const SOURCE_COLUMNS = {
  events: {
    amount: 'money', quantity: 'money', discount: 'money', local_day: 'number',
    product: 'text', category: 'text', channel: 'text', campaign: 'text', session: 'text', order_ref: 'text',
  },
  /** net = lines + refunds; gross, quantity, discount = lines; lines = how many; hour = local hour 0–23. */
  orders: { net: 'money', gross: 'money', quantity: 'money', discount: 'money', refunded: 'money', lines: 'number', hour: 'number', local_day: 'number' },
  /** day = days since 1970-01-01, weekday = 0 Monday … 6 Sunday. */
  order_days: { net: 'money', gross: 'money', orders: 'number', day: 'number', weekday: 'number' },
  /** gap = days since the order day before; the other columns are those of the later order day. */
  gaps: { gap: 'number', net: 'money', gross: 'money', orders: 'number', day: 'number', weekday: 'number' },
  /**
   * starts, ends, booked = day numbers (ends: the last paid day); term = days from start to end; daily = amount ÷ term, price_change = daily ÷ that of the period before under the same contract number.
   * uncovered = days between what was paid before and the start (negative where they overlap), 36,525 for the first period. number = 1 for the first period, one more for each
   * that pays further. lead = days from the booking to the end of what was paid before. cancelled, auto_renew = 1 or 0.
   */
  contracts: {
    amount: 'money', starts: 'number', ends: 'number', booked: 'number', term: 'number', daily: 'number', price_change: 'number', uncovered: 'number', number: 'number', lead: 'number',
    auto_renew: 'number', cancelled: 'number', plan: 'text', contract: 'text',
  },
} as const satisfies Record<Source, Record<string, ColumnType>>;

export type ColumnOf<S extends Source> = keyof (typeof SOURCE_COLUMNS)[S] & string;

/** Days before the cut-off, counted on the business calendar: rows in [asOf − from days, asOf − to days). */
export interface Window {
  /** Absent: from the beginning. */
  readonly from?: number;
  /** 0 is the cut-off itself. */
  readonly to: number;
}

export type Condition =
  | { readonly column: string; readonly is: readonly string[] }
  | { readonly column: string; readonly present: true }
  | { readonly column: string; readonly above: number }
  | { readonly column: string; readonly atLeast: number; readonly atMost: number };

/** Rows of a source. */
export interface Rows {
  readonly source: Source;
  readonly window: Window;
  /** `events` only; empty means every kind. */
  readonly kinds: readonly string[];
  readonly where: readonly Condition[];
}

/** What is computed over rows. `empty` in {@link AGGREGATES} says what no rows give. */
export type AggregateFunction =
  | { readonly fn: 'count' }
  /** Rows of the commonest value of `column`. */
  | { readonly fn: 'top_count'; readonly column: string }
  /** Different values of `column`. */
  | { readonly fn: 'count_distinct'; readonly column: string }
  /** Rows where `column` is known. */
  | { readonly fn: 'count_known'; readonly column: string }
  | { readonly fn: 'sum'; readonly column: string }
  /** Σ x², money cut to ±10¹¹ so that one absurd amount cannot overflow. */
  | { readonly fn: 'sum_squares'; readonly column: string }
  | { readonly fn: 'min' | 'max'; readonly column: string }
  /** Quantile `p` in [0, 1], linear between neighbours (type 7 of Hyndman & Fan 1996). */
  | { readonly fn: 'percentile'; readonly column: string; readonly p: number }
  /** Value in the earliest or latest row; rows at the same instant in the order of arrival. */
  | { readonly fn: 'first' | 'last'; readonly column: string }
  /** Instant (epoch ms) of the earliest or latest row of `events` and `orders`. */
  | { readonly fn: 'first_time' | 'last_time' }
  /** Σ x·2^(−age/halfLife), age in days to the cut-off; x = 1 without a column. */
  | { readonly fn: 'decayed'; readonly halfLifeDays: number; readonly column?: string }
  /** Σ x·(1−alpha)^rank over order days, rank 0 = newest; x = 1 without a column. */
  | { readonly fn: 'rank_weighted'; readonly alpha: number; readonly column?: string };

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly rows: Rows;
  readonly of: AggregateFunction;
}

/** A number per customer; NaN is missing and spreads through every operation. */
export type Expression =
  | Aggregate
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'add' | 'subtract' | 'multiply'; readonly left: Expression; readonly right: Expression }
  /** left ÷ right; missing where right is 0. */
  | { readonly kind: 'ratio'; readonly left: Expression; readonly right: Expression }
  /** Square root of the sample variance from count, sum and sum of squares; missing below two rows. */
  | { readonly kind: 'deviation'; readonly count: Expression; readonly sum: Expression; readonly squares: Expression }
  /** (cut-off − instant) in days of 86,400 s. */
  | { readonly kind: 'days_since'; readonly instant: Expression }
  /** Instant (epoch ms) from which the customer is known: the earlier of the customer's row and first event. */
  | { readonly kind: 'first_known' }
  /** The cut-off on the business calendar: days since 1970-01-01, or the day of the year as an angle. */
  | { readonly kind: 'calendar'; readonly part: 'day' | 'year_sin' | 'year_cos' }
  /** An attribute of the customer read as a number; missing where it is none. Attributes have no history: they are the latest known. */
  | { readonly kind: 'attribute'; readonly key: string }
  /** 1 where the attribute is one of `values`, 0 where it is another, missing where there is none. */
  | { readonly kind: 'attribute_is'; readonly key: string; readonly values: readonly string[] };

/** What an aggregate of no rows gives: 0 where nothing counts as zero, otherwise missing. Decided here, once for every engine. */
export const EMPTY_VALUE: Readonly<Record<AggregateFunction['fn'], 0 | 'missing'>> = {
  count: 0, top_count: 0, count_distinct: 0, count_known: 0, sum: 0, sum_squares: 0, decayed: 0, rank_weighted: 0,
  min: 'missing', max: 'missing', percentile: 'missing', first: 'missing', last: 'missing', first_time: 'missing', last_time: 'missing',
};
