/** Saved segments: definitions with their history, built versions, members, and who entered and left. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, storableJson, storableText } from './bulk.ts';
import type { DefinitionStatus, DefinitionWords } from './tagDefinitions.ts';

export type SegmentSchedule = 'nightly' | 'manual';

/** The part of a segment that is versioned. */
export interface SegmentDefinition {
  readonly key: string;
  readonly label: DefinitionWords;
  readonly description: DefinitionWords;
  readonly owner: string;
  /** JSON of the condition language; null where the members were given as a list. */
  readonly condition: unknown;
  readonly status: DefinitionStatus;
  readonly schedule: SegmentSchedule;
  /** Share of members kept out of every contact, in [0, 1). */
  readonly holdoutShare: number;
}

export interface StoredSegment extends SegmentDefinition {
  /** Decides who is in the hold-out; never changes, so that the same customers stay in it. */
  readonly holdoutSalt: string;
  readonly definitionVersion: number;
  /** Members are read of this version; null before the first build. */
  readonly liveVersion: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const COLUMNS = `key, label, description, owner, condition, status, schedule, holdout_share AS "holdoutShare", holdout_salt AS "holdoutSalt", definition_version AS "definitionVersion", live_version AS "liveVersion",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** By key. */
export async function listSegments(db: Knex): Promise<StoredSegment[]> {
  return selectRows<StoredSegment>(db, `SELECT ${COLUMNS} FROM segments ORDER BY key`);
}

export async function findSegment(db: Knex, key: string): Promise<StoredSegment | undefined> {
  return (await selectRows<StoredSegment>(db, `SELECT ${COLUMNS} FROM segments WHERE key = ?`, [storableText(key)]))[0];
}

export interface SegmentEdit {
  readonly actor: string;
  /** Epoch ms. */
  readonly at: number;
  /** Only looked at when the segment is made. */
  readonly holdoutSalt: string;
}

/** Writes a definition and its version in one transaction; `expectedVersion` 0 creates. Returns nothing where another edit came first. */
export async function saveSegment(db: Knex, segment: SegmentDefinition, expectedVersion: number, edit: SegmentEdit): Promise<StoredSegment | undefined> {
  return db.transaction(async (trx) => {
    const values = [
      storableJson(segment.label), storableJson(segment.description), storableText(segment.owner), segment.condition === null ? null : storableJson(segment.condition), segment.status, segment.schedule, segment.holdoutShare,
      instantText(edit.at),
    ] as Knex.RawBinding[];
    const [row] = await (expectedVersion === 0
      ? selectRows<StoredSegment>(
        trx,
        `INSERT INTO segments (label, description, owner, condition, status, schedule, holdout_share, updated_at, created_at, key, holdout_salt, definition_version)
         VALUES (?::jsonb, ?::jsonb, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (key) DO NOTHING RETURNING ${COLUMNS}`,
        [...values, instantText(edit.at), storableText(segment.key), storableText(edit.holdoutSalt)],
      )
      : selectRows<StoredSegment>(
        trx,
        `UPDATE segments SET label = ?::jsonb, description = ?::jsonb, owner = ?, condition = ?::jsonb, status = ?, schedule = ?, holdout_share = ?, updated_at = ?, definition_version = definition_version + 1
         WHERE key = ? AND definition_version = ? RETURNING ${COLUMNS}`,
        [...values, storableText(segment.key), expectedVersion],
      ));
    if (row === undefined) return undefined;
    const { key, label, description, owner, condition, status, schedule, holdoutShare } = row;
    await trx.raw('INSERT INTO segment_definitions (segment_key, definition_version, definition, actor, changed_at) VALUES (?, ?, ?::jsonb, ?, ?)', [
      key, row.definitionVersion, storableJson({ key, label, description, owner, condition, status, schedule, holdoutShare }), storableText(edit.actor), instantText(edit.at),
    ]);
    return row;
  });
}

/** With its members and its history. Returns whether it was there. */
export async function deleteSegment(db: Knex, key: string): Promise<boolean> {
  return (await selectRows(db, 'DELETE FROM segments WHERE key = ? RETURNING 1', [storableText(key)])).length > 0;
}

export interface SegmentBuild {
  readonly version: number;
  readonly definitionVersion: number;
  readonly asOf: string;
  readonly state: 'building' | 'live' | 'retired';
  readonly members: number;
  readonly entered: number | null;
  readonly left: number | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

const BUILD = `version, definition_version AS "definitionVersion", as_of AS "asOf", state, members, entered, "left", started_at AS "startedAt", finished_at AS "finishedAt"`;

/** Newest first. */
export async function segmentBuilds(db: Knex, key: string, limit: number): Promise<SegmentBuild[]> {
  return selectRows<SegmentBuild>(db, `SELECT ${BUILD} FROM segment_versions WHERE segment_key = ? ORDER BY version DESC LIMIT ?`, [storableText(key), limit]);
}

/** The build that members are read of, by key of the segment; segments that were never built are left out. */
export async function liveBuilds(db: Knex): Promise<Map<string, SegmentBuild>> {
  const rows = await selectRows<SegmentBuild & { key: string }>(db, `SELECT segment_key AS key, ${BUILD} FROM segment_versions WHERE state = 'live'`);
  return new Map(rows.map(({ key, ...build }) => [key, build]));
}

/** Segments of which a customer is a member now, by key. */
export async function segmentsOf(db: Knex, customerId: number): Promise<{ readonly key: string; readonly label: DefinitionWords }[]> {
  return selectRows(db, 'SELECT s.key, s.label FROM segments s JOIN segment_members m ON m.segment_key = s.key AND m.version = s.live_version WHERE m.customer_id = ? ORDER BY s.key', [customerId]);
}

export interface SimilarCustomer {
  readonly externalId: string;
  /** Ranks; no probability of anything. */
  readonly score: number;
  readonly percentile: number;
  readonly reasons: readonly { readonly direction: 'up' | 'down'; readonly text: DefinitionWords }[];
}

/** Members of a lookalike list, most alike first; those who have refused scoring or marketing since are left out. */
export async function similarCustomers(db: Knex, key: string, limit: number): Promise<SimilarCustomer[]> {
  return selectRows<SimilarCustomer>(
    db,
    `SELECT c.external_id AS "externalId", y.score, y.percentile, y.reasons FROM segment_similarity y JOIN customers c USING (customer_id)
     WHERE y.segment_key = ? AND NOT EXISTS (SELECT FROM consents k WHERE k.customer_id = c.customer_id AND k.state = 'refused' AND k.purpose IN ('scoring', 'marketing')) ORDER BY y.score DESC, c.customer_id LIMIT ?`,
    [storableText(key), limit]);
}
