/** Model versions and aliases as rows: bytes in, bytes out. What an artefact means is the registry's business. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import { instantText } from '../types.ts';
import { selectRows, storableJson, storableText } from './bulk.ts';

export interface ModelRow {
  readonly name: string;
  readonly version: number;
  /** Of the artefact's bytes, hexadecimal. */
  readonly sha256: string;
  readonly envelope: unknown;
  readonly createdAt: number;
}

export interface ModelInput {
  readonly name: string;
  readonly sha256: string;
  readonly envelope: unknown;
  readonly artefact: Uint8Array;
  readonly at: number;
}

const COLUMNS = `name, version, sha256, envelope, created_at AS "createdAt"`;

/** Stores a new, immutable version and returns its number: one more than the last. */
export async function insertModel(db: Knex, model: ModelInput): Promise<number> {
  return db.transaction(async (trx) => {
    // Two writers must not count to the same number.
    await trx.raw('LOCK TABLE models IN SHARE ROW EXCLUSIVE MODE');
    const rows = await selectRows<{ version: number }>(
      trx,
      `INSERT INTO models (name, version, sha256, envelope, artefact, created_at)
       SELECT ?::text, coalesce(max(version), 0) + 1, ?::text, ?::jsonb, ?::bytea, ?::timestamptz FROM models WHERE name = ? RETURNING version`,
      [storableText(model.name), model.sha256, storableJson(model.envelope), Buffer.from(model.artefact), instantText(model.at), model.name],
    );
    return rows[0]?.version ?? 0;
  });
}

export async function modelRow(db: Knex, name: string, version: number): Promise<ModelRow | undefined> {
  return (await selectRows<ModelRow>(db, `SELECT ${COLUMNS} FROM models WHERE name = ? AND version = ?`, [storableText(name), version]))[0];
}

export async function modelArtefact(db: Knex, name: string, version: number): Promise<Buffer | undefined> {
  return (await selectRows<{ artefact: Buffer }>(db, 'SELECT artefact FROM models WHERE name = ? AND version = ?', [storableText(name), version]))[0]?.artefact;
}

/** Without artefacts, newest version first. */
export async function listModels(db: Knex, name?: string): Promise<ModelRow[]> {
  return selectRows<ModelRow>(db, `SELECT ${COLUMNS} FROM models WHERE (?::text IS NULL OR name = ?) ORDER BY name, version DESC`, [name ?? null, name ?? null] as Knex.RawBinding[]);
}

export interface AliasRow {
  readonly name: string;
  readonly alias: string;
  readonly version: number;
}

export async function listAliases(db: Knex, name?: string): Promise<AliasRow[]> {
  return selectRows<AliasRow>(db, 'SELECT name, alias, version FROM model_aliases WHERE (?::text IS NULL OR name = ?) ORDER BY name, alias', [name ?? null, name ?? null] as Knex.RawBinding[]);
}

/** The version an alias points to. */
export async function aliasVersion(db: Knex, name: string, alias: string): Promise<number | undefined> {
  return (await selectRows<{ version: number }>(db, 'SELECT version FROM model_aliases WHERE name = ? AND alias = ?', [storableText(name), storableText(alias)]))[0]?.version;
}

export interface MoveAlias {
  readonly name: string;
  readonly alias: string;
  /** null removes the alias. */
  readonly version: number | null;
  readonly at: number;
  readonly actor: string;
  readonly reason: string;
}

/** Moves an alias and writes its history, in the caller's transaction or one of its own. Returns where it pointed before. @throws AppError `not_found` for a version that does not exist. */
export async function moveAlias(db: Knex, move: MoveAlias): Promise<number | undefined> {
  return db.transaction(async (trx) => {
    await trx.raw('LOCK TABLE model_aliases IN SHARE ROW EXCLUSIVE MODE');
    const before = await aliasVersion(trx, move.name, move.alias);
    if (move.version === null) {
      await trx.raw('DELETE FROM model_aliases WHERE name = ? AND alias = ?', [move.name, move.alias]);
    } else {
      if ((await modelRow(trx, move.name, move.version)) === undefined) {
        throw new AppError('not_found', `There is no version ${move.version} of this model.`, { hint: 'Run `tagcast models list` to see the versions.' });
      }
      await trx.raw('INSERT INTO model_aliases (name, alias, version) VALUES (?, ?, ?) ON CONFLICT (name, alias) DO UPDATE SET version = excluded.version', [move.name, storableText(move.alias), move.version]);
    }
    await trx.raw('INSERT INTO model_alias_history (name, alias, from_version, to_version, moved_at, actor, reason) VALUES (?, ?, ?, ?, ?, ?, ?)', [
      move.name, move.alias, before ?? null, move.version, instantText(move.at), storableText(move.actor), storableText(move.reason),
    ] as Knex.RawBinding[]);
    return before;
  });
}

export interface AliasMove {
  readonly alias: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly movedAt: number;
  readonly actor: string;
  readonly reason: string;
}

/** Newest first. */
export async function aliasHistory(db: Knex, name: string, limit = 100): Promise<AliasMove[]> {
  return selectRows<AliasMove>(
    db,
    `SELECT alias, from_version AS "from", to_version AS "to", moved_at AS "movedAt", actor, reason FROM model_alias_history WHERE name = ? ORDER BY id DESC LIMIT ?`,
    [storableText(name), limit],
  );
}
