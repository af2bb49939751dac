/** One spelling for what is the same: vocabularies by field, spellings met in events, and what attributes said before. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- Only ever added to: the newest version of a field counts. NULL: the field has no standards any more.
    CREATE TABLE value_standards (
      field text NOT NULL,
      version integer NOT NULL CHECK (version > 0),
      entries jsonb,
      actor text NOT NULL,
      changed_at timestamptz NOT NULL,
      PRIMARY KEY (field, version)
    );
    -- Other spellings of what is declared (case, width, spaces), as they were met.
    CREATE TABLE value_spellings (
      field text NOT NULL,
      spelling text NOT NULL,
      standard text NOT NULL,
      PRIMARY KEY (field, spelling)
    );
    -- What a source said where the customer's attribute says the standard.
    CREATE TABLE attribute_originals (
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      key text NOT NULL,
      original text NOT NULL,
      PRIMARY KEY (key, customer_id)
    );
    CREATE INDEX attribute_originals_customer ON attribute_originals (customer_id);
  `);
}
