/** Saved segments, their built versions and members, and who entered and left. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE segments (
      key text PRIMARY KEY,
      label jsonb NOT NULL,
      description jsonb NOT NULL,
      owner text NOT NULL,
      -- NULL for a static segment, whose members were given as a list.
      condition jsonb,
      status text NOT NULL CHECK (status IN ('draft', 'enabled', 'paused')),
      schedule text NOT NULL CHECK (schedule IN ('nightly', 'manual')),
      -- Share of members kept out of every contact, the same customers for as long as the salt stays.
      holdout_share double precision NOT NULL DEFAULT 0 CHECK (holdout_share >= 0 AND holdout_share < 1),
      holdout_salt text NOT NULL,
      definition_version integer NOT NULL,
      -- Members are read of this version only; NULL until the first build has ended.
      live_version integer,
      next_version integer NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    );
    CREATE TABLE segment_definitions (
      segment_key text NOT NULL REFERENCES segments ON DELETE CASCADE,
      definition_version integer NOT NULL,
      definition jsonb NOT NULL,
      actor text NOT NULL,
      changed_at timestamptz NOT NULL,
      PRIMARY KEY (segment_key, definition_version)
    );
    CREATE TABLE segment_versions (
      segment_key text NOT NULL REFERENCES segments ON DELETE CASCADE,
      version integer NOT NULL,
      definition_version integer NOT NULL,
      as_of date NOT NULL,
      state text NOT NULL CHECK (state IN ('building', 'live', 'retired')),
      -- Customers up to this store id have been decided; a build that was killed goes on behind it.
      built_to bigint NOT NULL DEFAULT 0,
      members bigint NOT NULL DEFAULT 0,
      entered bigint,
      "left" bigint,
      started_at timestamptz NOT NULL,
      finished_at timestamptz,
      PRIMARY KEY (segment_key, version)
    );
    CREATE TABLE segment_members (
      segment_key text NOT NULL REFERENCES segments ON DELETE CASCADE,
      version integer NOT NULL,
      customer_id bigint NOT NULL,
      PRIMARY KEY (segment_key, version, customer_id)
    );
    CREATE INDEX segment_members_customer ON segment_members (customer_id);
    CREATE TABLE segment_changes (
      segment_key text NOT NULL REFERENCES segments ON DELETE CASCADE,
      version integer NOT NULL,
      customer_id bigint NOT NULL,
      change text NOT NULL CHECK (change IN ('entered', 'left')),
      PRIMARY KEY (segment_key, version, change, customer_id)
    );
    CREATE INDEX segment_changes_customer ON segment_changes (customer_id);
  `);
}
