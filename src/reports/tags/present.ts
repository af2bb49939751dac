/** How tags are spread over the customers now. */
import type { LocalDate } from '../../base/time.ts';
import type { Store } from '../../store/connection.ts';
import { countCustomers } from '../../store/repositories/customers.ts';
import { binCounts, numberCounts, REPORT_QUANTILES, statusCounts, valueCounts } from '../../store/repositories/tagCounts.ts';
import type { NumberCount } from '../../store/repositories/tagCounts.ts';
import type { Catalogue } from '../../tags/catalogue/catalogue.ts';
import type { TagDefinition } from '../../tags/catalogue/definition.ts';
import { tagSummaries } from '../../tags/catalogue/reads.ts';
import { inValueOrder, valueLabel } from '../../tags/catalogue/valueWords.ts';
import type { TagReport } from './document.ts';
import { distinctEdges, histogramEdges } from './histogram.ts';

/** The part of a report that needs no history. */
export type Present = Pick<TagReport, 'asOf' | 'customers' | 'statuses' | 'values' | 'numbers'>;

const MOST_VALUES = 20;

export function isNumeric({ valueType }: Pick<TagDefinition, 'valueType'>): boolean {
  return valueType === 'number' || valueType === 'date';
}

function statusesOf(counts: ReadonlyMap<string, number>, customers: number): Present['statuses'] {
  const rows = [...counts].filter(([, n]) => n > 0);
  const absent = customers - rows.reduce((sum, [, n]) => sum + n, 0);
  // A customer who came while the counts were read is in the next report.
  const all = absent > 0 ? [...rows, ['absent', absent] as const] : rows;
  return all.map(([status, n]) => ({ status: status as Present['statuses'][number]['status'], customers: n, share: customers === 0 ? 0 : n / customers })).sort((a, b) => b.customers - a.customers || (a.status < b.status ? -1 : 1));
}

function valuesOf(tag: TagDefinition, rows: readonly { readonly value: string; readonly customers: number }[], having: number): NonNullable<Present['values']> {
  const top = rows.slice(0, MOST_VALUES);
  return {
    different: rows.length,
    top: inValueOrder(tag, top).map(({ value, customers }) => ({ value, label: valueLabel(tag, value), customers, share: having === 0 ? 0 : customers / having })),
    others: rows.slice(MOST_VALUES).reduce((sum, { customers }) => sum + customers, 0),
  };
}

function edgesOf(tag: TagDefinition, { quantiles }: NumberCount): number[] {
  if (tag.unit === 'probability') return histogramEdges(0, 1);
  const at = (level: number): number => quantiles[(REPORT_QUANTILES as readonly number[]).indexOf(level)];
  return histogramEdges(at(0.01), at(0.99));
}

/** Everything of today, by key. */
export async function readPresent(store: Store, catalogue: Catalogue, tags: readonly TagDefinition[], today: LocalDate): Promise<Map<string, Present>> {
  const { db } = store;
  const customers = await countCustomers(db);
  const rules = new Map(catalogue.rules.map((rule) => [rule.key, rule]));
  const built = tags.filter(({ key }) => !rules.has(key));
  const [numeric, words] = [built.filter(isNumeric).map(({ key }) => key), built.filter((tag) => !isNumeric(tag)).map(({ key }) => key)];
  const statuses = await statusCounts(db, built.map(({ key }) => key), today);
  const values = words.length === 0 ? [] : await valueCounts(db, words, today);
  const numbers = new Map((numeric.length === 0 ? [] : await numberCounts(db, numeric, today)).map((one) => [one.key, one]));
  const some = built.filter(({ key }) => numbers.has(key));
  const edges = new Map(some.map((tag) => [tag.key, edgesOf(tag, numbers.get(tag.key) as NumberCount)]));
  const tenths = new Map(some.map(({ key }) => [key, distinctEdges(numbers.get(key)?.deciles ?? [])]));
  const [histograms, tenthCounts] = some.length === 0 ? [new Map<string, number[]>(), new Map<string, number[]>()] : [await binCounts(db, edges, today), await binCounts(db, tenths, today)];
  const published = await tagSummaries(db, catalogue);
  return new Map(tags.map((tag): [string, Present] => {
    const rule = rules.get(tag.key);
    if (rule !== undefined) {
      const carriers = published.get(tag.key)?.ok ?? 0;
      const stale = rule.evaluatedOn !== null && tag.ttlDays !== null && (catalogue.names.tags.find(({ key }) => key === tag.key)?.rule?.expiresOn ?? '9999') <= today;
      const valid = stale ? 0 : carriers;
      return [tag.key, {
        asOf: rule.evaluatedOn, customers, numbers: null,
        statuses: statusesOf(new Map([[stale ? 'stale' : 'ok', carriers]]), customers),
        values: valuesOf(tag, valid === 0 ? [] : [{ value: rule.band.code, customers: valid }], valid),
      }];
    }
    const own = statuses.filter(({ key }) => key === tag.key);
    const having = own.find(({ status }) => status === 'ok')?.customers ?? 0;
    const number = numbers.get(tag.key);
    return [tag.key, {
      asOf: own.reduce<string | null>((newest, { asOf }) => (newest === null || asOf > newest ? asOf : newest), null), customers,
      statuses: statusesOf(new Map(own.map(({ status, customers: n }) => [status, n])), customers),
      values: isNumeric(tag) ? null : valuesOf(tag, values.filter(({ key }) => key === tag.key), having),
      numbers: number === undefined ? null : {
        mean: number.mean, quantiles: [...number.quantiles],
        histogram: { edges: edges.get(tag.key) ?? [], counts: histograms.get(tag.key) ?? [] }, tenths: { edges: tenths.get(tag.key) ?? [], counts: tenthCounts.get(tag.key) ?? [] },
      },
    }];
  }));
}
