/**
 * Tags as they were published on an earlier day, put together from what is kept of every change: `tag_history` for those that the product builds, `rule_changes` for rule tags.
 * Everything here goes over one range of customers, so that a million of them are some dozens of statements that each index serves.
 */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { arrayLiteral, selectRows } from './bulk.ts';

export interface PublishedDay {
  /** Business day: events from before it. */
  readonly day: string;
  /** Epoch ms at which everybody could see it. */
  readonly publishedAt: number;
}

/** Days for which the product's own tags were published, earliest first. */
export async function publishedDays(db: Knex): Promise<PublishedDay[]> {
  return selectRows<PublishedDay>(db, `SELECT as_of AS day, finished_at AS "publishedAt" FROM runs WHERE state = 'done' AND details -> 'publish' IS NOT NULL ORDER BY as_of, run_id`);
}

/** Days on which rule tags were evaluated for everybody, earliest first, with the version of each definition by its number. */
export async function evaluatedDays(db: Knex): Promise<(PublishedDay & { readonly versions: Readonly<Record<string, number>> })[]> {
  return selectRows(db, `SELECT as_of AS day, published_at AS "publishedAt", versions FROM rule_runs WHERE cause <> 'events' ORDER BY as_of, rule_run_id`);
}

/** First day on which each tag of the list was published. */
export async function firstPublished(db: Knex, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await selectRows<{ key: string; day: string }>(db, 'SELECT tag_key AS key, min(changed_on) AS day FROM tag_history WHERE tag_key = ANY (?::text[]) GROUP BY tag_key', [arrayLiteral('text', keys)]);
  return new Map(rows.map(({ key, day }) => [key, day]));
}

interface Piece {
  readonly sql: string;
  readonly bindings: readonly Knex.RawBinding[];
}

export interface IdSpan {
  /** Store ids from … */
  readonly from: number;
  /** … to before this one. */
  readonly to: number;
}

/** Which tags: keys of the product's own, or numbers of rule tags. */
export type TagSet = { readonly keys: readonly string[] } | { readonly rules: readonly number[] };

export interface PastDay extends PublishedDay {
  /** Epoch ms at which the day begins. */
  readonly begins: number;
}

/** Customers that the shop knew on the day. In a store that was filled later with older events, those whose events had begun. Refusals of scoring count at once and for all days. */
function known({ from, to }: IdSpan, { publishedAt, begins }: PastDay): Piece {
  return {
    sql: `SELECT c.customer_id FROM customers c WHERE c.customer_id >= ? AND c.customer_id < ? AND c.created_at <= ?::timestamptz
      AND (c.created_at < ?::timestamptz OR EXISTS (SELECT FROM events f WHERE f.customer_id = c.customer_id AND f.occurred_at < ?::timestamptz))
      AND NOT EXISTS (SELECT FROM consents k WHERE k.customer_id = c.customer_id AND k.purpose = 'scoring' AND k.state = 'refused')`,
    bindings: [from, to, instantText(publishedAt), instantText(begins), instantText(begins)],
  };
}

/** (customer_id, key, status, value): band, or text where there is none. Of rule tags only the carriers have a row, and the key is the number. */
function stateOn({ from, to }: IdSpan, tags: TagSet, day: string): Piece {
  if ('keys' in tags) {
    return {
      sql: `SELECT DISTINCT ON (h.customer_id, h.tag_key) h.customer_id, h.tag_key AS key, h.to_status AS status, CASE WHEN h.to_status = 'ok' THEN coalesce(h.to_band, h.to_value #>> '{}') END AS value
        FROM tag_history h WHERE h.customer_id >= ? AND h.customer_id < ? AND h.tag_key = ANY (?::text[]) AND h.changed_on <= ?::date ORDER BY h.customer_id, h.tag_key, h.id DESC`,
      bindings: [from, to, arrayLiteral('text', tags.keys), day],
    };
  }
  return {
    sql: `SELECT l.customer_id, l.id::text AS key, 'ok' AS status, 'yes' AS value FROM (
        SELECT DISTINCT ON (h.customer_id, u.id) h.customer_id, u.id, u.carried FROM rule_changes h JOIN rule_runs r USING (rule_run_id)
        CROSS JOIN LATERAL (SELECT x AS id, true AS carried FROM unnest(h.entered) x UNION ALL SELECT x, false FROM unnest(h."left") x) u
        WHERE h.customer_id >= ? AND h.customer_id < ? AND r.as_of <= ?::date AND u.id = ANY (?::int4[]) ORDER BY h.customer_id, u.id, h.rule_run_id DESC
      ) l WHERE l.carried`,
    bindings: [from, to, day, arrayLiteral('int4', tags.rules)],
  };
}

