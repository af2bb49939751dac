/** Flows between stages over a large history in PostgreSQL: one pass, against a statement per week that looks up every customer's stage. */
import { openStore } from '../../src/store/connection.ts';
import { stageFlows } from '../../src/tags/lifecycle/flows.ts';
import { startPostgres } from '../../test/support/postgres.ts';

const WEEKS = 13;

export interface FlowsReport {
  readonly customers: number;
  readonly entries: number;
  /** Seconds for 13 weeks. */
  readonly seconds: number;
  readonly perWeekSeconds: number;
}

export async function benchFlows(customers: number, say: (line: string) => void): Promise<FlowsReport> {
  const server = await startPostgres();
  const store = await openStore({ databaseUrl: server.url }, { clock: { now: () => Date.parse('2026-03-01T00:00:00Z') } });
  try {
    const { db } = store;
    await db.raw(`INSERT INTO customers (external_id, attributes, created_at, updated_at) SELECT 'C' || i, '{}', '2024-01-01Z', '2024-01-01Z' FROM generate_series(1, ?::int) AS i`, [customers]);
    await db.raw(`INSERT INTO runs (job, as_of, fence, owner, lease_expires_at, state, started_at) VALUES ('score', '2026-03-01', 1, 'bench', now(), 'done', now())`);
    await db.raw('SELECT setseed(0.42)');
    // Five changes a customer over two years, in the order of the nights.
    await db.raw(
      `INSERT INTO lifecycle_history (customer_id, entered_on, stage, run_id)
       SELECT customer_id, entered_on, (ARRAY['new','growing','loyal','slipping','dormant','churned','reactivated'])[1 + floor(random() * 7)::int], 1
       FROM (SELECT DISTINCT customer_id, date '2024-03-01' + floor(random() * 730)::int AS entered_on FROM customers CROSS JOIN generate_series(1, 5)) AS e ORDER BY entered_on, customer_id`);
    await db.raw('VACUUM ANALYZE lifecycle_history');
    const entries = (await db.raw<{ rows: { n: number }[] }>('SELECT count(*) AS n FROM lifecycle_history')).rows[0]?.n ?? 0;
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now();
      await work();
      return (performance.now() - started) / 1000;
    };
    const times: number[] = [];
    for (let i = 0; i < 3; i++) times.push(await timed(() => stageFlows(db, { weeks: WEEKS })));
    const seconds = times.toSorted((a, b) => a - b)[1];
    say(`flows of ${WEEKS} weeks over ${entries} entries: ${seconds.toFixed(2)} s`);
    const oneWeek = await timed(() => db.raw(
      `WITH a AS (SELECT DISTINCT ON (customer_id) customer_id, stage FROM lifecycle_history WHERE entered_on <= '2026-02-15' ORDER BY customer_id, entered_on DESC),
            b AS (SELECT DISTINCT ON (customer_id) customer_id, stage FROM lifecycle_history WHERE entered_on <= '2026-02-22' ORDER BY customer_id, entered_on DESC)
       SELECT a.stage AS "from", b.stage AS "to", count(*) FROM b LEFT JOIN a USING (customer_id) GROUP BY 1, 2`));
    return { customers, entries, seconds, perWeekSeconds: oneWeek * (WEEKS - 1) };
  } finally {
    await store.close();
    await server.stop();
  }
}
