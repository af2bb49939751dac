/**
 * How features are written: `orders.last(90).count()`, `ratio(net, gross)`, `feature({ name, …, value })`.
 * Every call returns frozen plain data (see expression.ts); nothing is computed here.
 */
import type { Bilingual } from '../base/text.ts';
import type { Aggregate, AggregateFunction, ColumnOf, Condition, Expression, Rows, Source, Window } from './expression.ts';
import type { Unit } from './units.ts';

export interface FeatureDefinition {
  /** snake_case, stable for ever: models refer to it. */
  readonly name: string;
  readonly label: Bilingual;
  readonly unit: Unit;
  /** One sentence that a marketer understands. */
  readonly meaning: Bilingual;
  /** What a missing number becomes: `missing` stays NaN, a number is filled in. */
  readonly missing: 'missing' | number;
  /** The file of features/ that it comes from. */
  readonly group: string;
  /** What a reason that names it is about: features of one theme push together. Absent: windows of one measure are one theme. */
  readonly theme?: string;
  /** 1 for the feature that says its theme in the plainest words, 2 for the next; absent: speaks only where none of those does. */
  readonly told?: number;
  /** `sensitive` features need a purpose before a model may use them. */
  readonly sensitivity: 'ordinary' | 'sensitive';
  readonly value: Expression;
}

type FeatureInit = Omit<FeatureDefinition, 'sensitivity'> & { readonly sensitivity?: FeatureDefinition['sensitivity'] };

export function feature(init: FeatureInit): FeatureDefinition {
  return Object.freeze({ ...init, sensitivity: init.sensitivity ?? 'ordinary' });
}

/** Rows of one source, narrowed step by step. Each method gives a new value. */
export interface RowsBuilder<S extends Source> {
  /** The last `days` days before the cut-off. */
  last(days: number): RowsBuilder<S>;
  /** From `from` to `to` days before the cut-off, the start included and the end not; from > to. */
  between(from: number, to: number): RowsBuilder<S>;
  /** `events` only: these kinds. */
  ofKind(...kinds: string[]): RowsBuilder<S>;
  /** Rows whose text column is one of the values. */
  whereIs(column: ColumnOf<S>, ...values: string[]): RowsBuilder<S>;
  /** Rows whose column is known. */
  whereKnown(column: ColumnOf<S>): RowsBuilder<S>;
  whereAbove(column: ColumnOf<S>, bound: number): RowsBuilder<S>;
  whereBetween(column: ColumnOf<S>, atLeast: number, atMost: number): RowsBuilder<S>;
  count(): Aggregate;
  countDistinct(column: ColumnOf<S>): Aggregate;
  /** How many rows have the commonest value of the column. */
  topCount(column: ColumnOf<S>): Aggregate;
  /** Rows whose column is known. */
  countKnown(column: ColumnOf<S>): Aggregate;
  sum(column: ColumnOf<S>): Aggregate;
  min(column: ColumnOf<S>): Aggregate;
  max(column: ColumnOf<S>): Aggregate;
  avg(column: ColumnOf<S>): Expression;
  /** Sample standard deviation. */
  stddev(column: ColumnOf<S>): Expression;
  percentile(column: ColumnOf<S>, p: number): Aggregate;
  median(column: ColumnOf<S>): Aggregate;
  first(column: ColumnOf<S>): Aggregate;
  lastValue(column: ColumnOf<S>): Aggregate;
  firstTime(): Aggregate;
  lastTime(): Aggregate;
  decayed(halfLifeDays: number, column?: ColumnOf<S>): Aggregate;
  /** Exponentially weighted mean, newest row heaviest: Σ x(1−alpha)^rank ÷ Σ (1−alpha)^rank. `gaps` and `order_days` only. */
  ewm(column: ColumnOf<S>, alpha: number): Expression;
}

function aggregate(rows: Rows, of: AggregateFunction): Aggregate {
  return Object.freeze({ kind: 'aggregate' as const, rows, of: Object.freeze(of) });
}

