/** A sender that is killed again and again while it sends: nothing is lost, nothing comes under another id, and only what was under way comes twice. */
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { buildSegmentNow } from '../../src/jobs/segments.ts';
import { subscribe } from '../../src/jobs/webhooks/manage.ts';
import { createSegment } from '../../src/segments/edit.ts';
import { openStore } from '../../src/store/connection.ts';
import type { Store } from '../../src/store/connection.ts';
import { upsertCustomers } from '../../src/store/repositories/customers.ts';
import { listMessages } from '../../src/store/repositories/webhookOutbox.ts';
import { allowedHosts } from '../../src/webhooks/address.ts';
import { verifies } from '../../src/webhooks/sign.ts';
import { freshDatabase } from '../support/stores.ts';
import { startReceiver } from '../support/webhookReceiver.ts';
import type { Receiver } from '../support/webhookReceiver.ts';

const clock = { now: () => Date.now() };
const KILLS = 3;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let store: Store;
let receiver: Receiver;

beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ databaseUrl: database.databaseUrl }, { clock });
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await store.close();
  await database.drop();
});

/** @param killAfter answers; the child is killed within the answer after it */
function send(killAfter?: number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('webhookChild.ts', import.meta.url)), database.databaseUrl, new URL(receiver.url).origin], { stdio: ['ignore', 'ignore', 'inherit'] });
    const at = receiver.got.length + (killAfter ?? Infinity);
    receiver.answer = (index) => {
      if (index >= at) child.kill('SIGKILL');
      return { status: 200, afterMs: 3 };
    };
    child.once('exit', () => { resolve(); });
  });
}

test('kill −9 while sending', async () => {
  const { webhook, secret } = await subscribe({ store, clock, owner: 'test', webhooks: { key: () => Buffer.alloc(32, 1), allowed: allowedHosts(new URL(receiver.url).origin) } }, { url: receiver.url, events: ['segment.entered', 'segment.left'] }, 'ann');
  const words = { zh: '全部', en: 'All' };
  await createSegment(store, { key: 'all', label: words, description: words, owner: 'ann', condition: readCondition('attr.in = 1'), status: 'enabled', schedule: 'nightly', holdoutShare: 0 }, { tags: [], stages: [] }, 'ann');
  for (const attributes of [{ in: 1 }, { in: 0 }, { in: 1 }]) {
    await upsertCustomers(store.db, Array.from({ length: 5_000 }, (_, i) => ({ externalId: `c${i}`, attributes })), 0);
    await buildSegmentNow({ store, timeZone: 'Asia/Shanghai' }, 'all', '2026-03-10');
  }
  const random = seededRandom(42, 'kill');
  for (let kill = 0; kill < KILLS; kill++) {
    await send(1 + random.int(7));
    // Longer than the lease of whoever is dead.
    await wait(450);
  }
  await send();
  const messages = (await listMessages(store.db, webhook.webhookId, { limit: 99 })).toReversed();
  expect(messages.map(({ state }) => state)).toEqual(Array.from({ length: 30 }, () => 'delivered'));
  const order = receiver.got.map(({ id }) => messages.findIndex(({ messageId }) => messageId === id));
  // In order; a message that was under way when its sender died is the next one once more.
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(new Set(order).size).toBe(30);
  expect(order.length - 30).toBeLessThanOrEqual(KILLS);
  for (const { id, text } of receiver.got) expect(text).toBe(receiver.got.find((first) => first.id === id)?.text);
  expect(receiver.got.every(({ headers, text }) => verifies(secret, headers, text))).toBe(true);
}, 60_000);
