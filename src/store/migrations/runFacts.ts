/** Facts of a run beside its scores: what tags are built from once the whole run is scored. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE run_facts (
      run_id bigint NOT NULL REFERENCES runs ON DELETE CASCADE,
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      -- null where the customer's features or scores could not be computed
      facts jsonb,
      PRIMARY KEY (run_id, customer_id)
    );
    CREATE INDEX run_facts_customer ON run_facts (customer_id);
  `);
}
