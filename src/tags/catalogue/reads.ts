/** Reading tags of every kind alike: those that the product builds have a row each, rule tags share one row per customer. */
import type { Knex } from 'knex';
import type { Bilingual } from '../../base/text.ts';
import { describeInBoth } from '../../conditions/describe.ts';
import { writeCondition } from '../../conditions/text/write.ts';
import { listTags, tagDistribution, tagsOf } from '../../store/repositories/tagReads.ts';
import type { TagDistribution } from '../../store/repositories/tagReads.ts';
import { ruleCount, ruleCounts, ruleTagsOf } from '../rules/read.ts';
import type { Tag } from '../tag.ts';
import type { Catalogue, StoredRule } from './catalogue.ts';

export { ruleHistory } from '../rules/read.ts';
export type { RuleChange } from '../rules/read.ts';

/** Every tag of one customer, by key. */
export async function everyTagOf(db: Knex, catalogue: Catalogue, customerId: number): Promise<Tag[]> {
  const built: Tag[] = await tagsOf(db, customerId);
  const rules = (await ruleTagsOf(db, catalogue.rules, [customerId])).get(customerId) ?? [];
  return [...built, ...rules].sort((a, b) => (a.key < b.key ? -1 : 1));
}

export interface TagSummary {
  /** Customers who have the tag with any status. */
  readonly customers: number;
  readonly ok: number;
  /** Newest business day that it was computed for. */
  readonly asOf: string;
}

/** By key; tags that have never been computed are left out. */
export async function tagSummaries(db: Knex, catalogue: Catalogue): Promise<Map<string, TagSummary>> {
  const found = new Map((await listTags(db)).map(({ key, customers, ok, asOf }): [string, TagSummary] => [key, { customers, ok, asOf }]));
  const counts = await ruleCounts(db);
  for (const { id, key, evaluatedOn } of catalogue.rules) {
    const customers = counts.get(id) ?? 0;
    if (evaluatedOn !== null) found.set(key, { customers, ok: customers, asOf: evaluatedOn });
  }
  return found;
}

const NO_NUMBERS = { count: 0, mean: null, quantiles: null } as const;

/** How a tag of any kind is spread over the customers. */
export async function distributionOf(db: Knex, catalogue: Catalogue, key: string): Promise<TagDistribution> {
  const rule = catalogue.rules.find((one) => one.key === key);
  if (rule === undefined) return tagDistribution(db, key);
  const customers = await ruleCount(db, rule.id);
  const some = customers > 0;
  return { key, customers, statuses: some ? [{ status: 'ok', customers }] : [], bands: some ? [{ band: rule.band.code, customers }] : [], value: NO_NUMBERS, probability: NO_NUMBERS };
}

export interface RuleDetail extends StoredRule {
  /** The condition as people type it. */
  readonly text: string;
  readonly words: Bilingual;
}

/** A rule with its condition in every form. */
export function ruleDetail(rule: StoredRule, { names }: Catalogue): RuleDetail {
  return { ...rule, text: writeCondition(rule.condition), words: describeInBoth(rule.condition, names) };
}
