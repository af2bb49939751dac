/** Experiments, and which customers were treated and which held out. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    CREATE TABLE experiments (
      key text PRIMARY KEY,
      label jsonb NOT NULL,
      description jsonb NOT NULL,
      owner text NOT NULL,
      -- What was sent: events of this campaign are the contact itself.
      campaign text,
      channel text,
      -- Days within which customers are assigned, both included.
      starts_on date NOT NULL,
      ends_on date NOT NULL CHECK (ends_on >= starts_on),
      -- Outcomes count from the moment of assignment for so many days.
      response_days integer NOT NULL CHECK (response_days BETWEEN 1 AND 365),
      outcome jsonb NOT NULL,
      -- Segment whose hold-out decides; NULL where the assignment comes as a list. No reference: the record stays when the segment goes.
      segment_key text,
      treatment_probability double precision NOT NULL CHECK (treatment_probability > 0 AND treatment_probability < 1),
      -- Columns that came with the assignment and were known before it.
      covariates jsonb NOT NULL DEFAULT '[]',
      created_at timestamptz NOT NULL
    );
    CREATE TABLE experiment_assignments (
      experiment_key text NOT NULL REFERENCES experiments ON DELETE CASCADE,
      customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
      treated boolean NOT NULL,
      assigned_at timestamptz NOT NULL,
      covariates jsonb,
      PRIMARY KEY (experiment_key, customer_id)
    );
    CREATE INDEX experiment_assignments_customer ON experiment_assignments (customer_id);
  `);
}
