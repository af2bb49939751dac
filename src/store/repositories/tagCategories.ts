/** Categories of the shop, and where it keeps the tags that the product builds. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, storableJson, storableText } from './bulk.ts';
import type { DefinitionWords } from './tagDefinitions.ts';

export interface CategoryVersion {
  readonly code: string;
  readonly version: number;
  /** Null at the top. */
  readonly parent: string | null;
  readonly label: DefinitionWords;
  readonly deleted: boolean;
  readonly actor: string;
  /** Epoch ms. */
  readonly changedAt: number;
}

export interface PlacementVersion {
  readonly key: string;
  readonly version: number;
  readonly category: string | null;
  readonly actor: string;
  readonly changedAt: number;
}

const CATEGORY = 'code, version, parent, label, deleted, actor, changed_at AS "changedAt"';

/** The newest version of each category that the shop ever changed, deleted ones included. */
export async function latestCategories(db: Knex): Promise<CategoryVersion[]> {
  return selectRows<CategoryVersion>(db, `SELECT DISTINCT ON (code) ${CATEGORY} FROM tag_categories ORDER BY code, version DESC`);
}

/** Newest first. */
export async function categoryVersions(db: Knex, code: string): Promise<CategoryVersion[]> {
  return selectRows<CategoryVersion>(db, `SELECT ${CATEGORY} FROM tag_categories WHERE code = ? ORDER BY version DESC`, [storableText(code)]);
}

/** Returns false where somebody else has written this version already. */
export async function addCategoryVersion(db: Knex, { code, version, parent, label, deleted, actor, changedAt }: CategoryVersion): Promise<boolean> {
  const rows = await selectRows(
    db, 'INSERT INTO tag_categories (code, version, parent, label, deleted, actor, changed_at) VALUES (?, ?, ?, ?::jsonb, ?, ?, ?) ON CONFLICT (code, version) DO NOTHING RETURNING version',
    [code, version, parent, storableJson(label), deleted, storableText(actor), instantText(changedAt)] as Knex.RawBinding[]);
  return rows.length === 1;
}

export async function latestPlacements(db: Knex): Promise<PlacementVersion[]> {
  return selectRows<PlacementVersion>(db, 'SELECT DISTINCT ON (tag_key) tag_key AS key, version, category, actor, changed_at AS "changedAt" FROM tag_placements ORDER BY tag_key, version DESC');
}

/** Newest first. */
export async function placementVersions(db: Knex, key: string): Promise<PlacementVersion[]> {
  return selectRows<PlacementVersion>(db, 'SELECT tag_key AS key, version, category, actor, changed_at AS "changedAt" FROM tag_placements WHERE tag_key = ? ORDER BY version DESC', [storableText(key)]);
}

export async function addPlacement(db: Knex, { key, category, actor, changedAt }: Omit<PlacementVersion, 'version'>): Promise<void> {
  await db.raw(
    `INSERT INTO tag_placements (tag_key, version, category, actor, changed_at) SELECT ?, coalesce(max(version), 0) + 1, ?, ?, ? FROM tag_placements WHERE tag_key = ?`,
    [key, category, storableText(actor), instantText(changedAt), key] as Knex.RawBinding[]);
}
