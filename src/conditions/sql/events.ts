/** Event aggregates in SQL: each is a filtered aggregate over one scan of `events e`, grouped by customer. */
import { spanOf } from '../context.ts';
import type { Calendar, Span } from '../context.ts';
import type { CalendarColumn, EventAggregate, EventFilter, NumberColumn, TextColumn } from '../eventLeaf.ts';
import { addDays } from '../../base/time.ts';
import { compareSql, inList, infix, jsonOperand } from './comparison.ts';
import type { Operand } from './comparison.ts';
import { and, bindInstant, bindNumeric, bindText, sql } from './fragment.ts';
import type { Sql } from './fragment.ts';

const TEXT: Readonly<Record<TextColumn, Sql>> = {
  product: sql`e.product`, category: sql`e.category`, channel: sql`e.channel`, campaign: sql`e.campaign`, session: sql`e.session`, order_ref: sql`e.order_ref`,
};
const NUMBER: Readonly<Record<NumberColumn, Sql>> = { amount: sql`e.amount`, quantity: sql`e.quantity`, discount: sql`e.discount` };
const PROPERTIES = sql`e.properties`;

function localTime(calendar: Calendar): Sql {
  return sql`(e.occurred_at at time zone ${bindText(calendar.timeZone)})`;
}

function columnOperand(column: NumberColumn | TextColumn | CalendarColumn, calendar: Calendar): Operand {
  if (column === 'local_hour') return { number: sql`extract(hour from ${localTime(calendar)})::numeric`, known: sql`true` };
  if (column === 'local_weekday') return { number: sql`extract(isodow from ${localTime(calendar)})::numeric`, known: sql`true` };
  if (column in NUMBER) {
    const number = NUMBER[column as NumberColumn];
    return { number, known: sql`${number} is not null` };
  }
  const text = TEXT[column as TextColumn];
  return { text, known: sql`${text} is not null` };
}

function textOnly({ text }: Operand): Operand {
  return text === undefined ? {} : { text };
}

export function filterSql(filter: EventFilter, calendar: Calendar): Sql {
  if ('property' in filter) return compareSql(jsonOperand(PROPERTIES, filter.property), filter, calendar);
  if (filter.column === 'kind') return inList(sql`e.kind`, filter.op, filter.values.map(bindText));
  return compareSql(columnOperand(filter.column, calendar), filter, calendar);
}

export function kindIn(kinds: readonly string[]): Sql {
  return inList(sql`e.kind`, 'in', kinds.map(bindText));
}

/** Which events an aggregate looks at: for the filter of the aggregate and for the filter of the scan. */
export interface Reach {
  readonly kinds: readonly string[] | undefined;
  readonly span: Span;
}

export function reachOf(events: EventAggregate, calendar: Calendar): Reach {
  return { kinds: events.kinds, span: spanOf(events.window, calendar) };
}

/** The filter of a scan that serves all of `reaches`. */
export function scanFilter(reaches: readonly Reach[], calendar: Calendar): Sql {
  const parts = [sql`e.occurred_at < ${bindInstant(Math.min(calendar.asOf, Math.max(...reaches.map(({ span }) => span.to))))}`];
  if (reaches.every(({ span }) => span.from !== undefined)) parts.push(sql`e.occurred_at >= ${bindInstant(Math.min(...reaches.map(({ span }) => span.from ?? 0)))}`);
  if (reaches.every(({ kinds }) => kinds !== undefined)) parts.push(kindIn([...new Set(reaches.flatMap(({ kinds }) => kinds ?? []))].sort()));
  return and(parts);
}

/** Registers an aggregate of the scan and gives the column that will hold it. */
export type Slot = (aggregate: Sql) => Sql;
/** Gives the column of the scan that holds the time of the customer's last event of a kind, NULL where there is none. */
export type LastOf = (kind: string) => Sql;

const numericResult = (value: Sql, leaf: { op: '=' | '!=' | '<' | '<=' | '>' | '>='; value: number }): Sql => infix(value, leaf.op, bindNumeric(leaf.value));

