/** Rule tags of customers in the envelope of every tag, and how they are spread. */
import type { Knex } from 'knex';
import type { Bilingual } from '../../base/text.ts';
import { addDays } from '../../base/time.ts';
import { arrayLiteral, selectRows } from '../../store/repositories/bulk.ts';
import type { StoredRule } from '../catalogue/catalogue.ts';
import type { Tag } from '../tag.ts';

interface CarriedRow {
  readonly customerId: number;
  readonly id: number;
  readonly since: string;
}

/** @param since business day since which the customer has carried it */
export function ruleTagOf(rule: Pick<StoredRule, 'key' | 'band' | 'ttlDays' | 'version' | 'evaluatedOn' | 'evaluatedVersion'>, since: string): Tag {
  const asOf = rule.evaluatedOn === null || rule.evaluatedOn < since ? since : rule.evaluatedOn;
  return {
    key: rule.key, kind: 'rule', status: 'ok', value: rule.band.code, band: rule.band.code, probability: null, percentile: null, lift: null, interval: null, horizonDays: null,
    asOf, validFrom: since, expiresAt: rule.ttlDays === null ? null : addDays(asOf, rule.ttlDays), source: { name: 'rule', version: rule.evaluatedVersion ?? rule.version, run: 0 }, confidence: 'high', reasons: [],
  };
}

/** Rule tags by customer, in the order of their keys; customers without any are left out. */
export async function ruleTagsOf(db: Knex, rules: readonly StoredRule[], customerIds: readonly number[]): Promise<Map<number, Tag[]>> {
  const rows = await selectRows<CarriedRow>(
    db, 'SELECT r.customer_id AS "customerId", u.id, u.since FROM customer_rules r CROSS JOIN LATERAL unnest(r.tag_ids, r.since) AS u (id, since) WHERE r.customer_id = ANY (?::int8[]) ORDER BY r.customer_id, u.id',
    [arrayLiteral('int8', customerIds)]);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const found = new Map<number, Tag[]>();
  for (const { customerId, id, since } of rows) {
    const rule = byId.get(id);
    if (rule !== undefined) found.set(customerId, [...(found.get(customerId) ?? []), ruleTagOf(rule, since)]);
  }
  for (const tags of found.values()) tags.sort((a, b) => (a.key < b.key ? -1 : 1));
  return found;
}

/** Customers who carry each rule tag, by its number; those that nobody carries are left out. */
export async function ruleCounts(db: Knex): Promise<Map<number, number>> {
  const rows = await selectRows<{ id: number; customers: number }>(db, 'SELECT u.id, count(*) AS customers FROM customer_rules r CROSS JOIN LATERAL unnest(r.tag_ids) AS u (id) GROUP BY u.id');
  return new Map(rows.map(({ id, customers }) => [id, customers]));
}

/** Customers who carry one rule tag. */
export async function ruleCount(db: Knex, id: number): Promise<number> {
  const [row] = await selectRows<{ customers: number }>(db, 'SELECT count(*) AS customers FROM customer_rules WHERE tag_ids @> ARRAY[?::int4]', [id]);
  return row?.customers ?? 0;
}

/** A rule tag that came or went, in the shape of every change of a tag. */
export interface RuleChange {
  /** Key and names as they were last, also of a tag that was deleted. */
  readonly key: string;
  readonly label: Bilingual;
  readonly changedOn: string;
  readonly change: 'entered' | 'left';
  /** Version of the definition that decided. */
  readonly version: number | null;
  readonly ruleRun: number;
  readonly cause: 'nightly' | 'events' | 'manual';
}

/** Changes of one customer's rule tags, newest first. */
export async function ruleHistory(db: Knex, customerId: number, limit: number): Promise<RuleChange[]> {
  return selectRows<RuleChange>(
    db,
    `SELECT d.key, d.label, h.changed_on AS "changedOn", u.change, (r.versions ->> u.id::text)::int AS version, h.rule_run_id AS "ruleRun", r.cause
     FROM rule_changes h JOIN rule_runs r USING (rule_run_id)
     CROSS JOIN LATERAL (SELECT x AS id, 'entered' AS change FROM unnest(h.entered) x UNION ALL SELECT x, 'left' FROM unnest(h."left") x) u
     CROSS JOIN LATERAL (SELECT v.key, v.definition -> 'label' AS label FROM tag_definition_versions v WHERE v.tag_id = u.id ORDER BY v.version DESC LIMIT 1) d
     WHERE h.customer_id = ? ORDER BY h.rule_run_id DESC, u.change, u.id LIMIT ?`,
    [customerId, limit],
  );
}
