/** Event aggregates of one customer in memory: the same meaning as the SQL, written the plain way. */
import { addDays } from '../base/time.ts';
import { spanOf } from './context.ts';
import type { Calendar } from './context.ts';
import { DECIMAL_SCALE, exactDecimal } from './decimal.ts';
import type { EventAggregate, EventFilter, TextColumn } from './eventLeaf.ts';
import type { EventFacts } from './facts.ts';
import { calendarValue, compareValue, dayOf, decimalValue, holds, jsonValue, numberHolds, textValue } from './values.ts';
import type { Truth, Value } from './values.ts';

function textColumn(event: EventFacts, column: TextColumn): string | null | undefined {
  return column === 'order_ref' ? event.orderRef : event[column];
}

function valueOf(event: EventFacts, filter: EventFilter, calendar: Calendar): Value {
  if ('property' in filter) return jsonValue(event.properties, filter.property);
  switch (filter.column) {
    case 'kind': return textValue(event.kind);
    case 'local_hour':
    case 'local_weekday': return calendarValue(filter.column, event.occurredAt, calendar.timeZone);
    case 'amount':
    case 'quantity':
    case 'discount': return decimalValue(event[filter.column]);
    default: return textValue(textColumn(event, filter.column));
  }
}

/** Whether an event passes every filter; a filter that is unknown is not passed. */
export function passesAll(event: EventFacts, filters: readonly EventFilter[] | undefined, calendar: Calendar): boolean {
  return (filters ?? []).every((filter) => compareValue(valueOf(event, filter, calendar), filter, calendar) === true);
}

function selected(events: readonly EventFacts[], leaf: EventAggregate, calendar: Calendar): readonly EventFacts[] {
  const { from, to, sinceLast } = spanOf(leaf.window, calendar);
  const marks = sinceLast === undefined ? [] : events.filter((event) => event.kind === sinceLast && event.occurredAt < calendar.asOf);
  const after = marks.reduce((latest, { occurredAt }) => Math.max(latest, occurredAt), -Infinity);
  return events.filter(
    (event) => (from === undefined || event.occurredAt >= from) && event.occurredAt > after && event.occurredAt < to && (leaf.kinds === undefined || leaf.kinds.includes(event.kind)) && passesAll(event, leaf.where, calendar),
  );
}

function distinctKey(event: EventFacts, of: Extract<EventAggregate, { aggregate: 'distinct' }>['of'], calendar: Calendar): string | null {
  if (typeof of !== 'string') return jsonValue(event.properties, of.property).text ?? null;
  if (of === 'order') return event.orderRef === null || event.orderRef === undefined ? `e${event.eventId}` : `r${event.orderRef}`;
  if (of === 'local_date') return dayOf(event.occurredAt, calendar.timeZone);
  return textColumn(event, of) ?? null;
}

function edge(events: readonly EventFacts[], leaf: Extract<EventAggregate, { aggregate: 'first' | 'last' }>, calendar: Calendar): Truth {
  const inOrder = events.toSorted((a, b) => a.occurredAt - b.occurredAt || a.eventId - b.eventId);
  if (leaf.aggregate === 'last') inOrder.reverse();
  if (leaf.of === 'occurred_at') {
    const [event] = inOrder;
    if (event === undefined) return null;
    const at = event.occurredAt;
    switch (leaf.op) {
      case '<': return at < calendar.startOf(leaf.value);
      case '<=': return at < calendar.startOf(addDays(leaf.value, 1));
      case '>': return at >= calendar.startOf(addDays(leaf.value, 1));
      case '>=': return at >= calendar.startOf(leaf.value);
      case 'last_days': return at >= calendar.startOf(calendar.day(-leaf.value));
      case 'before_last_days': return at < calendar.startOf(calendar.day(-leaf.value));
    }
  }
  const { of } = leaf;
  for (const event of inOrder) {
    let value: Value;
    if (typeof of !== 'string') value = textValue(jsonValue(event.properties, of.property).text);
    else if (of === 'amount' || of === 'quantity' || of === 'discount') value = decimalValue(event[of]);
    else value = textValue(textColumn(event, of));
    if (value.known === true) return compareValue(value, leaf, calendar);
  }
  return null;
}

/** The comparison of an aggregate over one customer's events. */
export function matchesEvents(all: readonly EventFacts[], leaf: EventAggregate, calendar: Calendar): Truth {
  const events = selected(all, leaf, calendar);
  switch (leaf.aggregate) {
    case 'count':
      return holds(events.length, leaf.op, leaf.value);
    case 'distinct':
      return holds(new Set(events.map((event) => distinctKey(event, leaf.of, calendar)).filter((key) => key !== null)).size, leaf.op, leaf.value);
    case 'share': {
      const part = events.filter((event) => passesAll(event, leaf.part, calendar)).length;
      return events.length === 0 ? null : holds(BigInt(part) * DECIMAL_SCALE, leaf.op, exactDecimal(leaf.value) * BigInt(events.length));
    }
    case 'first':
    case 'last':
      return edge(events, leaf, calendar);
    default: {
      const { of } = leaf;
      const numbers = events
        .map((event) => (typeof of === 'string' ? decimalValue(event[of]) : jsonValue(event.properties, of.property)).number)
        .filter((number) => typeof number === 'bigint');
      const total = numbers.reduce((sum, number) => sum + number, 0n);
      if (leaf.aggregate === 'sum') return numberHolds(total, leaf.op, leaf.value);
      if (numbers.length === 0) return null;
      if (leaf.aggregate === 'avg') return holds(total, leaf.op, exactDecimal(leaf.value) * BigInt(numbers.length));
      const extreme = numbers.reduce((best, number) => ((leaf.aggregate === 'min') === number < best ? number : best));
      return numberHolds(extreme, leaf.op, leaf.value);
    }
  }
}
