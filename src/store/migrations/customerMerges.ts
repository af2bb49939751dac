/** Two customers who turned out to be one: what was moved, so that it could be undone, and under which id the other one was known. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE customer_merges (
      merge_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      -- With the customer who stays goes everything that is known of the one who was merged.
      into_customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      from_external_id text NOT NULL,
      -- Attributes, identities, consents and times of the one who is gone.
      undo jsonb NOT NULL,
      moved_events bigint[] NOT NULL,
      actor text NOT NULL,
      merged_at timestamptz NOT NULL
    );
    CREATE INDEX customer_merges_into ON customer_merges (into_customer_id);
    CREATE INDEX customer_merges_from ON customer_merges (from_external_id);
  `);
}
