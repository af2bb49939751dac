/** Comparisons, filters and windows of the text form. They answer plain JSON; what it may hold is checked afterwards by the language's own schema. */
import { suggestNames } from '../suggest.ts';
import { CALENDAR_COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS } from '../eventLeaf.ts';
import type { Reader } from './tokens.ts';

type Json = Record<string, unknown>;

/** Of a list that people type in lower case, with what may have been meant. */
export function oneOf(reader: Reader, names: readonly string[], what: string): string {
  const token = reader.peek();
  const name = token.type === 'word' ? token.value.toLowerCase() : '';
  if (names.includes(name)) {
    reader.next();
    return name;
  }
  const meant = token.type === 'word' ? suggestNames(name, names) : [];
  return reader.fail(`${what}: ${meant.length > 0 ? `did you mean ${meant.join(' or ')}?` : `one of ${names.join(', ')}`}`);
}

/** A key after a dot: a word, or a text in quotes for anything else. */
export function keyOf(reader: Reader): string {
  reader.expect('.', 'a dot and a name must follow');
  const token = reader.next();
  if (token.type !== 'word' && token.type !== 'text') reader.fail('a name must follow the dot; in double quotes if it is not one word', token);
  return token.value;
}

export function wholeNumber(reader: Reader): number {
  const token = reader.next();
  if (token.type !== 'number' || !/^\d{1,9}$/.test(token.value)) reader.fail('a whole number must stand here', token);
  return Number(token.value);
}

function literal(reader: Reader): string | number | boolean {
  const token = reader.next();
  switch (token.type) {
    case 'text':
    case 'day': return token.value;
    case 'number': return Number(token.value);
    case 'word': return token.value === 'true' ? true : token.value === 'false' ? false : token.value;
    default: return reader.fail('a value must stand here: a number, a day, true, false, a word or a text in double quotes', token);
  }
}

function list(reader: Reader): (string | number | boolean)[] {
  reader.expect('(', 'a list in parentheses must follow');
  const values = [literal(reader)];
  while (reader.take(',')) values.push(literal(reader));
  reader.expect(')', 'a comma or the closing parenthesis of the list must follow');
  return values;
}

function days(reader: Reader): number {
  const value = wholeNumber(reader);
  reader.expect('days');
  return value;
}

/** `= 5`, `in ("a", "b")`, `within last 30 days`, `exists` … */
export function readComparison(reader: Reader): Json {
  for (const op of ['=', '!=', '<=', '>=', '<', '>']) if (reader.take(op)) return { op, value: literal(reader) };
  if (reader.sees('not', 'in')) {
    reader.next();
    reader.next();
    return { op: 'not_in', values: list(reader) };
  }
  if (reader.take('in')) return { op: 'in', values: list(reader) };
  if (reader.take('contains')) return { op: 'contains', value: literal(reader) };
  if (reader.take('has')) return { op: 'has', value: literal(reader) };
  if (reader.take('starts')) {
    reader.expect('with');
    return { op: 'starts_with', value: literal(reader) };
  }
  if (reader.take('within')) return { op: oneOf(reader, ['last', 'next'], '"within" goes with') === 'last' ? 'last_days' : 'next_days', value: days(reader) };
  if (reader.take('more')) {
    reader.expect('than');
    const value = days(reader);
    reader.expect('ago');
    return { op: 'before_last_days', value };
  }
  if (reader.take('exists')) return { op: 'exists' };
  if (reader.take('missing')) return { op: 'missing' };
  return reader.fail('a comparison must follow: = != < <= > >= in, not in, contains, starts with, has, within last … days, more than … days ago, exists or missing');
}

function readFilter(reader: Reader): Json {
  if (reader.sees('properties', '.')) {
    reader.next();
    const property = keyOf(reader);
    return { property, ...readComparison(reader) };
  }
  const column = oneOf(reader, ['kind', ...NUMBER_COLUMNS, ...CALENDAR_COLUMNS, ...TEXT_COLUMNS, 'properties'], 'a filter begins with a column of the events');
  return { column, ...readComparison(reader) };
}

/** `channel = "app" and properties.size in ("M", "L")`. */
export function readFilters(reader: Reader): Json[] {
  const filters = [readFilter(reader)];
  while (reader.take('and')) filters.push(readFilter(reader));
  return filters;
}

/** `last 30 days`, `from 180 to 90 days ago`, `from 2026-01-01 to 2026-03-31`, `since last order`; nothing means since ever. */
export function readWindow(reader: Reader): unknown {
  if (reader.take('last')) {
    const value = wholeNumber(reader);
    const unit = oneOf(reader, ['days', 'weeks', 'months'], 'a window is counted in');
    return { [{ days: 'lastDays', weeks: 'lastWeeks', months: 'lastMonths' }[unit] as string]: value };
  }
  if (reader.take('from')) {
    if (reader.peek().type === 'day') {
      const from = reader.next().value;
      reader.expect('to');
      const to = reader.next();
      if (to.type !== 'day') reader.fail('a day written YYYY-MM-DD must stand here', to);
      return { from, to: to.value };
    }
    const fromDaysAgo = wholeNumber(reader);
    reader.expect('to');
    const toDaysAgo = days(reader);
    reader.expect('ago');
    return { fromDaysAgo, toDaysAgo };
  }
  if (reader.take('since')) {
    reader.expect('last');
    return { sinceLast: reader.next().value };
  }
  return 'all';
}

/** `order`, `order|refund`, `*`: undefined for the star. */
export function readKinds(reader: Reader): string[] | undefined {
  if (reader.take('*')) return undefined;
  const kinds: string[] = [];
  do {
    const token = reader.next();
    if (token.type !== 'word') reader.fail('the kind of an event must stand here, or * for any', token);
    kinds.push(token.value);
  } while (reader.take('|'));
  return kinds;
}
