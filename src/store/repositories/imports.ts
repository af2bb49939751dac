/** One row per import: what came in, with which mapping, and how it ended. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import { instantText } from '../types.ts';
import { selectRows, storableJson, storableText } from './bulk.ts';

export interface ImportRow {
  readonly importId: number;
  readonly source: string;
  readonly fileName: string | null;
  readonly fileSha256: string | null;
  readonly mapping: unknown;
  readonly state: 'running' | 'done' | 'failed';
  readonly counts: Readonly<Record<string, number>>;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

const COLUMNS = `import_id AS "importId", source, file_name AS "fileName", file_sha256 AS "fileSha256", mapping, state, counts, started_at AS "startedAt", finished_at AS "finishedAt"`;

export interface ImportStart {
  readonly source: string;
  readonly fileName?: string;
  readonly fileSha256?: string;
  readonly mapping?: unknown;
  readonly at: number;
}

/** Returns the import's id. */
export async function startImport(db: Knex, start: ImportStart): Promise<number> {
  const rows = await selectRows<{ id: number }>(
    db,
    `INSERT INTO imports (source, file_name, file_sha256, mapping, state, started_at) VALUES (?, ?, ?, ?::jsonb, 'running', ?) RETURNING import_id AS id`,
    [storableText(start.source), start.fileName === undefined ? null : storableText(start.fileName), start.fileSha256 ?? null, storableJson(start.mapping ?? {}), instantText(start.at)] as Knex.RawBinding[],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new AppError('internal', 'The store returned no id for a new import.');
  return id;
}

export interface ImportEnd {
  readonly state: 'done' | 'failed';
  readonly counts: Readonly<Record<string, number>>;
  /** Known only after the file was read to its end. */
  readonly fileSha256?: string;
  readonly at: number;
}

export async function finishImport(db: Knex, importId: number, end: ImportEnd): Promise<void> {
  await db.raw('UPDATE imports SET state = ?, counts = ?::jsonb, file_sha256 = coalesce(?, file_sha256), finished_at = ? WHERE import_id = ?', [
    end.state, storableJson(end.counts), end.fileSha256 ?? null, instantText(end.at), importId,
  ] as Knex.RawBinding[]);
}

export async function importById(db: Knex, importId: number): Promise<ImportRow | undefined> {
  return (await selectRows<ImportRow>(db, `SELECT ${COLUMNS} FROM imports WHERE import_id = ?`, [importId]))[0];
}

/** The newest finished import of a file with these bytes. */
export async function importOfFile(db: Knex, fileSha256: string): Promise<ImportRow | undefined> {
  return (await selectRows<ImportRow>(db, `SELECT ${COLUMNS} FROM imports WHERE file_sha256 = ? AND state = 'done' ORDER BY import_id DESC LIMIT 1`, [fileSha256]))[0];
}

/** Newest first. */
export async function listImports(db: Knex, limit: number): Promise<ImportRow[]> {
  return selectRows<ImportRow>(db, `SELECT ${COLUMNS} FROM imports ORDER BY import_id DESC LIMIT ?`, [limit]);
}
