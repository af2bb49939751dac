/** Runs with lease and fence, their chunks, models with aliases, and raw scores. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE runs (
      run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      job text NOT NULL,
      as_of date NOT NULL,
      fence integer NOT NULL,
      owner text NOT NULL,
      lease_expires_at timestamptz NOT NULL,
      state text NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed', 'held')),
      details jsonb NOT NULL DEFAULT '{}',
      started_at timestamptz NOT NULL,
      finished_at timestamptz,
      UNIQUE (job, as_of)
    );
    CREATE TABLE run_chunks (
      run_id bigint NOT NULL REFERENCES runs ON DELETE CASCADE,
      chunk integer NOT NULL,
      state text NOT NULL CHECK (state IN ('done', 'failed')),
      customers integer NOT NULL,
      finished_at timestamptz NOT NULL,
      PRIMARY KEY (run_id, chunk)
    );
    CREATE TABLE models (
      name text NOT NULL,
      version integer NOT NULL CHECK (version > 0),
      sha256 text NOT NULL,
      envelope jsonb NOT NULL,
      artefact bytea NOT NULL,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (name, version)
    );
    CREATE TABLE model_aliases (
      name text NOT NULL,
      alias text NOT NULL,
      version integer NOT NULL,
      PRIMARY KEY (name, alias),
      FOREIGN KEY (name, version) REFERENCES models
    );
    CREATE TABLE model_alias_history (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      alias text NOT NULL,
      from_version integer,
      to_version integer,
      moved_at timestamptz NOT NULL,
      actor text NOT NULL,
      reason text NOT NULL
    );
    CREATE INDEX model_alias_history_name ON model_alias_history (name, alias, id);
    CREATE TABLE scores (
      run_id bigint NOT NULL REFERENCES runs ON DELETE CASCADE,
      model text NOT NULL,
      horizon_days integer NOT NULL,
      customer_id bigint NOT NULL,
      version integer NOT NULL,
      status text NOT NULL,
      value double precision,
      probability double precision,
      percentile smallint,
      interval_low double precision,
      interval_high double precision,
      interval_level double precision,
      reasons jsonb,
      PRIMARY KEY (run_id, model, horizon_days, customer_id)
    );
    CREATE INDEX scores_customer ON scores (customer_id);
  `);
}
