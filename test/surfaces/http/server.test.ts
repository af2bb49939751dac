/** The server around the routes: hosts, binding, limits, headers, logs, shutdown. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { openStore } from '../../../src/store/connection.ts';
import { createApiKey, revokeApiKey } from '../../../src/store/repositories/apiKeys.ts';
import { createHttpServer } from '../../../src/surfaces/http/index.ts';
import { errorSchema } from '../../../src/surfaces/http/schemas/common.ts';
import { testClock } from '../../support/stores.ts';
import { depsFor, NOW, PII, send, start, tag } from './support.ts';
import type { Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.stop());
const shared = (): { store: Running['store']; clock: Running['clock'] } => ({ store: running.store, clock: running.clock });

describe('hosts', () => {
  test.each(['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.nip.io', 'localhost@evil', 'localhost:x', '127.0.0.1, evil'])('refuses Host: %s', async (host) => {
    const reply = await running.call('/health', { headers: { host } });
    expect([reply.status, reply.json().error.code]).toEqual([403, 'forbidden']);
  });

  test('answers to loopback names, and to configured ones', async () => {
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:9', '[::1]:80']) expect((await running.call('/health', { headers: { host } })).status).toBe(200);
    const named = await start({ allowedHosts: ['Tags.Shop.example'] }, shared());
    expect((await named.call('/health', { headers: { host: 'tags.shop.example:443' } })).status).toBe(200);
    expect((await named.call('/health', { headers: { host: 'evil.example' } })).status).toBe(403);
    await named.stop();
  });

  test('no browser of a foreign page gets permission', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' };
    for (const reply of [await running.call('/v1/tags', { method: 'OPTIONS', headers }), await running.call('/health', { headers })]) expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await running.call('/v1/tags', { method: 'OPTIONS', headers })).status).toBe(404);
  });
});

describe('binding', () => {
  test('a store without a usable key is not opened to others', async () => {
    const clock = testClock(NOW);
    const store = await openStore({ memory: true }, { clock });
    const server = (): ReturnType<typeof createHttpServer> => createHttpServer(depsFor(store, clock), { host: '0.0.0.0', port: 0 });
    await expect(server().listen()).rejects.toMatchObject({ code: 'forbidden', exitCode: 2 });
    const expired = await createApiKey(store.db, { name: 'x', role: 'admin', at: clock.now(), expiresAt: clock.now() });
    const revoked = await createApiKey(store.db, { name: 'x', role: 'admin', at: clock.now() });
    await revokeApiKey(store.db, revoked.keyId, clock.now());
    await expect(server().listen()).rejects.toThrow('while there is no API key');
    expect(expired.keyId).not.toBe('');
    await createApiKey(store.db, { name: 'x', role: 'admin', at: clock.now() });
    const open = server();
    const at = await open.listen();
    expect((await send({ ...at, host: '127.0.0.1' }, '/health', { headers: { host: 'any.example' } })).status).toBe(200);
    await open.close();
    const local = createHttpServer(depsFor(store, clock), { port: 0 });
    expect((await local.listen()).host).toBe('127.0.0.1');
    await local.close();
    await store.close();
  });

  test('a port that is taken, and an address of another machine, say so', async () => {
    await expect(createHttpServer(running.deps, { port: running.at.port }).listen()).rejects.toMatchObject({ code: 'conflict' });
    await expect(createHttpServer(running.deps, { host: '192.0.2.1', port: 0 }).listen()).rejects.toBeInstanceOf(AppError);
  });
});

describe('limits', () => {
  test('a key has a bucket of its own, heavy routes take more of it, and time fills it again', async () => {
    const small = await start({ perKey: { capacity: 12, perSecond: 1 } }, shared());
    const { admin, marketer } = small.keys;
    const count = { key: admin, body: { condition: { attribute: 'city', op: 'exists' } } };
    expect((await small.call('/v1/segments/count', count)).status).toBe(200);
    const refused = await small.call('/v1/segments/count', count);
    expect([refused.status, refused.json().error.code, refused.headers['retry-after']]).toEqual([429, 'rate_limited', '8']);
    expect((await small.call('/v1/segments/count', { ...count, key: marketer })).status).toBe(200);
    small.clock.advance(8000);
    expect((await small.call('/v1/segments/count', count)).status).toBe(200);
    await small.stop();
  });

  test('an address has a bucket, and X-Forwarded-For does not give it another', async () => {
    const small = await start({ perAddress: { capacity: 3, perSecond: 0.001 } }, shared());
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await small.call('/health', { headers: { 'x-forwarded-for': `198.51.100.${i}`, forwarded: `for=198.51.100.${i}`, 'x-real-ip': `198.51.100.${i}` } })).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    await small.stop();
    const proxied = await start({ perAddress: { capacity: 1, perSecond: 0.001 }, trustedProxies: ['127.0.0.1'] }, shared());
    for (let i = 0; i < 3; i++) expect((await proxied.call('/health', { headers: { 'x-forwarded-for': `198.51.100.${i}` } })).status).toBe(200);
    expect((await proxied.call('/health', { headers: { 'x-forwarded-for': '198.51.100.1' } })).status).toBe(429);
    await proxied.stop();
  });
});

describe('answers', () => {
  test('carry the headers that browsers need to be told', async () => {
    for (const path of ['/health', '/docs', '/nowhere']) {
      const { headers } = await running.call(path);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });

  test.each([['GET', '/nowhere'], ['GET', '/v1'], ['GET', '/v1/tags/'], ['GET', '/V1/tags'], ['DELETE', '/v1/tags'], ['PUT', '/v1/events'], ['TRACE', '/health'], ['GET', '/v1/segments/count'], ['GET', '//health']])('%s %s is a 404 in JSON', async (method, path) => {
    const reply = await running.call(path, { method, key: running.keys.admin });
    expect(reply.status).toBe(404);
    expect(errorSchema.parse(reply.json()).error.code).toBe('not_found');
  });

  test('health says ok or degraded, the version, and nothing else', async () => {
    expect((await running.call('/health')).json()).toEqual({ status: 'ok', version: '0.1.0' });
    const clock = testClock(NOW);
    const store = await openStore({ memory: true }, { clock });
    const broken = await start({}, { store, clock });
    await store.close();
    const reply = await broken.call('/health');
    expect([reply.status, reply.json()]).toEqual([503, { status: 'degraded', version: '0.1.0' }]);
    const failed = await broken.call('/v1/tags', { key: broken.keys.admin });
    expect(failed.status).toBeGreaterThanOrEqual(500);
    expect(errorSchema.parse(failed.json()).error.message).not.toMatch(/select|knex|pool/i);
    await broken.stop();
  });

  test('what is not HTTP gets an answer in the same shape', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(running.at.port, running.at.host, () => socket.write('NONSENSE\r\n\r\n'));
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      socket.once('close', () => resolve(received));
      socket.once('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { code: 'invalid_input' } });
  });

  test('an unexpected failure is `internal`, without its message', async () => {
    const failing = await start({}, shared(), { scoreOne: () => Promise.reject(new Error(`select * from customers where name = '${PII.name}'`)) });
    const reply = await failing.call('/v1/customers/C1001/score', { method: 'POST', key: failing.keys.admin });
    expect([reply.status, reply.json().error.code]).toEqual([500, 'internal']);
    expect(reply.text).not.toContain('select');
    expect(failing.logged()).not.toContain(PII.name);
    expect(failing.logged()).toContain('server.test.ts');
    await failing.stop();
  });

  test('an answer that breaks its schema does not leave a checking server', async () => {
    const wrong = await start({}, shared(), { scoreOne: () => Promise.resolve([tag('Not A Key')]) });
    expect((await wrong.call('/v1/customers/C1001/score', { method: 'POST', key: wrong.keys.admin })).status).toBe(500);
    await wrong.stop();
  });
});

test('logs hold no id, key, address, body, query or attribute', async () => {
  const quiet = await start({}, shared());
  const { admin, data_scientist: scientist } = quiet.keys;
  await quiet.call(`/v1/customers/${encodeURIComponent(PII.odd)}?namespace=secretns`, { key: admin });
  await quiet.call(`/v1/customers/${PII.phone}/tags?namespace=phone`, { key: scientist });
  await quiet.call('/v1/customers/C1001/score', { key: admin, method: 'POST' });
  await quiet.call('/v1/segments/list', { key: admin, body: { condition: { attribute: 'name', op: '=', value: PII.name } } });
  await quiet.call('/v1/events', { key: admin, body: { events: [{ customer: 'C-canary', occurredAt: 1, kind: 'order' }, { customer: 'C-canary', kind: PII.name }] } });
  await quiet.call('/v1/customers/%zz', { key: admin });
  await quiet.call(`/${PII.phone}/..%2f?x=${PII.phone}`, { key: `pk_${'1'.repeat(16)}_${'B'.repeat(43)}` });
  const text = quiet.logged();
  expect(text.split('\n').filter((line) => line.includes('"request"')).length).toBe(7);
  for (const secret of [...Object.values(PII), ...Object.values(quiet.keys), ...Object.values(quiet.keyIds), 'C1001', 'C-canary', 'secretns', '北京', '127.0.0.1', 'O%27Brien', 'pk_']) expect(text).not.toContain(secret);
  expect(text).toContain('/v1/customers/{id}');
  expect(text).toContain('unmatched');
  await quiet.stop();
});

test('work for a client that is gone is told to stop', async () => {
  let signal: AbortSignal | undefined;
  const left = await start({}, shared(), {
    scoreOne: (scoring) => {
      signal = scoring.signal;
      return new Promise((_resolve, reject) => { signal?.addEventListener('abort', () => reject(new AppError('cancelled', 'The score was cancelled.'))); });
    },
    scoring: (work) => ({ ...running.deps.scoring(work), ...work }),
  });
  const socket = connect(left.at.port, left.at.host, () => socket.write(`POST /v1/customers/C1001/score HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${left.keys.admin}\r\n\r\n`));
  await expect.poll(() => signal?.aborted).toBe(false);
  socket.destroy();
  await expect.poll(() => signal?.aborted).toBe(true);
  await expect.poll(() => left.logged()).toContain('"aborted":true');
  await left.stop();
});

test('close waits for requests in flight, takes no new ones, and cuts off what takes too long', async () => {
  let finish: () => void = () => undefined;
  const slow = (): Promise<never> => new Promise((_resolve, reject) => { finish = () => reject(new AppError('no_champion', 'There is no champion yet.')); });
  const polite = await start({}, shared(), { scoreOne: slow });
  const inFlight = polite.call('/v1/customers/C1001/score', { key: polite.keys.admin, method: 'POST' });
  await expect.poll(() => finish.toString()).toContain('reject');
  const closing = polite.server.close();
  await expect(polite.call('/health')).rejects.toThrow('ECONNREFUSED');
  finish();
  const reply = await inFlight;
  expect([reply.status, reply.headers.connection]).toEqual([409, 'close']);
  await closing;
  await polite.server.close();

  const impatient = await start({ graceMs: 50 }, shared(), { scoreOne: slow });
  const cut = impatient.call('/v1/customers/C1001/score', { key: impatient.keys.admin, method: 'POST' }).then(() => 'answered', () => 'cut');
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  await impatient.server.close();
  expect(await cut).toBe('cut');
});
