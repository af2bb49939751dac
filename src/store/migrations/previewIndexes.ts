/** Indexes that counts over everybody are read from alone (docs/adr/preview.md); those of tags take the place of narrower ones. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE INDEX events_kind_time ON events (kind, occurred_at) INCLUDE (customer_id);
    DROP INDEX customer_tags_band;
    CREATE INDEX customer_tags_ok_band ON customer_tags (tag_key, band) INCLUDE (customer_id, expires_at) WHERE status = 'ok';
    DROP INDEX customer_tags_probability;
    CREATE INDEX customer_tags_ok_probability ON customer_tags (tag_key, probability) INCLUDE (customer_id, expires_at) WHERE status = 'ok';
  `);
}
