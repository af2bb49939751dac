/** Customers, their identities and consents, imports, and the append-only events. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE customers (
      customer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      external_id text NOT NULL UNIQUE,
      attributes jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    );
    CREATE TABLE identities (
      namespace text NOT NULL,
      value text NOT NULL,
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      PRIMARY KEY (namespace, value)
    );
    CREATE INDEX identities_customer ON identities (customer_id);
    CREATE TABLE consents (
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      purpose text NOT NULL CHECK (purpose IN ('scoring', 'marketing', 'training')),
      state text NOT NULL CHECK (state IN ('granted', 'refused')),
      recorded_at timestamptz NOT NULL,
      source text NOT NULL,
      PRIMARY KEY (customer_id, purpose)
    );
    CREATE INDEX consents_refused ON consents (purpose, customer_id) WHERE state = 'refused';
    CREATE TABLE suppressions (
      external_id_sha256 bytea NOT NULL,
      purpose text NOT NULL CHECK (purpose IN ('scoring', 'marketing', 'training')),
      recorded_at timestamptz NOT NULL,
      source text NOT NULL,
      PRIMARY KEY (external_id_sha256, purpose)
    );
    CREATE TABLE imports (
      import_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      source text NOT NULL,
      file_name text,
      file_sha256 text,
      mapping jsonb NOT NULL DEFAULT '{}',
      state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
      counts jsonb NOT NULL DEFAULT '{}',
      started_at timestamptz NOT NULL,
      finished_at timestamptz
    );
    CREATE INDEX imports_file ON imports (file_sha256);
    -- No foreign keys here: a check per row costs a fifth of the import. The append locks its customers instead, and erasure deletes by customer_id.
    CREATE TABLE events (
      event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      customer_id bigint NOT NULL,
      occurred_at timestamptz NOT NULL,
      kind text NOT NULL,
      amount numeric(18,4),
      quantity numeric(18,4),
      discount numeric(18,4),
      product text,
      category text,
      channel text,
      campaign text,
      session text,
      order_ref text,
      properties jsonb,
      dedupe_key uuid NOT NULL UNIQUE,
      import_id bigint,
      ingested_at timestamptz NOT NULL,
      ingest_xid xid8 NOT NULL DEFAULT pg_current_xact_id()
    );
    CREATE INDEX events_customer_time ON events (customer_id, occurred_at);
    -- xid8 has a btree operator class and no BRIN one before PostgreSQL 18, so the range index is over its number.
    CREATE INDEX events_ingest ON events USING brin ((ingest_xid::text::bigint)) WITH (pages_per_range = 32);
  `);
}