function stateNow({ from, to }: IdSpan, tags: TagSet): Piece {
  if ('keys' in tags) {
    return {
      sql: `SELECT t.customer_id, t.tag_key AS key, t.status, CASE WHEN t.status = 'ok' THEN coalesce(t.band, t.value_text, t.value_date::text, t.value_list::text) END AS value
        FROM customer_tags t WHERE t.customer_id >= ? AND t.customer_id < ? AND t.tag_key = ANY (?::text[])`,
      bindings: [from, to, arrayLiteral('text', tags.keys)],
    };
  }
  return {
    sql: `SELECT r.customer_id, u.id::text AS key, 'ok' AS status, 'yes' AS value FROM customer_rules r CROSS JOIN LATERAL unnest(r.tag_ids) AS u (id)
      WHERE r.customer_id >= ? AND r.customer_id < ? AND u.id = ANY (?::int4[])`,
    bindings: [from, to, arrayLiteral('int4', tags.rules)],
  };
}

/** One value of one tag, and what those who had it did afterwards. */
export interface OutcomeCount {
  /** Key, or the number of a rule tag as text; null for everybody. */
  readonly key: string | null;
  readonly status: string | null;
  readonly value: string | null;
  readonly customers: number;
  /** Customers with an order in the window. */
  readonly ordered: number;
  /** Net amount of orders and refunds, floored at 0 per customer, and its square. */
  readonly spend: number;
  readonly squares: number;
}

const OUTCOME_SUMS = 'count(*) AS customers, count(*) FILTER (WHERE o.ordered) AS ordered, coalesce(sum(o.spend), 0) AS spend, coalesce(sum(o.spend * o.spend), 0) AS squares';

/** Orders and spend from `day.begins` to `until`, by the value that each tag had on the day. The tag knows nothing of what came later: it is what was published then. */
export async function outcomesByState(db: Knex, span: IdSpan, tags: TagSet, day: PastDay, until: number): Promise<OutcomeCount[]> {
  const [people, state] = [known(span, day), stateOn(span, tags, day.day)];
  return selectRows<OutcomeCount>(
    db,
    `WITH people AS MATERIALIZED (${people.sql}), outcome AS MATERIALIZED (
       SELECT e.customer_id, bool_or(e.kind = 'order') AS ordered, greatest(coalesce(sum(e.amount), 0), 0)::float8 AS spend FROM events e
       WHERE e.customer_id >= ? AND e.customer_id < ? AND e.kind IN ('order', 'refund') AND e.occurred_at >= ?::timestamptz AND e.occurred_at < ?::timestamptz GROUP BY e.customer_id
     ), state AS (${state.sql})
     SELECT s.key, s.status, s.value, ${OUTCOME_SUMS} FROM state s JOIN people p USING (customer_id) LEFT JOIN outcome o USING (customer_id) GROUP BY s.key, s.status, s.value
     UNION ALL SELECT NULL, NULL, NULL, ${OUTCOME_SUMS} FROM people p LEFT JOIN outcome o USING (customer_id)`,
    [...people.bindings, span.from, span.to, instantText(day.begins), instantText(until), ...state.bindings],
  );
}

export interface ChangeCount {
  /** Null for everybody. */
  readonly key: string | null;
  readonly status: string | null;
  readonly value: string | null;
  /** Customers of the day who had this then. */
  readonly before: number;
  /** The same customers, who have it now. */
  readonly now: number;
  /** Had it then and not any more. */
  readonly left: number;
}

/** By value: how many had it on the day, how many of the same customers have it now, and how many lost it. */
export async function changesSince(db: Knex, span: IdSpan, tags: TagSet, day: PastDay): Promise<ChangeCount[]> {
  const [people, before, after] = [known(span, day), stateOn(span, tags, day.day), stateNow(span, tags)];
  return selectRows<ChangeCount>(
    db,
    `WITH people AS MATERIALIZED (${people.sql}), sides AS (
       SELECT b.customer_id, b.key, b.status, b.value, 1 AS side FROM (${before.sql}) b JOIN people p USING (customer_id)
       UNION ALL SELECT a.customer_id, a.key, a.status, a.value, 2 FROM (${after.sql}) a JOIN people p USING (customer_id)
     ), per_customer AS (SELECT customer_id, key, status, value, bool_or(side = 1) AS was, bool_or(side = 2) AS is_now FROM sides GROUP BY customer_id, key, status, value)
     SELECT key, status, value, count(*) FILTER (WHERE was) AS before, count(*) FILTER (WHERE is_now) AS now, count(*) FILTER (WHERE was AND NOT is_now) AS "left" FROM per_customer GROUP BY key, status, value
     UNION ALL SELECT NULL, NULL, NULL, count(*), count(*), 0 FROM people`,
    [...people.bindings, ...before.bindings, ...after.bindings],
  );
}
