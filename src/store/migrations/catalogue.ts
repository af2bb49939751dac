/** Rule tags as they are defined, and who carries them: one row of numbers per customer, so that hundreds of tags on a million customers stay small. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE tag_definitions (
      -- Never given twice, so that a number in a customer's row never changes its meaning.
      tag_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      key text NOT NULL UNIQUE,
      category text NOT NULL,
      label jsonb NOT NULL,
      description jsonb NOT NULL,
      owner text NOT NULL,
      condition jsonb NOT NULL,
      band jsonb NOT NULL,
      ttl_days integer CHECK (ttl_days > 0),
      status text NOT NULL CHECK (status IN ('draft', 'enabled', 'paused')),
      version integer NOT NULL,
      -- 'file' until somebody edits it; then files no longer change it unless they are told to.
      origin text NOT NULL CHECK (origin IN ('file', 'api')),
      -- Hash of the file's definition that was last taken over.
      file_hash text,
      -- Last full evaluation: for which business day, and of which version.
      evaluated_on date,
      evaluated_version integer,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    );
    CREATE TABLE tag_definition_versions (
      key text NOT NULL,
      version integer NOT NULL,
      tag_id integer NOT NULL,
      change text NOT NULL CHECK (change IN ('created', 'edited', 'enabled', 'paused', 'drafted', 'deleted')),
      definition jsonb NOT NULL,
      actor text NOT NULL,
      changed_at timestamptz NOT NULL,
      PRIMARY KEY (tag_id, version)
    );
    CREATE TABLE rule_runs (
      rule_run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      cause text NOT NULL CHECK (cause IN ('nightly', 'events', 'manual')),
      as_of date NOT NULL,
      -- Tag number → version of its definition, for the tags that were evaluated.
      versions jsonb NOT NULL,
      customers bigint NOT NULL,
      changed bigint NOT NULL,
      published_at timestamptz NOT NULL
    );
    CREATE TABLE customer_rules (
      customer_id bigint PRIMARY KEY REFERENCES customers ON DELETE CASCADE,
      -- Ascending, and for each the business day since which it has held.
      tag_ids integer[] NOT NULL,
      since date[] NOT NULL
    );
    -- Logged on purpose, as staged_tags is: the ledger of chunks must not outlive what the chunks wrote.
    CREATE TABLE staged_rules (
      run_id bigint NOT NULL,
      customer_id bigint NOT NULL,
      tag_ids integer[] NOT NULL,
      PRIMARY KEY (run_id, customer_id)
    );
    CREATE TABLE rule_changes (
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      rule_run_id bigint NOT NULL REFERENCES rule_runs,
      changed_on date NOT NULL,
      entered integer[] NOT NULL,
      "left" integer[] NOT NULL,
      PRIMARY KEY (customer_id, rule_run_id)
    );
    CREATE INDEX rule_changes_run ON rule_changes (rule_run_id);
    -- How far the evaluation on arrival of events has come: transactions below are done.
    CREATE TABLE watermarks (
      name text PRIMARY KEY,
      transaction_id bigint NOT NULL
    );
  `);
}
