/** Values that mean the same under one spelling, by field, and conditions that find all of them. */
import type { EventFilter } from './eventLeaf.ts';
import type { Condition, EventsLeaf } from './schema.ts';

/** `attribute.KEY`, `event.COLUMN` or `property.KEY`. */
export type FieldName = string;

export interface Standard {
  /** The spelling that counts. */
  readonly standard: string;
  /** Other words for the same; case, width and spaces need no alias of their own. */
  readonly aliases: readonly string[];
}

/** What two texts have in common that differ in case, width or spaces: NFKC, lower case, no white space. Doing it twice changes nothing. */
export function normalForm(text: string): string {
  const once = (input: string): string => input.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/gu, '');
  let form = once(text);
  // Lower-casing and composing can give each other work; a few rounds end it.
  for (let next = once(form); next !== form; next = once(form)) form = next;
  return form;
}

/** Every spelling of the value that `value` is; undefined where the field or value has no standard. */
export type Spellings = (field: FieldName, value: string) => readonly string[] | undefined;

export interface FieldStandards {
  readonly field: FieldName;
  readonly entries: readonly Standard[];
  /** Spellings that were met beside those that are declared. */
  readonly met?: readonly { readonly spelling: string; readonly standard: string }[];
}

/** @returns the standard of a value, or undefined where it has none. */
export function resolver(entries: readonly Standard[]): (value: string) => string | undefined {
  const byForm = new Map(entries.flatMap(({ standard, aliases }) => [standard, ...aliases].map((spelling) => [normalForm(spelling), standard] as const)));
  return (value) => byForm.get(normalForm(value));
}

export function spellingsOf(fields: readonly FieldStandards[]): Spellings {
  const known = new Map(fields.map(({ field, entries, met = [] }) => {
    const all = new Map(entries.map(({ standard, aliases }) => [standard, [...new Set([standard, ...aliases, ...met.filter((one) => one.standard === standard).map(({ spelling }) => spelling)])]]));
    return [field, { resolve: resolver(entries), all }] as const;
  }));
  return (field, value) => {
    const own = known.get(field);
    const standard = own?.resolve(value);
    // What was asked for is found in any case, also where it is written as nobody wrote it yet.
    return standard === undefined ? undefined : [...new Set([...(own?.all.get(standard) ?? []), value])];
  };
}

interface Compared {
  readonly op?: unknown;
  readonly value?: unknown;
  readonly values?: unknown;
}

/** The comparison with every spelling of its texts; itself where none has another. */
function widened<Leaf extends Compared>(leaf: Leaf, field: FieldName, spellings: Spellings): Leaf {
  const isOne = leaf.op === '=' || leaf.op === '!=';
  const wanted = isOne && typeof leaf.value === 'string' ? [leaf.value] : (leaf.op === 'in' || leaf.op === 'not_in') && Array.isArray(leaf.values) ? (leaf.values as unknown[]) : [];
  const found = wanted.map((value) => (typeof value === 'string' ? spellings(field, value) : undefined));
  if (found.every((list) => list === undefined)) return leaf;
  const values = [...new Set(wanted.flatMap((value, i): unknown[] => [...(found[i] ?? [value])]))];
  const { value: _value, ...rest } = leaf;
  return { ...rest, op: leaf.op === '=' || leaf.op === 'in' ? 'in' : 'not_in', values } as Leaf;
}

function filterOf(filter: EventFilter, spellings: Spellings): EventFilter {
  if ('property' in filter) return widened(filter, `property.${filter.property}`, spellings);
  return filter.column === 'kind' ? filter : widened(filter, `event.${filter.column}`, spellings);
}

function eventsOf({ events }: EventsLeaf, spellings: Spellings): EventsLeaf {
  const filtered = { ...events, ...(events.where === undefined ? {} : { where: events.where.map((filter) => filterOf(filter, spellings)) }), ...('part' in events ? { part: events.part.map((filter) => filterOf(filter, spellings)) } : {}) };
  if (!('of' in filtered) || (filtered.aggregate !== 'first' && filtered.aggregate !== 'last')) return { events: filtered };
  return { events: widened(filtered, typeof filtered.of === 'string' ? `event.${filtered.of}` : `property.${filtered.of.property}`, spellings) };
}

/** The same condition with every spelling of each value of a field that has standards. Meant for evaluation: lists may become longer than people may write them. */
export function withSpellings(condition: Condition, spellings: Spellings | undefined): Condition {
  if (spellings === undefined) return condition;
  if ('all' in condition) return { all: condition.all.map((child) => withSpellings(child, spellings)) };
  if ('any' in condition) return { any: condition.any.map((child) => withSpellings(child, spellings)) };
  if ('not' in condition) return { not: withSpellings(condition.not, spellings) };
  if ('attribute' in condition) return widened(condition, `attribute.${condition.attribute}`, spellings);
  if ('events' in condition) return eventsOf(condition, spellings);
  if (!('sequence' in condition)) return condition;
  const { first, followedBy } = condition.sequence;
  const steps = <Step extends { readonly where?: EventFilter[] | undefined }>(step: Step): Step => (step.where === undefined ? step : { ...step, where: step.where.map((filter) => filterOf(filter, spellings)) });
  return { sequence: { first: steps(first), followedBy: followedBy.map(steps) } };
}