function builder<S extends Source>(rows: Rows): RowsBuilder<S> {
  const narrowed = (change: Partial<Rows>): RowsBuilder<S> => builder(Object.freeze({ ...rows, ...change }));
  const where = (condition: Condition): RowsBuilder<S> => narrowed({ where: [...rows.where, condition] });
  const of = (fn: AggregateFunction): Aggregate => aggregate(rows, fn);
  const window = (value: Window): RowsBuilder<S> => narrowed({ window: value });
  return {
    last: (days) => window({ from: days, to: 0 }),
    between: (from, to) => window({ from, to }),
    ofKind: (...kinds) => narrowed({ kinds: [...kinds].sort() }),
    whereIs: (column, ...values) => where({ column, is: [...values].sort() }),
    whereKnown: (column) => where({ column, present: true }),
    whereAbove: (column, above) => where({ column, above }),
    whereBetween: (column, atLeast, atMost) => where({ column, atLeast, atMost }),
    count: () => of({ fn: 'count' }),
    countDistinct: (column) => of({ fn: 'count_distinct', column }),
    topCount: (column) => of({ fn: 'top_count', column }),
    countKnown: (column) => of({ fn: 'count_known', column }),
    sum: (column) => of({ fn: 'sum', column }),
    min: (column) => of({ fn: 'min', column }),
    max: (column) => of({ fn: 'max', column }),
    avg: (column) => ratio(of({ fn: 'sum', column }), of({ fn: 'count_known', column })),
    stddev: (column) => ({ kind: 'deviation', count: of({ fn: 'count_known', column }), sum: of({ fn: 'sum', column }), squares: of({ fn: 'sum_squares', column }) }),
    percentile: (column, p) => of({ fn: 'percentile', column, p }),
    median: (column) => of({ fn: 'percentile', column, p: 0.5 }),
    first: (column) => of({ fn: 'first', column }),
    lastValue: (column) => of({ fn: 'last', column }),
    firstTime: () => of({ fn: 'first_time' }),
    lastTime: () => of({ fn: 'last_time' }),
    decayed: (halfLifeDays, column) => of(column === undefined ? { fn: 'decayed', halfLifeDays } : { fn: 'decayed', halfLifeDays, column }),
    ewm: (column, alpha) => ratio(of({ fn: 'rank_weighted', alpha, column }), of({ fn: 'rank_weighted', alpha })),
  };
}

const everything = (source: Source): Rows => Object.freeze({ source, window: { to: 0 }, kinds: [], where: [] });

export const events: RowsBuilder<'events'> = builder(everything('events'));
export const orders: RowsBuilder<'orders'> = builder(everything('orders'));
export const orderDays: RowsBuilder<'order_days'> = builder(everything('order_days'));
export const gaps: RowsBuilder<'gaps'> = builder(everything('gaps'));
export const contracts: RowsBuilder<'contracts'> = builder(everything('contracts'));

export const constant = (value: number): Expression => ({ kind: 'constant', value });
export const add = (left: Expression, right: Expression): Expression => ({ kind: 'add', left, right });
export const subtract = (left: Expression, right: Expression): Expression => ({ kind: 'subtract', left, right });
export const multiply = (left: Expression, right: Expression): Expression => ({ kind: 'multiply', left, right });
/** left ÷ right; missing where right is 0 or missing. */
export const ratio = (left: Expression, right: Expression): Expression => ({ kind: 'ratio', left, right });
/** Days of 86,400 s from an instant to the cut-off. */
export const daysSince = (instant: Expression): Expression => ({ kind: 'days_since', instant });
export const firstKnown: Expression = { kind: 'first_known' };
/** The cut-off's business day: `day` = days since 1970-01-01; `year_sin`, `year_cos` = the day of the year as a point on a circle. */
export const calendar = (part: 'day' | 'year_sin' | 'year_cos'): Expression => ({ kind: 'calendar', part });
export const attribute = (key: string): Expression => ({ kind: 'attribute', key });
export const attributeIs = (key: string, ...values: string[]): Expression => ({ kind: 'attribute_is', key, values: [...values].sort() });
