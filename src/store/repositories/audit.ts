/** Who did what: rows are only ever added. Details carry no personal data. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, storableJson, storableText } from './bulk.ts';

export interface AuditEntry {
  /** Epoch ms. */
  readonly at: number;
  /** Key id, `cli`, or the name of a job. */
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export async function recordAudit(db: Knex, entry: AuditEntry): Promise<void> {
  await db.raw('INSERT INTO audit_log (at, actor, action, object, details) VALUES (?, ?, ?, ?, ?::jsonb)', [
    instantText(entry.at), storableText(entry.actor), storableText(entry.action), storableText(entry.object), storableJson(entry.details),
  ]);
}

/** Newest first; `before` is the id of the last entry of the page before. */
export async function listAudit(db: Knex, page: { readonly before?: number; readonly limit: number }): Promise<(AuditEntry & { readonly id: number })[]> {
  return selectRows(db, `SELECT id, at, actor, action, object, details FROM audit_log WHERE id < ? ORDER BY id DESC LIMIT ?`, [page.before ?? Number.MAX_SAFE_INTEGER, page.limit]);
}
