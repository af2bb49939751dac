/** Lifecycle: which rules made which stage, the nights that were published, and every change as an ordered feed. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE lifecycle_rules (
      version integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      hash text NOT NULL UNIQUE,
      rules jsonb NOT NULL,
      made_at timestamptz NOT NULL
    );
    CREATE TABLE lifecycle_runs (
      as_of date PRIMARY KEY,
      run_id bigint NOT NULL REFERENCES runs,
      rules_version integer NOT NULL REFERENCES lifecycle_rules,
      published_at timestamptz NOT NULL
    );
    -- A stage of NULL: without a stage from that day on, because the customer refused or is not found in the data any more.
    ALTER TABLE lifecycle_history ALTER COLUMN stage DROP NOT NULL;
    -- What was known of the orders when the stage was entered; NULL for what was written before this step.
    ALTER TABLE lifecycle_history ADD COLUMN orders integer, ADD COLUMN last_order_ms bigint, ADD COLUMN rules_version integer;
    -- What was published, never changed afterwards: a night that is published once more with another answer adds a line.
    CREATE TABLE lifecycle_changes (
      change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      changed_on date NOT NULL,
      from_stage text,
      to_stage text,
      run_id bigint NOT NULL REFERENCES runs,
      rules_version integer
    );
    CREATE INDEX lifecycle_changes_customer ON lifecycle_changes (customer_id);
    INSERT INTO lifecycle_history (customer_id, entered_on, previous_stage, run_id)
    SELECT t.customer_id, t.valid_from, h.stage, t.run_id
    FROM customer_tags t JOIN LATERAL (SELECT stage FROM lifecycle_history l WHERE l.customer_id = t.customer_id ORDER BY l.entered_on DESC LIMIT 1) AS h ON true
    WHERE t.tag_key = 'lifecycle_stage' AND t.status = 'opted_out'
    ON CONFLICT (customer_id, entered_on) DO UPDATE SET stage = NULL;
    INSERT INTO lifecycle_changes (customer_id, changed_on, from_stage, to_stage, run_id)
    SELECT customer_id, entered_on, lag(stage) OVER (PARTITION BY customer_id ORDER BY entered_on), stage, run_id FROM lifecycle_history ORDER BY entered_on, customer_id;
  `);
}
