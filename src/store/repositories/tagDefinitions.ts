/** Rule tags as they are defined: the present definition of each, and every version before it. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, storableJson, storableText } from './bulk.ts';

export interface DefinitionWords {
  readonly zh: string;
  readonly en: string;
}

export type DefinitionStatus = 'draft' | 'enabled' | 'paused';
export type DefinitionChange = 'created' | 'edited' | 'enabled' | 'paused' | 'drafted' | 'deleted';

/** The part of a definition that is versioned. */
export interface RuleDefinition {
  readonly key: string;
  readonly category: string;
  readonly label: DefinitionWords;
  readonly description: DefinitionWords;
  readonly owner: string;
  /** JSON of the condition language. */
  readonly condition: unknown;
  /** Value and band of the customers who carry the tag. */
  readonly band: { readonly code: string; readonly label: DefinitionWords };
  /** Null for a static tag. */
  readonly ttlDays: number | null;
  readonly status: DefinitionStatus;
}

export interface StoredDefinition extends RuleDefinition {
  readonly id: number;
  readonly version: number;
  /** `file` until somebody edits it in the store. */
  readonly origin: 'file' | 'api';
  readonly fileHash: string | null;
  /** Business day and version of the last full evaluation. */
  readonly evaluatedOn: string | null;
  readonly evaluatedVersion: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const COLUMNS = `tag_id AS id, key, category, label, description, owner, condition, band, ttl_days AS "ttlDays", status, version, origin, file_hash AS "fileHash",
  evaluated_on AS "evaluatedOn", evaluated_version AS "evaluatedVersion", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** By number. */
export async function listDefinitions(db: Knex): Promise<StoredDefinition[]> {
  return selectRows<StoredDefinition>(db, `SELECT ${COLUMNS} FROM tag_definitions ORDER BY tag_id`);
}

export async function findDefinition(db: Knex, key: string): Promise<StoredDefinition | undefined> {
  return (await selectRows<StoredDefinition>(db, `SELECT ${COLUMNS} FROM tag_definitions WHERE key = ?`, [storableText(key)]))[0];
}

export interface DefinitionEdit {
  readonly actor: string;
  /** Epoch ms. */
  readonly at: number;
  readonly change: DefinitionChange;
  readonly origin: 'file' | 'api';
  readonly fileHash: string | null;
}

/** Writes a definition and its version in one transaction; `expectedVersion` 0 creates. Returns nothing where another edit came first. */
export async function saveDefinition(db: Knex, definition: RuleDefinition, expectedVersion: number, edit: DefinitionEdit): Promise<StoredDefinition | undefined> {
  return db.transaction(async (trx) => {
    const values = [
      storableText(definition.category), storableJson(definition.label), storableJson(definition.description), storableText(definition.owner), storableJson(definition.condition),
      storableJson(definition.band), definition.ttlDays, definition.status, edit.origin, edit.fileHash, instantText(edit.at),
    ] as Knex.RawBinding[];
    const [row] = await (expectedVersion === 0
      ? selectRows<StoredDefinition>(
        trx,
        `INSERT INTO tag_definitions (category, label, description, owner, condition, band, ttl_days, status, origin, file_hash, updated_at, created_at, key, version)
         VALUES (?, ?::jsonb, ?::jsonb, ?, ?::jsonb, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (key) DO NOTHING RETURNING ${COLUMNS}`,
        [...values, instantText(edit.at), storableText(definition.key)],
      )
      : selectRows<StoredDefinition>(
        trx,
        `UPDATE tag_definitions SET category = ?, label = ?::jsonb, description = ?::jsonb, owner = ?, condition = ?::jsonb, band = ?::jsonb, ttl_days = ?, status = ?, origin = ?, file_hash = ?, updated_at = ?,
           version = version + 1
         WHERE key = ? AND version = ? RETURNING ${COLUMNS}`,
        [...values, storableText(definition.key), expectedVersion],
      ));
    if (row === undefined) return undefined;
    await recordVersion(trx, row, edit);
    return row;
  });
}

async function recordVersion(trx: Knex, stored: StoredDefinition, edit: Pick<DefinitionEdit, 'actor' | 'at' | 'change'>): Promise<void> {
  const { key, category, label, description, owner, condition, band, ttlDays, status } = stored;
  await trx.raw('INSERT INTO tag_definition_versions (key, version, tag_id, change, definition, actor, changed_at) VALUES (?, ?, ?, ?, ?::jsonb, ?, ?)', [
    key, stored.version, stored.id, edit.change, storableJson({ key, category, label, description, owner, condition, band, ttlDays, status }), storableText(edit.actor), instantText(edit.at),
  ]);
}

/** Deletes a definition; what it was stays in its history, and its number is never used again. Returns whether it was there. */
export async function deleteDefinition(db: Knex, key: string, edit: Pick<DefinitionEdit, 'actor' | 'at'>): Promise<boolean> {
  return db.transaction(async (trx) => {
    const [row] = await selectRows<StoredDefinition>(trx, `DELETE FROM tag_definitions WHERE key = ? RETURNING ${COLUMNS}`, [storableText(key)]);
    if (row === undefined) return false;
    await recordVersion(trx, { ...row, version: row.version + 1 }, { ...edit, change: 'deleted' });
    return true;
  });
}

export interface DefinitionVersion {
  readonly version: number;
  readonly tagId: number;
  readonly change: DefinitionChange;
  readonly definition: RuleDefinition;
  readonly actor: string;
  readonly changedAt: number;
}

/** Newest first. */
export async function definitionVersions(db: Knex, key: string): Promise<DefinitionVersion[]> {
  return selectRows<DefinitionVersion>(db, `SELECT version, tag_id AS "tagId", change, definition, actor, changed_at AS "changedAt" FROM tag_definition_versions WHERE key = ? ORDER BY changed_at DESC, tag_id DESC, version DESC`, [storableText(key)]);
}

/** Keys of rule tags that were deleted and not made again since. */
export async function deletedKeys(db: Knex): Promise<Set<string>> {
  const rows = await selectRows<{ key: string }>(
    db, `SELECT DISTINCT v.key FROM tag_definition_versions v WHERE v.change = 'deleted' AND NOT EXISTS (SELECT FROM tag_definitions d WHERE d.key = v.key)`);
  return new Set(rows.map(({ key }) => key));
}
