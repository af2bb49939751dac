/** SQL of one aggregate over the relation of its source (see relations.ts for the columns). Every result is float8. */
import { SOURCE_COLUMNS } from '../expression.ts';
import type { Aggregate, ColumnType, Condition, Rows, Source } from '../expression.ts';
import { DIALECTS } from './dialect.ts';
import type { SqlDialect } from './dialect.ts';

/** How a compiler writes what changes from call to call: as a literal, or as a bound parameter. */
export interface Literals {
  /** The cut-off as epoch ms (int8). */
  readonly asOf: string;
  /** Business day of the cut-off (int8). */
  readonly asOfDay: string;
  /** First instant (epoch ms) of the day `days` before the cut-off. */
  startOf(days: number): string;
  /** A text, always bound. */
  text(value: string): string;
}

const DAY_MS = 86_400_000;
/** Bound of |x| in a sum of squares: squares of 22 digits leave 10⁸ rows before 38 digits are full. */
const SQUARE_BOUND = 'CAST(100000000000 AS DECIMAL(19,4))';

/** When a row is, and what orders rows at the same time. */
export const ROW_TIME: Readonly<Record<Source, { readonly time: string; readonly id: string }>> = {
  events: { time: 'occurred_ms', id: 'event_id' },
  orders: { time: 'ordered_ms', id: 'first_event_id' },
  order_days: { time: 'day', id: 'day' },
  gaps: { time: 'day', id: 'day' },
  contracts: { time: 'ends', id: 'event_id' },
};

export const isDaily = (source: Source): boolean => source === 'order_days' || source === 'gaps' || source === 'contracts';

/** A number from a definition, as SQL that is a double on both dialects. */
const double = (value: number): string => `CAST(${value} AS FLOAT8)`;
const asDouble = (sql: string): string => `CAST(${sql} AS FLOAT8)`;

/** exp of a falling exponent; held at e⁻⁶⁰⁰ (10⁻²⁶¹), because PostgreSQL makes an error of a result too small for a double. */
const weightSql = (exponent: string): string => `exp(greatest(${exponent}, ${double(-600)}))`;

/** 2⁶²: a fraction times it fits 64 bits. */
const FRACTION = '4611686018427387904';

/**
 * A sum of doubles that is the same whatever the order of the rows, and with it whatever the number of threads: whole parts and fractions (in units of 2⁻⁶²) are
 * added up as integers. A plain sum rounds after every row, and trees grown on its last bits are other trees.
 */
function orderFreeSum(value: string, filter: string): string {
  const whole = `sum(CAST(trunc(${value}) AS INT8))${filter}`;
  const fraction = `sum(CAST((${value} - trunc(${value})) * ${asDouble(FRACTION)} AS INT8))${filter}`;
  return `${asDouble(whole)} + ${asDouble(fraction)} / ${asDouble(FRACTION)}`;
}

function columnTypeOf(source: Source, column: string): ColumnType {
  return (SOURCE_COLUMNS[source] as Readonly<Record<string, ColumnType>>)[column];
}

function conditionSql(condition: Condition, literals: Literals): string {
  const { column } = condition;
  if ('is' in condition) return `${column} IN (${condition.is.map((value) => literals.text(value)).join(', ')})`;
  if ('above' in condition) return `${column} > ${condition.above}`;
  if ('atLeast' in condition) return `${column} BETWEEN ${condition.atLeast} AND ${condition.atMost}`;
  return `${column} IS NOT NULL`;
}

/** Edges of the window as conditions; days of `order_days`, `gaps` and `contracts` are compared as day numbers. */
export function windowSql({ source, window }: Rows, literals: Literals): string[] {
  const { time } = ROW_TIME[source];
  const edge = (days: number): string => (isDaily(source) ? `${literals.asOfDay} - ${days}` : literals.startOf(days));
  return [
    ...(window.from === undefined ? [] : [`${time} >= ${edge(window.from)}`]),
    ...(window.to === 0 ? [] : [`${time} < ${edge(window.to)}`]),
  ];
}

/** Kinds stand in the text: check.ts lets only names through that have no quote. */
export const kindSql = (kinds: readonly string[]): string =>
  (kinds.length === 0 ? '' : kinds.length === 1 ? `kind = '${kinds[0]}'` : `kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`);

/** Everything that a row must satisfy, as one condition; '' when there is nothing. `scanned`: the kinds that the scan lets through, none for all. */
export function rowsSql(rows: Rows, literals: Literals, scanned: readonly string[]): string {
  return [
    ...(rows.kinds.length === 0 || rows.kinds.join(' ') === scanned.join(' ') ? [] : [kindSql(rows.kinds)]),
    ...(rows.source === 'gaps' ? ['gap IS NOT NULL'] : []),
    ...windowSql(rows, literals),
    ...rows.where.map((condition) => conditionSql(condition, literals)),
  ].join(' AND ');
}

export function aggregateSql({ rows, of }: Aggregate, dialect: SqlDialect, literals: Literals, scanned: readonly string[]): string {
  const { source } = rows;
  const condition = rowsSql(rows, literals, scanned);
  const filter = condition === '' ? '' : ` FILTER (WHERE ${condition})`;
  const { time, id } = ROW_TIME[source];
  switch (of.fn) {
    case 'count': return asDouble(`count(*)${filter}`);
    case 'count_known': return asDouble(`count(${of.column})${filter}`);
    case 'count_distinct': return asDouble(`count(DISTINCT ${of.column})${filter}`);
    case 'sum': return asDouble(`sum(${of.column})${filter}`);
    case 'sum_squares': {
      if (columnTypeOf(source, of.column) === 'number') return `sum(${asDouble(of.column)} * ${asDouble(of.column)})${filter}`;
      const bounded = `CAST(least(greatest(${of.column}, -${SQUARE_BOUND}), ${SQUARE_BOUND}) AS DECIMAL(19,4))`; // 19: DuckDB then multiplies in 128 bits
      return asDouble(`sum(${bounded} * ${bounded})${filter}`);
    }
    case 'min': case 'max': return asDouble(`${of.fn}(${of.column})${filter}`);
    case 'percentile': return DIALECTS[dialect].quantile(asDouble(of.column), of.p, condition);
    case 'first': case 'last': return DIALECTS[dialect].edge(of.fn, asDouble(of.column), time, id, condition);
    case 'first_time': return asDouble(`min(${time})${filter}`);
    case 'last_time': return asDouble(`max(${time})${filter}`);
    case 'decayed': {
      const rate = isDaily(source) ? Math.LN2 / of.halfLifeDays : Math.LN2 / (of.halfLifeDays * DAY_MS);
      const weight = weightSql(`${asDouble(`${time} - ${isDaily(source) ? literals.asOfDay : literals.asOf}`)} * ${double(rate)}`);
      return orderFreeSum(of.column === undefined ? weight : `(${asDouble(of.column)} * ${weight})`, filter);
    }
    case 'rank_weighted': {
      const weight = weightSql(`${asDouble('newest_rank')} * ${double(Math.log1p(-of.alpha))}`);
      return orderFreeSum(of.column === undefined ? weight : `(${asDouble(of.column)} * ${weight})`, filter);
    }
    default: throw new TypeError(`${of.fn} is compiled as a grouping of its own`);
  }
}

/** Relation of a source in the compiled text: gaps are rows of order_days. */
const RELATIONS: Readonly<Record<Source, string>> = { events: 'event_rows', orders: 'order_rows', order_days: 'day_rows', gaps: 'day_rows', contracts: 'contract_rows' };
export const relationOf = (source: Source): string => RELATIONS[source];
