/** Brings the schema up to date on open; refuses a schema that is newer than this code. */
import type { Knex } from 'knex';
import { AppError } from '../base/errors.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/index.ts';

const TABLE = 'schema_migrations';

const source: Knex.MigrationSource<Migration> = {
  getMigrations: () => Promise.resolve([...MIGRATIONS]),
  getMigrationName: (migration) => migration.name,
  getMigration: (migration) => Promise.resolve({ up: migration.up, down: () => Promise.reject(new Error('the schema only moves forward')) }),
};

async function refuseNewer(db: Knex): Promise<void> {
  const exists = (await db.raw<{ rows: { found: boolean }[] }>(`SELECT to_regclass('${TABLE}') IS NOT NULL AS found`)).rows.some((row) => row.found);
  if (!exists) return;
  const known = new Set(MIGRATIONS.map((migration) => migration.name));
  const newer = (await db<{ name: string }>(TABLE).pluck('name')).filter((name) => !known.has(name));
  if (newer.length === 0) return;
  throw new AppError('store_incompatible', `The store's schema is ${newer.length} step(s) newer than this version of Tagcast.`, {
    details: { newer: newer.length, known: known.size },
    hint: 'Nothing was changed. Start the newer version of Tagcast, or restore the export that was made before the upgrade.',
  });
}

/** @throws AppError `store_incompatible` when the schema has steps that this code does not know. */
export async function migrate(db: Knex): Promise<void> {
  await refuseNewer(db);
  try {
    await db.migrate.latest({ migrationSource: source, tableName: TABLE });
  } catch (error) {
    if (error instanceof Error && error.name === 'MigrationLocked') {
      throw new AppError('store_locked', 'Another process is migrating the store.', { hint: 'Wait for it to finish and try again. If it was killed, delete the row of schema_migrations_lock.', cause: error });
    }
    throw error;
  }
}
