/** The leaves of the catalogue: which values a tag has, what they are called, and how many customers have each. */
import type { Knex } from 'knex';
import type { Bilingual } from '../../base/text.ts';
import { valueCounts } from '../../store/repositories/tagCounts.ts';
import { ruleCount } from '../rules/read.ts';
import type { Catalogue } from './catalogue.ts';
import type { TagDefinition } from './definition.ts';
import { inValueOrder, valueLabel } from './valueWords.ts';

export interface TagValue {
  readonly value: string;
  readonly label: Bilingual;
  /** Customers with this valid value today. */
  readonly customers: number;
  /** Among the declared bands; else it was only observed. */
  readonly declared: boolean;
}

/** Declared bands in their order, also those that nobody has; then observed values, largest first. Numbers and dates have no list of values. @param today business day that validity is judged on */
export async function valuesOf(db: Knex, catalogue: Catalogue, tag: TagDefinition, today: string): Promise<TagValue[]> {
  if (tag.valueType === 'number' || tag.valueType === 'date') return [];
  const rule = catalogue.rules.find(({ key }) => key === tag.key);
  const counts = rule === undefined ? await valueCounts(db, [tag.key], today) : [{ value: rule.band.code, customers: await ruleCount(db, rule.id) }];
  const found = new Map(counts.map(({ value, customers }) => [value, customers]));
  const codes = tag.bands?.map(({ code }) => code) ?? [];
  const rows = [...codes.map((value) => ({ value, customers: found.get(value) ?? 0 })), ...counts.filter(({ value }) => !codes.includes(value))];
  return inValueOrder(tag, rows).map(({ value, customers }) => ({ value, label: valueLabel(tag, value), customers, declared: codes.includes(value) }));
}

/** Values whose code or name holds the words, in any case and width. */
export function searchValues(values: readonly TagValue[], search: string | undefined): readonly TagValue[] {
  const wanted = (search ?? '').normalize('NFKC').toLowerCase().trim();
  return wanted === '' ? values : values.filter(({ value, label }) => [value, label.zh, label.en].some((text) => text.normalize('NFKC').toLowerCase().includes(wanted)));
}
