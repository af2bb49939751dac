/** Usefulness reports of tags by day: what next week's report is compared with. They hold counts and no customers. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE tag_reports (
      tag_key text NOT NULL,
      day date NOT NULL,
      made_at timestamptz NOT NULL,
      document jsonb NOT NULL,
      PRIMARY KEY (tag_key, day)
    );
  `);
}
