/** The `imports` rows: what was imported from which file, and how far an interrupted import came. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import { selectRows } from '../repositories/bulk.ts';
import { instantText } from '../types.ts';
import { countsSchema, zeroCounts, type ImportCounts } from './counts.ts';
import type { Mapping } from './mapping.ts';

export interface ImportKey {
  readonly source: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly mapping: Mapping;
  /** Settings beside the mapping that change what a row becomes. */
  readonly settings: Readonly<Record<string, string | number>>;
}

export interface StartedImport {
  readonly importId: number;
  readonly counts: ImportCounts;
  readonly resumed: boolean;
}

/** Starts an import, or takes over the unfinished one of the same file, source and mapping. */
export async function startImport(db: Knex, key: ImportKey, at: number): Promise<StartedImport> {
  const mapping = canonicalJson({ ...key.settings, mapping: key.mapping });
  return db.transaction(async (trx) => {
    const unfinished = await selectRows<{ importId: number; counts: unknown }>(
      trx,
      `SELECT import_id AS "importId", counts FROM imports
       WHERE file_sha256 = ? AND source = ? AND mapping = ?::jsonb AND state <> 'done'
       ORDER BY import_id DESC LIMIT 1 FOR UPDATE`,
      [key.sha256, key.source, mapping],
    );
    const found = unfinished[0];
    const counts = found === undefined ? undefined : countsSchema.safeParse(found.counts).data;
    if (found !== undefined && counts !== undefined) {
      counts.fence += 1;
      await trx.raw(`UPDATE imports SET state = 'running', counts = ?::jsonb, finished_at = NULL WHERE import_id = ?`, [JSON.stringify(counts), found.importId]);
      return { importId: found.importId, counts, resumed: counts.rows > 0 };
    }
    const fresh = zeroCounts();
    const made = await selectRows<{ importId: number }>(
      trx,
      `INSERT INTO imports (source, file_name, file_sha256, mapping, state, counts, started_at) VALUES (?, ?, ?, ?::jsonb, 'running', ?::jsonb, ?::timestamptz) RETURNING import_id AS "importId"`,
      [key.source, key.fileName, key.sha256, mapping, JSON.stringify(fresh), instantText(at)],
    );
    return { importId: made[0]?.importId ?? 0, counts: fresh, resumed: false };
  });
}

/** Records how far the import is; part of the transaction of a batch. @throws AppError `conflict` when another process has taken the import over. */
export async function recordCounts(trx: Knex, importId: number, counts: ImportCounts): Promise<void> {
  const result = await trx.raw<{ rowCount: number }>(`UPDATE imports SET counts = ?::jsonb WHERE import_id = ? AND state = 'running' AND (counts->>'fence')::int = ?`, [JSON.stringify(counts), importId, counts.fence]);
  if (result.rowCount === 1) return;
  throw new AppError('conflict', `Import ${importId} was taken over by another process.`, { hint: 'Let that one finish; nothing was counted twice.' });
}

export async function finishImport(db: Knex, importId: number, counts: ImportCounts, state: 'done' | 'failed', at: number): Promise<void> {
  await db.raw(`UPDATE imports SET state = ?, counts = ?::jsonb, finished_at = ?::timestamptz WHERE import_id = ? AND (counts->>'fence')::int = ?`, [state, JSON.stringify(counts), instantText(at), importId, counts.fence]);
}
