/** The shop's own order of the catalogue. Both tables are only ever added to: the newest version counts, and those before it are the history. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE tag_categories (
      code text NOT NULL,
      version integer NOT NULL CHECK (version > 0),
      parent text,
      label jsonb NOT NULL,
      deleted boolean NOT NULL,
      actor text NOT NULL,
      changed_at timestamptz NOT NULL,
      PRIMARY KEY (code, version)
    );
    -- Where the shop keeps tags that the product builds; rule tags carry their category themselves. NULL: where the product has it.
    CREATE TABLE tag_placements (
      tag_key text NOT NULL,
      version integer NOT NULL CHECK (version > 0),
      category text,
      actor text NOT NULL,
      changed_at timestamptz NOT NULL,
      PRIMARY KEY (tag_key, version)
    );
  `);
}
