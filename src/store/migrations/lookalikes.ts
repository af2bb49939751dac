/** How much the members of a lookalike list are like its seed, and why. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE segment_similarity (
      segment_key text NOT NULL REFERENCES segments ON DELETE CASCADE,
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      -- Ranks customers; no probability of anything.
      score double precision NOT NULL,
      percentile smallint NOT NULL,
      reasons jsonb NOT NULL,
      PRIMARY KEY (segment_key, customer_id)
    );
    CREATE INDEX segment_similarity_customer ON segment_similarity (customer_id);
  `);
}
