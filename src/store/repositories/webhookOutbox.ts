/**
 * The outbox of webhooks: rows are written in the transaction of the change that they tell of, and taken in order, one sender per endpoint at a time.
 * A row names a place in a feed; what is sent is read when it is sent.
 */
import type { Knex } from 'knex';
import type { Dialect } from '../connection.ts';
import { instantText } from '../types.ts';
import { selectRows, storableJson, storableText } from './bulk.ts';

export interface WebhookMessage {
  readonly seq: number;
  /** The same for every attempt: what a receiver tells repetitions by. */
  readonly messageId: string;
  readonly event: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly state: 'pending' | 'delivered' | 'skipped' | 'dead';
  readonly attempts: number;
  readonly nextAttemptAt: number;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

const COLUMNS = `seq, message_id AS "messageId", event, source, state, attempts, next_attempt_at AS "nextAttemptAt", created_at AS "createdAt", finished_at AS "finishedAt", last_status AS "lastStatus", last_error AS "lastError"`;

/** Customers of one message: bounds its size. */
export const CUSTOMERS_PER_MESSAGE = 500;

/** Who left comes before who entered, so that a receiver that caps its lists has room. To be called in the transaction that swaps the build in. */
export async function queueSegmentChanges(trx: Knex.Transaction, key: string, version: number, at: number): Promise<void> {
  await trx.raw(
    `INSERT INTO webhook_messages (webhook_id, event, source, next_attempt_at, created_at)
     SELECT w.webhook_id, 'segment.' || b.change, jsonb_build_object('segment', ?::text, 'version', ?::int, 'change', b.change, 'from', b.low, 'to', b.high, 'batch', b.batch + 1, 'batches', b.batches), ?::timestamptz, ?::timestamptz
     FROM (SELECT change, batch, min(customer_id) AS low, max(customer_id) AS high, count(*) OVER (PARTITION BY change) AS batches
           FROM (SELECT change, customer_id, (row_number() OVER (PARTITION BY change ORDER BY customer_id) - 1) / ${CUSTOMERS_PER_MESSAGE} AS batch FROM segment_changes WHERE segment_key = ? AND version = ?) AS n
           GROUP BY change, batch) AS b
     JOIN webhooks w ON (w.segment_key IS NULL OR w.segment_key = ?) AND ('segment.' || b.change) = ANY (w.events)
     WHERE EXISTS (SELECT FROM webhooks)
     ORDER BY b.change DESC, b.batch, w.webhook_id`,
    [key, version, instantText(at), instantText(at), key, version, key]);
}

/** A message from a feed with a cursor, and the cursor behind it, in one transaction. Nothing where another process was faster. */
export async function queueFromCursor(db: Knex, webhookId: string, event: string, before: number, after: number, source: object | undefined, at: number): Promise<boolean> {
  return db.transaction(async (trx) => {
    const moved = await selectRows(trx, 'UPDATE webhook_cursors SET position = ? WHERE webhook_id = ? AND event = ? AND position = ? RETURNING 1', [after, webhookId, event, before]);
    if (moved.length === 0) return false;
    if (source !== undefined) await trx.raw('INSERT INTO webhook_messages (webhook_id, event, source, next_attempt_at, created_at) VALUES (?, ?, ?::jsonb, ?, ?)', [webhookId, event, storableJson(source), instantText(at), instantText(at)]);
    return true;
  });
}

export async function setCursor(db: Knex, webhookId: string, event: string, position: number): Promise<void> {
  await db.raw('INSERT INTO webhook_cursors (webhook_id, event, position) VALUES (?, ?, ?) ON CONFLICT (webhook_id, event) DO UPDATE SET position = excluded.position', [webhookId, event, position]);
}

export async function cursorsOf(db: Knex): Promise<{ readonly webhookId: string; readonly event: string; readonly position: number }[]> {
  return selectRows(db, `SELECT c.webhook_id AS "webhookId", c.event, c.position FROM webhook_cursors c JOIN webhooks w USING (webhook_id) WHERE c.event = ANY (w.events) ORDER BY 1, 2`);
}

/**
 * Takes an endpoint whose first waiting message is due, for `leaseMs`. A sender that is dead loses it when the lease has run out; on the embedded store, which has one
 * process at a time, at once. `token` names this claim and no other.
 */
export async function claimWebhook(db: Knex, dialect: Dialect, claim: { readonly token: string; readonly process: string; readonly leaseMs: number; readonly now: number; readonly except: readonly string[] }): Promise<string | undefined> {
  const dead = dialect === 'pglite' ? `OR NOT starts_with(w.lease_owner, ?)` : '';
  const [row] = await selectRows<{ webhookId: string }>(
    db,
    `UPDATE webhooks SET lease_owner = ?, lease_until = clock_timestamp() + make_interval(secs => ?::float8 / 1000)
     WHERE webhook_id = (
       SELECT w.webhook_id FROM webhooks w
       JOIN LATERAL (SELECT m.next_attempt_at FROM webhook_messages m WHERE m.webhook_id = w.webhook_id AND m.state = 'pending' ORDER BY m.seq LIMIT 1) AS head ON head.next_attempt_at <= ?
       WHERE w.status = 'enabled' AND (w.lease_until IS NULL OR w.lease_until < clock_timestamp() ${dead}) AND NOT (w.webhook_id = ANY (?::text[]))
       ORDER BY head.next_attempt_at, w.webhook_id LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
     RETURNING webhook_id AS "webhookId"`,
    [claim.token, claim.leaseMs, instantText(claim.now), ...(dialect === 'pglite' ? [claim.process] : []), `{${claim.except.join(',')}}`]);
  return row?.webhookId;
}

/** False where the claim was lost. */
export async function renewClaim(db: Knex, webhookId: string, token: string, leaseMs: number): Promise<boolean> {
  return (await selectRows(db, `UPDATE webhooks SET lease_until = clock_timestamp() + make_interval(secs => ?::float8 / 1000) WHERE webhook_id = ? AND lease_owner = ? RETURNING 1`, [leaseMs, webhookId, token])).length > 0;
}

export async function releaseClaim(db: Knex, webhookId: string, token: string): Promise<void> {
  await db.raw('UPDATE webhooks SET lease_owner = NULL, lease_until = NULL WHERE webhook_id = ? AND lease_owner = ?', [webhookId, token]);
}

/** The first waiting message, if it is due. */
export async function headMessage(db: Knex, webhookId: string, now: number): Promise<WebhookMessage | undefined> {
  const [head] = await selectRows<WebhookMessage>(db, `SELECT ${COLUMNS} FROM webhook_messages WHERE webhook_id = ? AND state = 'pending' ORDER BY seq LIMIT 1`, [webhookId]);
  return head !== undefined && head.nextAttemptAt <= now ? head : undefined;
}

export interface Attempted {
  readonly state: WebhookMessage['state'];
  readonly attempts: number;
  /** Of a message that waits for another attempt. */
  readonly nextAttemptAt?: number;
  readonly status?: number;
  readonly error?: string;
  readonly at: number;
}

/** Only by whoever holds the endpoint: a sender that was taken for dead changes nothing. */
export async function recordAttempt(db: Knex, seq: number, token: string, { state, attempts, nextAttemptAt, status, error, at }: Attempted): Promise<boolean> {
  return (await selectRows(
    db,
    `UPDATE webhook_messages m SET state = ?, attempts = ?, next_attempt_at = coalesce(?::timestamptz, m.next_attempt_at), last_status = ?, last_error = ?, finished_at = CASE WHEN ?::text = 'pending' THEN NULL ELSE ?::timestamptz END
     FROM webhooks w WHERE m.seq = ? AND m.state = 'pending' AND w.webhook_id = m.webhook_id AND w.lease_owner = ? RETURNING 1`,
    [state, attempts, nextAttemptAt === undefined ? null : instantText(nextAttemptAt), status ?? null, error === undefined ? null : storableText(error), state, instantText(at), seq, token] as Knex.RawBinding[])).length > 0;
}

/** Newest first; `before` is the number of the last one of the page before. */
export async function listMessages(db: Knex, webhookId: string, page: { readonly state?: WebhookMessage['state']; readonly before?: number; readonly limit: number }): Promise<WebhookMessage[]> {
  return selectRows<WebhookMessage>(db, `SELECT ${COLUMNS} FROM webhook_messages WHERE webhook_id = ? AND seq < ? AND (?::text IS NULL OR state = ?) ORDER BY seq DESC LIMIT ?`, [
    webhookId, page.before ?? Number.MAX_SAFE_INTEGER, page.state ?? null, page.state ?? null, page.limit,
  ] as Knex.RawBinding[]);
}

/** Sends again from the beginning: one message whatever became of it, or all that are dead. Returns how many. */
export async function requeueMessages(db: Knex, webhookId: string, messageId: string | undefined, at: number): Promise<number> {
  return (await selectRows(
    db, `UPDATE webhook_messages SET state = 'pending', attempts = 0, next_attempt_at = ?, finished_at = NULL, last_status = NULL, last_error = NULL WHERE webhook_id = ? AND ${messageId === undefined ? `state = 'dead'` : 'message_id = ?'} RETURNING 1`,
    [instantText(at), webhookId, ...(messageId === undefined ? [] : [storableText(messageId)])])).length;
}

/** Takes away what was delivered or skipped before an instant; the dead stay until somebody has looked at them or the endpoint is deleted. */
export async function pruneMessages(db: Knex, before: number): Promise<void> {
  await db.raw(`DELETE FROM webhook_messages WHERE state IN ('delivered', 'skipped') AND finished_at < ?`, [instantText(before)]);
}
