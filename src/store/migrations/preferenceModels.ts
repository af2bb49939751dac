/** What the shop taught about preferences: immutable versions, the newest serves. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE preference_models (
      version integer PRIMARY KEY CHECK (version > 0),
      sha256 text NOT NULL,
      -- what the one test said; read without opening the artefact
      report jsonb NOT NULL,
      artefact bytea NOT NULL,
      created_at timestamptz NOT NULL,
      -- taken out of service by a person; the newest version that was not serves
      withdrawn boolean NOT NULL DEFAULT false
    );
  `);
}
