/** Webhook endpoints. Secrets come and go encrypted: this room cannot read them. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { arrayLiteral, selectRows, storableText } from './bulk.ts';

export interface Webhook {
  readonly webhookId: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  /** Null: every segment. */
  readonly segment: string | null;
  readonly status: 'enabled' | 'paused';
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface WebhookSecrets {
  readonly secret: Buffer;
  /** Signs beside the new one until then. */
  readonly previousSecret: Buffer | null;
  readonly previousUntil: number | null;
}

const COLUMNS = `webhook_id AS "webhookId", url, description, events, segment_key AS segment, status, created_by AS "createdBy", created_at AS "createdAt", updated_at AS "updatedAt"`;
const SECRETS = `secret, previous_secret AS "previousSecret", previous_until AS "previousUntil"`;

export interface NewWebhook extends Pick<Webhook, 'webhookId' | 'url' | 'description' | 'events' | 'segment' | 'status' | 'createdBy'> {
  readonly secret: Buffer;
  readonly at: number;
}

/** @param cursors where the feeds with a cursor begin for it */
export async function insertWebhook(db: Knex, webhook: NewWebhook, cursors: Readonly<Record<string, number>> = {}): Promise<void> {
  await db.transaction(async (trx) => {
    await trx.raw(
      `INSERT INTO webhooks (webhook_id, url, description, events, segment_key, status, secret, created_by, created_at, updated_at) VALUES (?, ?, ?, ?::text[], ?, ?, ?, ?, ?, ?)`,
      [webhook.webhookId, storableText(webhook.url), storableText(webhook.description), arrayLiteral('text', webhook.events), webhook.segment, webhook.status, webhook.secret, storableText(webhook.createdBy), instantText(webhook.at), instantText(webhook.at)] as Knex.RawBinding[]);
    for (const [event, position] of Object.entries(cursors)) await trx.raw('INSERT INTO webhook_cursors (webhook_id, event, position) VALUES (?, ?, ?)', [webhook.webhookId, event, position]);
  });
}

/** Oldest first, without secrets. */
export async function listWebhooks(db: Knex): Promise<Webhook[]> {
  return selectRows<Webhook>(db, `SELECT ${COLUMNS} FROM webhooks ORDER BY created_at, webhook_id`);
}

export async function findWebhook(db: Knex, webhookId: string): Promise<Webhook | undefined> {
  return (await selectRows<Webhook>(db, `SELECT ${COLUMNS} FROM webhooks WHERE webhook_id = ?`, [storableText(webhookId)]))[0];
}

export async function webhookSecrets(db: Knex, webhookId: string): Promise<WebhookSecrets | undefined> {
  return (await selectRows<WebhookSecrets>(db, `SELECT ${SECRETS} FROM webhooks WHERE webhook_id = ?`, [storableText(webhookId)]))[0];
}

export async function updateWebhook(db: Knex, webhookId: string, { url, description, events, segment, status }: Pick<Webhook, 'url' | 'description' | 'events' | 'segment' | 'status'>, at: number): Promise<void> {
  await db.raw('UPDATE webhooks SET url = ?, description = ?, events = ?::text[], segment_key = ?, status = ?, updated_at = ? WHERE webhook_id = ?', [
    storableText(url), storableText(description), arrayLiteral('text', events), segment, status, instantText(at), webhookId,
  ] as Knex.RawBinding[]);
}

export async function rotateSecret(db: Knex, webhookId: string, secret: Buffer, previousUntil: number, at: number): Promise<void> {
  await db.raw('UPDATE webhooks SET previous_secret = secret, previous_until = ?, secret = ?, updated_at = ? WHERE webhook_id = ?', [instantText(previousUntil), secret, instantText(at), webhookId]);
}

/** With its outbox. Returns whether it was there. */
export async function deleteWebhook(db: Knex, webhookId: string): Promise<boolean> {
  return (await selectRows(db, 'DELETE FROM webhooks WHERE webhook_id = ? RETURNING 1', [storableText(webhookId)])).length > 0;
}
