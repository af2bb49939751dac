/**
 * The text form of a condition, for people who type: `orders last 180 days >= 3 or count(referral) >= 2`. docs/conditions.md tells it by examples.
 * It says nothing that the JSON form does not, and what is read goes through the same checks.
 */
import { parseCondition } from '../parse.ts';
import type { Condition } from '../schema.ts';
import { keyOf, oneOf, readComparison, readFilters, readKinds, readWindow, wholeNumber } from './readComparison.ts';
import { readerOf } from './tokens.ts';
import type { Reader } from './tokens.ts';

type Json = Record<string, unknown>;

const AGGREGATES = ['count', 'distinct', 'sum', 'avg', 'min', 'max', 'share', 'first', 'last'] as const;
const LEAVES = ['attr', 'tag', 'stage', 'consent', 'identity', 'segment', 'outside', 'orders', 'sequence', ...AGGREGATES] as const;
/** Parentheses and nots inside each other; the language's own limit is lower and has the better message. */
const NESTING = 100;

function where(reader: Reader): Json {
  return reader.take('where') ? { where: readFilters(reader) } : {};
}

function readAggregate(reader: Reader, aggregate: string): Json {
  reader.expect('(', `${aggregate} goes with parentheses, for example ${aggregate}(order${aggregate === 'count' || aggregate === 'share' ? '' : '.amount'})`);
  const kinds = readKinds(reader);
  let of: unknown;
  if (reader.sees('.', 'properties', '.')) {
    reader.next();
    reader.next();
    of = { property: keyOf(reader) };
  } else if (reader.sees('.')) of = keyOf(reader);
  const filters = where(reader);
  const part = reader.take('that') ? { part: readFilters(reader) } : {};
  reader.expect(')', 'a closing parenthesis must follow');
  return { events: { ...(kinds === undefined ? {} : { kinds }), ...filters, window: readWindow(reader), aggregate, ...(of === undefined ? {} : { of }), ...part, ...readComparison(reader) } };
}

function readStep(reader: Reader): Json {
  const absent = reader.take('no') ? { absent: true } : {};
  const kinds = readKinds(reader);
  const filters = where(reader);
  reader.expect('within', 'the time in which the step comes must follow: within 3 days');
  const time = wholeNumber(reader);
  return { kinds, ...filters, within: { [oneOf(reader, ['days', 'hours'], 'the time between steps is counted in')]: time }, ...absent };
}

function readSequence(reader: Reader): Json {
  reader.expect('(');
  const first = { kinds: readKinds(reader), ...where(reader), window: readWindow(reader) };
  const followedBy: Json[] = [];
  while (reader.take('then')) followedBy.push(readStep(reader));
  reader.expect(')', '"then" or a closing parenthesis must follow');
  return { sequence: { first, followedBy } };
}

/** `in (a, b)` or `= a`, as a list of codes. */
function codes(reader: Reader, what: string): unknown[] {
  const comparison = readComparison(reader);
  if (comparison.op === 'in') return comparison.values as unknown[];
  return comparison.op === '=' ? [comparison.value] : reader.fail(`${what} goes with = or in`);
}

function readStage(reader: Reader): Json {
  const stage = codes(reader, 'stage');
  if (!reader.take('for')) return { stage };
  const days = readComparison(reader);
  reader.expect('days');
  return { stage, days };
}

function readTag(reader: Reader): Json {
  const tag = keyOf(reader);
  if (!reader.sees('.')) reader.fail(`say which side of the tag: tag.${/^[a-z0-9_]{1,64}$/.test(tag) ? tag : 'key'}.band, .value, .probability, .percentile, .lift or .status`);
  reader.next();
  const field = oneOf(reader, ['value', 'band', 'probability', 'percentile', 'lift', 'status'], 'a tag has');
  return { tag, field, ...readComparison(reader) };
}

function readLeaf(reader: Reader): Json {
  const start = reader.peek();
  // "in segment.vip" reads well and means the same as "segment.vip".
  if (reader.sees('in', 'segment')) reader.next();
  const name = oneOf(reader, LEAVES, 'a condition begins with');
  switch (name) {
    case 'attr': return { attribute: keyOf(reader), ...readComparison(reader) };
    case 'tag': return readTag(reader);
    case 'stage': return readStage(reader);
    case 'consent': {
      const consent = keyOf(reader);
      return { consent, in: codes(reader, 'consent') };
    }
    case 'identity': return { identity: keyOf(reader), ...readComparison(reader) };
    case 'segment': return { segment: keyOf(reader), op: 'in' };
    case 'outside': {
      reader.expect('segment');
      return { segment: keyOf(reader), op: 'not_in' };
    }
    case 'orders': return { events: { kinds: ['order'], window: readWindow(reader), aggregate: 'distinct', of: 'order', ...readComparison(reader) } };
    case 'sequence': return readSequence(reader);
    default: return start.type === 'end' ? reader.fail('a condition must stand here') : readAggregate(reader, name);
  }
}

function readUnary(reader: Reader, depth: number): Json {
  if (depth > NESTING) reader.fail(`it is nested more than ${NESTING} levels deep`);
  if (reader.take('not')) return { not: readUnary(reader, depth + 1) };
  for (const group of ['all', 'any']) {
    if (!reader.sees(group, '(')) continue;
    reader.next();
    reader.next();
    const child = readOr(reader, depth + 1);
    reader.expect(')', 'a closing parenthesis must follow');
    return { [group]: [child] };
  }
  if (!reader.take('(')) return readLeaf(reader);
  const inner = readOr(reader, depth + 1);
  reader.expect(')', '"and", "or" or a closing parenthesis must follow');
  return inner;
}

function chain(reader: Reader, word: 'and' | 'or', group: 'all' | 'any', part: () => Json): Json {
  const parts = [part()];
  while (reader.take(word)) parts.push(part());
  return parts.length === 1 ? parts[0] : { [group]: parts };
}

function readOr(reader: Reader, depth: number): Json {
  return chain(reader, 'or', 'any', () => chain(reader, 'and', 'all', () => readUnary(reader, depth)));
}

/**
 * Reads the text form. `and` binds closer than `or`, `not` closest.
 * @throws AppError `invalid_input` with `details.position` (of a character, from 1) or, where the text reads well but says too much, `details.path` of the JSON form
 */
export function readCondition(text: string): Condition {
  const reader = readerOf(text);
  const condition = readOr(reader, 0);
  if (reader.peek().type !== 'end') reader.fail('"and", "or" or the end must follow');
  return parseCondition(condition);
}

/** A condition as people and programs send it: JSON where it begins with a brace, the text form otherwise. @throws AppError `invalid_input`. */
export function conditionFrom(text: string): Condition {
  if (!text.trimStart().startsWith('{')) return readCondition(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return readerOf('').fail('the JSON of the condition cannot be read: check quotes, commas and braces');
  }
  return parseCondition(json);
}
