/** What became of the customers of an experiment: one row per assignment whose response window is over, with the outcome of the events. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, storableText } from './bulk.ts';
import type { StoredExperiment } from './experiments.ts';

export interface ExperimentRow {
  readonly customerId: number;
  readonly treated: boolean;
  /** Epoch ms. */
  readonly assignedAt: number;
  readonly covariates: Readonly<Record<string, unknown>> | null;
  /** 0 or 1, or an amount. */
  readonly outcome: number;
}

/** Customers per statement: a long one keeps everybody of the embedded store waiting. */
const PAGE = 20_000;

/** Refused training or scoring: not learned from, in either arm. */
const REFUSED = `EXISTS (SELECT FROM consents k WHERE k.customer_id = a.customer_id AND k.purpose IN ('training', 'scoring') AND k.state = 'refused')`;
const OVER = `a.assigned_at + make_interval(days => ?::int) <= ?::timestamptz`;

function outcomeSql({ outcome, campaign }: StoredExperiment): { readonly sql: string; readonly bindings: readonly string[] } {
  switch (outcome.kind) {
    case 'order': return { sql: `CASE WHEN count(e.event_id) FILTER (WHERE e.kind = 'order') > 0 THEN 1 ELSE 0 END::float8`, bindings: [] };
    case 'revenue': return { sql: `coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('order', 'refund')), 0)::float8`, bindings: [] };
    case 'event': {
      const own = outcome.ownCampaign === true && campaign !== null;
      return { sql: `CASE WHEN count(e.event_id) FILTER (WHERE e.kind = ?${own ? ' AND e.campaign = ?' : ''}) > 0 THEN 1 ELSE 0 END::float8`, bindings: own ? [outcome.event, campaign] : [outcome.event] };
    }
    // Decided by the condition; the events are not needed.
    case 'condition': return { sql: '0::float8', bindings: [] };
  }
}

/** Ascending by customer. @param until epoch ms: what happened from then on is not known yet */
export async function* experimentRows(db: Knex, experiment: StoredExperiment, until: number): AsyncGenerator<ExperimentRow[]> {
  const { key, responseDays } = experiment;
  const outcome = outcomeSql(experiment);
  for (let after = 0; ;) {
    const rows = await selectRows<ExperimentRow>(
      db,
      `SELECT a.customer_id AS "customerId", a.treated, a.assigned_at AS "assignedAt", a.covariates, ${outcome.sql} AS outcome
       FROM (SELECT * FROM experiment_assignments a WHERE a.experiment_key = ? AND a.customer_id > ? AND ${OVER} AND NOT ${REFUSED} ORDER BY a.customer_id LIMIT ${PAGE}) AS a
       LEFT JOIN events e ON e.customer_id = a.customer_id AND e.occurred_at >= a.assigned_at AND e.occurred_at < a.assigned_at + make_interval(days => ?::int)
       GROUP BY a.customer_id, a.treated, a.assigned_at, a.covariates ORDER BY a.customer_id`,
      [...outcome.bindings.map(storableText), storableText(key), after, responseDays, instantText(until), responseDays],
    );
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.customerId;
  }
}

export interface ContactFacts {
  /** Customers with an event of the campaign before their assignment. */
  readonly before: number;
  /** Held-out customers with an event of the campaign in their response window. */
  readonly heldOutContacted: number;
  /** Treated customers with one. */
  readonly treatedContacted: number;
  /** Customers whose response window is not over. */
  readonly waiting: number;
  /** Epoch ms at which the first of those is over; null where nobody waits. */
  readonly firstOverAt: number | null;
}

/** What the events of the campaign say about who was contacted; zeros where the experiment names no campaign. */
export async function contactFacts(db: Knex, { key, campaign, responseDays }: StoredExperiment, until: number): Promise<ContactFacts> {
  const [waiting] = await selectRows<{ waiting: number; firstOverAt: number | null }>(
    db, `SELECT count(*) AS waiting, min(a.assigned_at + make_interval(days => ?::int)) AS "firstOverAt" FROM experiment_assignments a WHERE a.experiment_key = ? AND NOT ${OVER}`, [responseDays, storableText(key), responseDays, instantText(until)]);
  const none = { before: 0, heldOutContacted: 0, treatedContacted: 0 };
  if (campaign === null) return { ...none, waiting: waiting?.waiting ?? 0, firstOverAt: waiting?.firstOverAt ?? null };
  const [contacts] = await selectRows<typeof none>(
    db,
    `SELECT count(*) FILTER (WHERE early) AS before, count(*) FILTER (WHERE within AND NOT treated) AS "heldOutContacted", count(*) FILTER (WHERE within AND treated) AS "treatedContacted"
     FROM (SELECT a.customer_id, a.treated, bool_or(e.occurred_at < a.assigned_at) AS early, bool_or(e.kind = 'message_sent' AND e.occurred_at >= a.assigned_at) AS within
       FROM experiment_assignments a JOIN events e ON e.customer_id = a.customer_id AND e.campaign = ? AND e.occurred_at < a.assigned_at + make_interval(days => ?::int)
       WHERE a.experiment_key = ? GROUP BY a.customer_id, a.treated) AS c`,
    [storableText(campaign), responseDays, storableText(key)],
  );
  return { ...none, ...contacts, waiting: waiting?.waiting ?? 0, firstOverAt: waiting?.firstOverAt ?? null };
}
