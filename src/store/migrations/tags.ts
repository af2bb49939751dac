/** Published tags, the stage in front of them, and the history of what changed. */
import type { Knex } from 'knex';

/** The columns of a tag's envelope, shared by the published and the staged table. */
const ENVELOPE = `
      kind text NOT NULL,
      status text NOT NULL,
      value_number double precision,
      value_text text,
      value_date date,
      value_list jsonb,
      band text,
      probability double precision,
      percentile smallint,
      lift double precision,
      interval_low double precision,
      interval_high double precision,
      interval_level double precision,
      horizon_days integer,
      as_of date NOT NULL,
      valid_from date NOT NULL,
      expires_at date,
      source_name text NOT NULL,
      source_version integer NOT NULL,
      run_id bigint NOT NULL,
      fence integer NOT NULL,
      confidence text,
      reasons jsonb NOT NULL DEFAULT '[]'`;

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE customer_tags (
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      tag_key text NOT NULL,${ENVELOPE},
      PRIMARY KEY (customer_id, tag_key)
    );
    CREATE INDEX customer_tags_band ON customer_tags (tag_key, band);
    CREATE INDEX customer_tags_number ON customer_tags (tag_key, value_number);
    CREATE INDEX customer_tags_probability ON customer_tags (tag_key, probability);
    -- Logged on purpose: recovery after a crash empties unlogged tables, while run_chunks would still call the chunks done.
    CREATE TABLE staged_tags (
      customer_id bigint NOT NULL,
      tag_key text NOT NULL,${ENVELOPE},
      PRIMARY KEY (run_id, customer_id, tag_key)
    );
    CREATE INDEX staged_tags_customer ON staged_tags (customer_id);
    CREATE TABLE tag_history (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      tag_key text NOT NULL,
      changed_on date NOT NULL,
      from_status text,
      from_band text,
      from_value jsonb,
      to_status text NOT NULL,
      to_band text,
      to_value jsonb,
      source_version integer NOT NULL,
      run_id bigint NOT NULL REFERENCES runs
    );
    CREATE INDEX tag_history_customer ON tag_history (customer_id, tag_key, id);
    CREATE INDEX tag_history_run ON tag_history (run_id);
    CREATE TABLE lifecycle_history (
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      entered_on date NOT NULL,
      stage text NOT NULL,
      previous_stage text,
      run_id bigint NOT NULL REFERENCES runs,
      PRIMARY KEY (customer_id, entered_on)
    );
  `);
}
