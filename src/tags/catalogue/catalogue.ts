/** The whole catalogue: what the product builds, and the rule tags that the store keeps. */
import type { Knex } from 'knex';
import type { ConditionNames, RuleTagName, TagName } from '../../conditions/names.ts';
import { spellingsOf } from '../../conditions/spellings.ts';
import { parseCondition } from '../../conditions/parse.ts';
import type { Condition } from '../../conditions/schema.ts';
import { addDays } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import { listDefinitions } from '../../store/repositories/tagDefinitions.ts';
import type { RuleDefinition, StoredDefinition } from '../../store/repositories/tagDefinitions.ts';
import { selectRows } from '../../store/repositories/bulk.ts';
import { fieldStandards } from '../../store/repositories/standards.ts';
import { responseChannels } from '../../store/repositories/preferenceModels.ts';
import { latestCategories, latestPlacements } from '../../store/repositories/tagCategories.ts';
import type { Bilingual } from '../../base/text.ts';
import { BUILT_TAGS } from '../build/buildTags.ts';
import { categoryTree } from './categories.ts';
import type { Category } from './categories.ts';
import { liveUplift } from '../../experiments/serving.ts';
import { STAGES } from './lifecycle.ts';
import { ON_DEMAND_TAGS } from './onDemand.ts';
import { RENEWAL_MODEL, renewalDefinitions } from './renewal.ts';
import { responseDefinitions } from './response.ts';
import { upliftDefinitions } from './uplift.ts';
import type { TagDefinition } from './definition.ts';

/** A rule tag of the store, its condition checked. */
export interface StoredRule extends StoredDefinition {
  readonly condition: Condition;
}

export interface Catalogue {
  /** Every tag: those that the product builds first (onDemand ones among them), then the rule tags by number. */
  readonly tags: readonly TagDefinition[];
  readonly rules: readonly StoredRule[];
  /** The tree, parents before their children. */
  readonly categories: readonly Category[];
  /** What conditions may name. */
  readonly names: ConditionNames;
}

export function ruleTagName({ id, band, evaluatedOn, ttlDays }: StoredRule): RuleTagName {
  return { id, band: band.code, evaluatedOn, expiresOn: evaluatedOn === null || ttlDays === null ? null : addDays(evaluatedOn, ttlDays) };
}

/** The names as a run sees them that evaluates these rules for the day: what it has found of them is good for their time to live from then on. */
export function namesWhileEvaluating(names: ConditionNames, rules: readonly StoredRule[], day: LocalDate): ConditionNames {
  const evaluated = new Map(rules.map((rule) => [rule.key, ruleTagName({ ...rule, evaluatedOn: day })]));
  return { ...names, tags: names.tags.map((tag) => ({ ...tag, ...(evaluated.has(tag.key) ? { rule: evaluated.get(tag.key) as RuleTagName } : {}) })) };
}

function ruleTag(rule: StoredRule): TagDefinition & Pick<TagName, 'rule'> {
  const { key, category, label, description, band, ttlDays } = rule;
  return { key, kind: 'rule', category, label, description, valueType: 'text', bands: [band], ttlDays, rule: ruleTagName(rule) };
}

async function hasChampion(db: Knex, model: string): Promise<boolean> {
  return (await selectRows(db, `SELECT FROM model_aliases WHERE name = ? AND alias = 'champion'`, [model])).length > 0;
}

/** @param shop words for attribute keys and the shop's closed list of event kinds */
export async function loadCatalogue(db: Knex, shop: Pick<ConditionNames, 'attributes' | 'eventKinds'> = {}): Promise<Catalogue> {
  const rules = (await listDefinitions(db)).map((stored): StoredRule => ({ ...stored, condition: parseCondition(stored.condition) }));
  const segments = await selectRows<{ key: string; label: Bilingual }>(db, 'SELECT key, label FROM segments ORDER BY key');
  const placed = new Map((await latestPlacements(db)).map(({ key, category }) => [key, category]));
  const tags = [...[...BUILT_TAGS, ...ON_DEMAND_TAGS, ...renewalDefinitions(await hasChampion(db, RENEWAL_MODEL)), ...responseDefinitions(await responseChannels(db)).map(({ definition }) => definition), ...upliftDefinitions(await liveUplift({ db }))].map((tag) => ({ ...tag, category: placed.get(tag.key) ?? tag.category })), ...rules.map(ruleTag)];
  const categories = categoryTree(await latestCategories(db), tags.map(({ category }) => category));
  const standards = await fieldStandards(db);
  return { tags, rules, categories, names: { ...(standards.length === 0 ? {} : { spellings: spellingsOf(standards) }), tags, stages: STAGES, segments, ...shop } };
}

/** The catalogue as it is now, with the same words of the shop. */
export async function reloadCatalogue(db: Knex, { names: { attributes, eventKinds } }: Catalogue): Promise<Catalogue> {
  return loadCatalogue(db, { ...(attributes === undefined ? {} : { attributes }), ...(eventKinds === undefined ? {} : { eventKinds }) });
}

/** The catalogue as it would be with these rule tags and categories: for checks, nothing is evaluated of it. */
export function catalogueWith(catalogue: Catalogue, categories: readonly Category[], rules: readonly (Omit<RuleDefinition, 'condition'> & { readonly condition: Condition })[]): Catalogue {
  const stored = new Map(catalogue.rules.map((rule) => [rule.key, rule]));
  for (const rule of rules) stored.set(rule.key, { id: 0, version: 0, origin: 'api', fileHash: null, evaluatedOn: null, evaluatedVersion: null, createdAt: 0, updatedAt: 0, ...stored.get(rule.key), ...rule });
  const tags = [...catalogue.tags.filter(({ kind }) => kind !== 'rule'), ...[...stored.values()].map(ruleTag)];
  return { tags, rules: [...stored.values()], categories, names: { ...catalogue.names, tags } };
}
