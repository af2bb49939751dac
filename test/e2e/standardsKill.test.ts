/** kill −9 while standards are applied: a field is many transactions, one per chunk, and what was killed goes on where it stopped. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedClock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { standardsStates } from '../../src/jobs/standardsState.ts';
import { saveStandards } from '../../src/quality/standards/edit.ts';
import { writeCustomers } from '../../src/store/import/writeProfiles.ts';
import { openStore } from '../../src/store/connection.ts';
import type { Store } from '../../src/store/connection.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';
import { freshDatabase } from '../support/stores.ts';
import type { StandardsChildJob } from './standardsChild.ts';

const CHILD = fileURLToPath(new URL('./standardsChild.ts', import.meta.url));
const [CUSTOMERS, CHUNK, LEASE_MS] = [800, 10, 500];
const FIELD = 'attribute.title';
const TITLES = ['CMO', '首席营销官', 'cmo.', 'CFO'];
let store: Store;
let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ databaseUrl: database.databaseUrl }, { clock: fixedClock('2026-03-01T00:00:00Z') });
  await store.db.transaction((trx) => writeCustomers(trx, Array.from({ length: CUSTOMERS }, (_, i) => ({ target: 'customers', customer: `C${i}`, attributes: { title: TITLES[i % 4] } })), 0));
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

/** Runs a child and kills it `delayMs` after it has finished chunk `chunk`; without one it may finish. Answers its last line, and whether it was killed. */
function child(kill?: { readonly chunk: number; readonly delayMs: number }): Promise<{ last: string; killed: boolean; errors: string }> {
  const job: StandardsChildJob = { databaseUrl: database.databaseUrl, field: FIELD, chunkCustomers: CHUNK, leaseMs: LEASE_MS };
  return new Promise((resolve) => {
    const one = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors, armed] = ['', '', false];
    one.stderr.on('data', (text: Buffer) => { errors = `${errors}${text.toString()}`.slice(-3000); });
    one.stdout.on('data', (text: Buffer) => {
      output += text.toString();
      if (armed || kill === undefined || !output.split('\n').some((line) => line.startsWith('chunk ') && Number(line.slice(6)) >= kill.chunk)) return;
      armed = true;
      setTimeout(() => one.kill('SIGKILL'), kill.delayMs);
    });
    one.once('close', (_code, signal) => { resolve({ last: output.trim().split('\n').at(-1) ?? '', killed: signal === 'SIGKILL', errors }); });
  });
}

function mustHaveApplied({ last, errors }: { readonly last: string; readonly errors: string }): void {
  if (last !== `applied ${CUSTOMERS / 2}`) throw new Error(`the child ended with "${last}"\n${errors}`);
}

interface Said { readonly id: string; readonly title: string; readonly original: string | null }
const said = (): Promise<Said[]> => selectRows<Said>(store.db, `SELECT c.external_id AS id, c.attributes ->> 'title' AS title, o.original FROM customers c LEFT JOIN attribute_originals o ON o.customer_id = c.customer_id AND o.key = 'title' ORDER BY substr(c.external_id, 2)::int`);
const wrote = (i: number): string => TITLES[i % 4];

test('at any point every customer says what was written or its standard with the original beside it; restarts end where an undisturbed run does', { timeout: 60_000 }, async () => {
  await saveStandards(store, FIELD, [{ standard: 'CMO', aliases: ['首席营销官', 'cmo.'] }], 'test');
  const rng = seededRandom('kill standards');
  let [killed, before, over] = [0, 0, false];
  for (const chunk of [2, 30]) {
    const ended = await child({ chunk, delayMs: rng.int(20) });
    if (!ended.killed) {
      // It was faster than the kill.
      mustHaveApplied(ended);
      over = true;
      break;
    }
    killed++;
    const rows = await said();
    rows.forEach(({ title, original }, i) => { expect([[wrote(i), null], ['CMO', wrote(i)]]).toContainEqual([title, original]); });
    const [state] = await standardsStates(store);
    // The ledger, the count and the rows were written together, and nothing that was done is done again.
    expect(state.changed).toBe(rows.filter(({ original }) => original !== null).length);
    expect(state.done).toBeGreaterThanOrEqual(before);
    before = state.done;
    over = state.state === 'applied';
    if (over) break;
    // Its lease has to run out: on a server nobody can know that the process is gone.
    await new Promise((resolve) => { setTimeout(resolve, LEASE_MS + 100); });
  }
  expect(killed).toBeGreaterThan(0);
  if (!over) mustHaveApplied(await child());
  (await said()).forEach(({ title, original }, i) => { expect([title, original]).toEqual(i % 4 === 1 || i % 4 === 2 ? ['CMO', wrote(i)] : [wrote(i), null]); });
  expect(await standardsStates(store)).toMatchObject([{ state: 'applied', done: CUSTOMERS / CHUNK, total: CUSTOMERS / CHUNK, changed: CUSTOMERS / 2 }]);
});
