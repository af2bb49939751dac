/** Endpoints that are told of changes, the outbox of what they have to be told, and how far feeds with a cursor have come. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE webhooks (
      webhook_id text PRIMARY KEY,
      url text NOT NULL,
      description text NOT NULL,
      events text[] NOT NULL,
      -- NULL: every segment.
      segment_key text REFERENCES segments ON DELETE CASCADE,
      status text NOT NULL CHECK (status IN ('enabled', 'paused')),
      -- Encrypted with a key that is not in the store.
      secret bytea NOT NULL,
      previous_secret bytea,
      previous_until timestamptz,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      -- Who is sending to it at the moment: one at a time, so that messages keep their order.
      lease_owner text,
      lease_until timestamptz
    );
    -- Rows name a place in a feed and no customers: who it is about is read when it is sent, so nothing of an erased customer waits here.
    CREATE TABLE webhook_messages (
      seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      message_id text NOT NULL UNIQUE DEFAULT 'msg_' || replace(gen_random_uuid()::text, '-', ''),
      webhook_id text NOT NULL REFERENCES webhooks ON DELETE CASCADE,
      event text NOT NULL,
      source jsonb NOT NULL,
      state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'skipped', 'dead')),
      attempts integer NOT NULL DEFAULT 0,
      next_attempt_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL,
      finished_at timestamptz,
      last_status integer,
      last_error text
    );
    CREATE INDEX webhook_messages_waiting ON webhook_messages (webhook_id, seq) WHERE state = 'pending';
    CREATE INDEX webhook_messages_webhook ON webhook_messages (webhook_id, seq);
    CREATE TABLE webhook_cursors (
      webhook_id text NOT NULL REFERENCES webhooks ON DELETE CASCADE,
      event text NOT NULL,
      position bigint NOT NULL,
      PRIMARY KEY (webhook_id, event)
    );
  `);
}