function edgeSql(events: Extract<EventAggregate, { aggregate: 'first' | 'last' }>, passes: Sql, slot: Slot, calendar: Calendar): Sql {
  if (events.of === 'occurred_at') {
    const value = slot(events.aggregate === 'first' ? sql`min(e.occurred_at) filter (where ${passes})` : sql`max(e.occurred_at) filter (where ${passes})`);
    const before = (day: string): Sql => sql`${value} < ${bindInstant(calendar.startOf(day))}`;
    const since = (day: string): Sql => sql`${value} >= ${bindInstant(calendar.startOf(day))}`;
    switch (events.op) {
      case '<': return before(events.value);
      case '<=': return before(addDays(events.value, 1));
      case '>': return since(addDays(events.value, 1));
      case '>=': return since(events.value);
      case 'last_days': return since(calendar.day(-events.value));
      case 'before_last_days': return before(calendar.day(-events.value));
    }
  }
  const operand: Operand = typeof events.of === 'string' ? columnOperand(events.of, calendar) : textOnly(jsonOperand(PROPERTIES, events.of.property));
  const source = (operand.number ?? operand.text) as Sql;
  const filter = sql`filter (where ${passes} and (${source}) is not null)`;
  const value = slot(
    events.aggregate === 'first'
      ? sql`(array_agg(${source} order by e.occurred_at, e.event_id) ${filter})[1]`
      : sql`(array_agg(${source} order by e.occurred_at desc, e.event_id desc) ${filter})[1]`,
  );
  return compareSql(operand.number === undefined ? { text: value } : { number: value }, events, calendar);
}

function distinctSource(of: Extract<EventAggregate, { aggregate: 'distinct' }>['of'], calendar: Calendar): Sql {
  // Byte order: telling texts apart needs no collation, and sorting by one costs several times as much.
  if (typeof of !== 'string') return sql`(${jsonOperand(PROPERTIES, of.property).text as Sql}) collate "C"`;
  if (of === 'order') return sql`coalesce('r' || e.order_ref, 'e' || e.event_id::text) collate "C"`;
  if (of === 'local_date') return sql`${localTime(calendar)}::date`;
  return sql`${TEXT[of]} collate "C"`;
}

/** SQL of the comparison, over the columns of the scan `ev`, which are NULL for customers without events in its reach. */
export function eventsSql(events: EventAggregate, slot: Slot, lastOf: LastOf, calendar: Calendar): Sql {
  const { kinds, span } = reachOf(events, calendar);
  const parts = [
    ...(kinds === undefined ? [] : [kindIn(kinds)]),
    ...(span.from === undefined ? [] : [sql`e.occurred_at >= ${bindInstant(span.from)}`]),
    ...(span.sinceLast === undefined ? [] : [sql`(${lastOf(span.sinceLast)} is null or e.occurred_at > ${lastOf(span.sinceLast)})`]),
    // The scan itself ends at asOf.
    ...(span.to === calendar.asOf ? [] : [sql`e.occurred_at < ${bindInstant(span.to)}`]),
    ...(events.where ?? []).map((filter) => filterSql(filter, calendar)),
  ];
  const passes = and(parts);
  const count = (): Sql => slot(sql`count(*) filter (where ${passes})`);
  switch (events.aggregate) {
    case 'count':
      return numericResult(sql`coalesce(${count()}, 0)`, events);
    case 'distinct':
      return numericResult(sql`coalesce(${slot(sql`count(distinct ${distinctSource(events.of, calendar)}) filter (where ${passes})`)}, 0)`, events);
    case 'share': {
      const total = count();
      const part = slot(sql`count(*) filter (where ${and([passes, ...events.part.map((filter) => filterSql(filter, calendar))])})`);
      // part ÷ total op value, without the rounding of a division.
      return infix(part, events.op, sql`${bindNumeric(events.value)} * nullif(${total}, 0)`);
    }
    case 'first':
    case 'last':
      return edgeSql(events, passes, slot, calendar);
    default: {
      const source = (typeof events.of === 'string' ? NUMBER[events.of] : jsonOperand(PROPERTIES, events.of.property).number) as Sql;
      const filter = sql`filter (where ${passes})`;
      if (events.aggregate === 'min') return numericResult(slot(sql`min(${source}) ${filter}`), events);
      if (events.aggregate === 'max') return numericResult(slot(sql`max(${source}) ${filter}`), events);
      const total = slot(sql`sum(${source}) ${filter}`);
      if (events.aggregate === 'sum') return numericResult(sql`coalesce(${total}, 0)`, events);
      return infix(total, events.op, sql`${bindNumeric(events.value)} * ${slot(sql`count(${source}) ${filter}`)}`);
    }
  }
}
