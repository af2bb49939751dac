/** The composed app fits the server, and a score over HTTP is the job's own. */
import { expect, test } from 'vitest';
import type { App } from '../../../src/app.ts';
import { localDate } from '../../../src/base/time.ts';
import { scoreOneNow } from '../../../src/jobs/scoring/one.ts';
import { openStore } from '../../../src/store/connection.ts';
import { customerIds } from '../../../src/store/repositories/customers.ts';
import type { AppDeps } from '../../../src/surfaces/http/index.ts';
import { fillShop, PLAN } from '../../support/scoredShop.ts';
import { testClock } from '../../support/stores.ts';
import { depsFor, start } from './support.ts';

/** Compiles as long as the server can be handed the app as it is. */
export const asDeps = (app: App): AppDeps => app;

test('scores with the job, now and on the last day of a historic shop', async () => {
  const clock = testClock('2026-05-20T10:00:00Z');
  const store = await openStore({ memory: true }, { clock });
  await fillShop(store, { customers: 20, days: 200 });
  const { scoreOne: _fake, ...real } = depsFor(store, clock);
  const scoring = { ...real.scoring({ progress: () => undefined }), plan: PLAN };
  const names = await store.db('customers').select<{ external_id: string }[]>('external_id').orderBy('customer_id').limit(3);
  for (const shop of [{ timeZone: PLAN.timeZone, historic: false }, { timeZone: PLAN.timeZone, historic: true }]) {
    const today = shop.historic ? '2026-04-01' : localDate(clock.now(), shop.timeZone);
    const running = await start({}, { store, clock }, { ...real, shop, scoring: () => scoring, today: () => Promise.resolve(today), scoreOne: scoreOneNow });
    for (const { external_id: name } of names) {
      const id = (await customerIds(store.db, [name])).get(name) ?? 0;
      const reply = (await running.call(`/v1/customers/${encodeURIComponent(name)}/score`, { key: running.keys.service, method: 'POST' })).json();
      expect([reply.customer, reply.asOf]).toEqual([name, today]);
      const expected = await scoreOneNow(scoring, id, shop.historic ? { asOf: today } : {});
      expect(reply.tags.map(({ label: _l, bandLabel: _b, ...tag }: Record<string, unknown>) => tag)).toEqual(expected);
      expect(reply.tags.find((tag: { key: string }) => tag.key === 'orders_total')).toMatchObject({ status: 'ok', asOf: today });
    }
    await running.stop();
  }
  await store.close();
});
