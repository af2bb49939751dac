/** What a report shows of a model's one test, beside the version and never inside its checked bytes. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE model_reports (
      name text NOT NULL,
      version integer NOT NULL,
      -- of the document, so that a later program knows how to read it
      schema_version integer NOT NULL,
      document jsonb NOT NULL,
      PRIMARY KEY (name, version),
      FOREIGN KEY (name, version) REFERENCES models ON DELETE CASCADE
    );
  `);
}
