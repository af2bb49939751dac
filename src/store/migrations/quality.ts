/** Data-quality rules as the shop has them, what they found by day, and alerts that open and close. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- Only ever added to: the newest version counts.
    CREATE TABLE quality_rules (
      key text NOT NULL,
      version integer NOT NULL CHECK (version > 0),
      -- NULL: deleted, or a rule of the product that the shop does not want.
      rule jsonb,
      actor text NOT NULL,
      changed_at timestamptz NOT NULL,
      PRIMARY KEY (key, version)
    );
    CREATE TABLE quality_results (
      rule_key text NOT NULL,
      day date NOT NULL,
      checked bigint NOT NULL,
      bad bigint NOT NULL,
      state text NOT NULL CHECK (state IN ('good', 'bad', 'nothing_to_check')),
      details jsonb NOT NULL DEFAULT '{}',
      made_at timestamptz NOT NULL,
      PRIMARY KEY (rule_key, day)
    );
    -- Of the newest result only; a customer who is erased is gone from here.
    CREATE TABLE quality_examples (
      rule_key text NOT NULL,
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      PRIMARY KEY (rule_key, customer_id)
    );
    CREATE INDEX quality_examples_customer ON quality_examples (customer_id);
    CREATE TABLE quality_alerts (
      alert_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      rule_key text NOT NULL,
      opened_on date NOT NULL,
      last_bad_on date NOT NULL,
      worst double precision NOT NULL,
      -- Good days in a row since the last bad one.
      good_days integer NOT NULL DEFAULT 0,
      last_day date NOT NULL,
      closed_on date
    );
    CREATE UNIQUE INDEX quality_alerts_open ON quality_alerts (rule_key) WHERE closed_on IS NULL;
  `);
}
