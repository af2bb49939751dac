/** What comes in is checked whole, and nothing that comes in makes the server fail. */
import * as fc from '../../support/properties.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorSchema } from '../../../src/surfaces/http/schemas/common.ts';
import { MAX_DEPTH } from '../../../src/surfaces/http/guard.ts';
import { ROUTES } from '../../../src/surfaces/http/routes.ts';
import { PII, start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
let key: string;
beforeAll(async () => {
  running = await start();
  key = running.keys.admin;
});
afterAll(() => running.stop());

/** What a refusal says of itself; its shape is checked. */
function refusal(reply: Reply): { status: number; code: string; complete: boolean } {
  const { error } = errorSchema.parse(reply.json());
  return { status: reply.status, code: error.code, complete: error.requestId === reply.headers['x-request-id'] && error.message !== '' && error.hint !== '' };
}
const refused = (code = 'invalid_input', status = 400): ReturnType<typeof refusal> => ({ status, code, complete: true });

const condition = { tag: 'churn_prob_90d', field: 'probability', op: '>=', value: 0.5 };

describe('query and path', () => {
  test.each(['id[]=1', 'id[a]=1', 'namespace[]=phone', 'namespace=a&namespace=b', 'namespace[__proto__]=x', '__proto__=x', 'constructor=x', 'prototype=x', 'namespace=', 'other=1', '[object%20Object]=1'])('refuses ?%s', async (query) => {
    expect(refusal(await running.call(`/v1/customers/C1001?${query}`, { key }))).toEqual(refused());
  });

  test.each(['limit=0', 'limit=201', 'limit=-1', 'limit=1e2', 'limit=+5', 'limit=%205', 'limit=1&limit=2', 'state=unknown', "job='%20or%201=1"])('refuses ?%s of runs', async (query) => {
    expect(refusal(await running.call(`/v1/runs?${query}`, { key }))).toEqual(refused());
  });

  test.each(['%00', 'a%00b', 'x'.repeat(257), '%ED%A0%80', '%zz', '%'])('refuses the customer id %s', async (id) => {
    expect(refusal(await running.call(`/v1/customers/${id}`, { key }))).toEqual(refused());
  });

  test.each(["' OR '1'='1", "'; copy (select 1) to program 'id' --", '../../etc/passwd', '${jndi:ldap://x}', 'script::x', '＇ or 1=1', '__proto__', 'constructor', '😀', 'a\r\nb'])('an id is only ever an id: %s', async (id) => {
    for (const path of [`/v1/customers/${encodeURIComponent(id)}`, `/v1/customers/${encodeURIComponent(id)}/tags?namespace=${encodeURIComponent(id)}`]) expect(refusal(await running.call(path, { key }))).toEqual(refused('not_found', 404));
    for (const path of [`/v1/tags/${encodeURIComponent(id)}/distribution`, `/v1/models/${encodeURIComponent(id)}`]) expect([400, 404]).toContain((await running.call(path, { key })).status);
  });

  test('an id with quotes and an emoji is found', async () => {
    expect((await running.call(`/v1/customers/${encodeURIComponent(PII.odd)}`, { key })).json()).toMatchObject({ customer: PII.odd });
  });

  test('versions are whole numbers', async () => {
    for (const version of ['0', '-1', '1.0', '01x', '9999999999', 'champion']) expect(refusal(await running.call(`/v1/models/churn/versions/${version}`, { key }))).toEqual(refused());
    expect(refusal(await running.call('/v1/models/churn/versions/2', { key }))).toEqual(refused('not_found', 404));
  });

  test('an error names what was wrong and never repeats a value', async () => {
    const reply = await running.call(`/v1/customers/C1001?namespace=${'z'.repeat(65)}&${encodeURIComponent('张 伟')}=1`, { key });
    expect(refusal(reply)).toEqual(refused());
    expect(reply.text).not.toContain('zzzz');
    expect(reply.text).not.toContain('张');
    expect(reply.json().error.details.issues.map((issue: { path: string }) => issue.path)).toContain('query.namespace');
  });
});

describe('body', () => {
  test.each([
    ['no body', {}],
    ['not JSON', { raw: '{"condition":' }],
    ['a text', { raw: '"x"' }],
    ['a list', { raw: '[]' }],
    ['not UTF-8', { raw: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }],
    ['another type', { raw: JSON.stringify({ condition }), headers: { 'content-type': 'text/plain' } }],
    ['compressed', { raw: '{}', headers: { 'content-encoding': 'gzip' } }],
    ['another charset', { raw: '{}', headers: { 'content-type': 'application/json; charset=latin1' } }],
    ['an unknown key', { body: { condition, sql: 'select 1' } }],
    ['__proto__', { raw: `{"condition":${JSON.stringify(condition)},"__proto__":{"admin":true}}` }],
    ['__proto__ deep down', { raw: `{"condition":{"all":[{"tag":"x","__proto__":{}}]}}` }],
    ['constructor', { body: { condition, constructor: { prototype: {} } } }],
    ['no condition', { body: {} }],
    ['a date that is none', { body: { condition, asOf: '2026-02-30' } }],
  ])('refuses %s', async (_what, sent) => {
    expect(refusal(await running.call('/v1/segments/count', { key, method: 'POST', ...sent }))).toEqual(refused());
  });

  test('refuses more than 1 MB, and reads it not at all without a key', async () => {
    const raw = JSON.stringify({ events: ['x'.repeat(1_048_576)] });
    expect(refusal(await running.call('/v1/events', { key, raw }))).toEqual(refused('payload_too_large', 413));
    expect((await running.call('/v1/events', { raw: '{"events":' })).status).toBe(401);
  });

  test('refuses depth without exhausting the stack, and oversized conditions', async () => {
    const deep = (levels: number): string => `${'{"not":'.repeat(levels)}${JSON.stringify(condition)}${'}'.repeat(levels)}`;
    for (const levels of [12, MAX_DEPTH, 100_000]) expect(refusal(await running.call('/v1/segments/count', { key, raw: `{"condition":${deep(levels)}}` }))).toEqual(refused());
    expect((await running.call('/v1/segments/count', { key, raw: `{"condition":${deep(4)}}` })).status).toBe(200);
    const wide = { any: Array.from({ length: 200 }, () => ({ any: Array.from({ length: 50 }, () => condition) })) };
    expect(refusal(await running.call('/v1/segments/count', { key, body: { condition: wide } }))).toEqual(refused());
  });

  test.each(["x' or 1=1 --", 'churn_prob_90d"; drop table customers; --', '__proto__', 'churn_prob_90d\u0000'])('names are looked up, never put through: %s', async (name) => {
    for (const wrong of [{ ...condition, tag: name }, { stage: [name] }, { tag: name, field: 'band', op: '=', value: 'x' }]) {
      const reply = await running.call('/v1/segments/count', { key, body: { condition: wrong } });
      expect([reply.status, reply.json().error.code]).toEqual([400, expect.stringMatching(/^(invalid_input|unknown_name)$/)]);
    }
    expect((await running.call('/v1/segments/list', { key, body: { condition, tags: [name] } })).status).toBe(400);
  });

  test('values are bound: a value full of SQL matches nobody and does nothing', async () => {
    for (const value of ["' or '1'='1", "'); drop table customers; --", '＇; copy x to program', '%', '_', '\\']) {
      const reply = await running.call('/v1/segments/count', { key, body: { condition: { attribute: 'city', op: '=', value } } });
      expect([reply.status, reply.json().matching]).toEqual([200, 0]);
    }
    expect((await running.call('/v1/segments/count', { key, body: { condition: { attribute: 'city', op: '=', value: '北京' } } })).json().customers).toBe(11);
  });

  test('a body of a route that takes none is not read', async () => {
    expect((await running.call('/v1/customers/C1001/score', { key, method: 'POST', body: {} })).status).toBe(200);
    expect(refusal(await running.call('/v1/customers/C1001/score', { key, method: 'POST', body: { model: 'x' } }))).toEqual(refused());
    expect((await running.call('/health', { method: 'GET', raw: 'x' })).status).toBe(200);
  });
});

describe('fuzz', () => {
  const anyRoute = fc.constantFrom(...ROUTES);
  const segment = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constantFrom('C1001', 'churn', '1', 'churn_prob_90d', '..', '%00'));

  test('no request makes a 500, and every failure has the one shape', async () => {
    await fc.assert(
      fc.asyncProperty(anyRoute, fc.array(segment, { minLength: 2, maxLength: 2 }), fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 12 }), { maxKeys: 2 }), fc.json({ maxDepth: 4 }), async (route, values, query, raw) => {
        let next = 0;
        const path = route.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(values[next++] ?? 'x'));
        const search = new URLSearchParams(query).toString();
        const reply = await running.call(`${path}${search === '' ? '' : `?${search}`}`, { key, method: route.method.toUpperCase(), ...(route.method === 'post' ? { raw } : {}) });
        expect(reply.status).toBeLessThan(500);
        expect(reply.status < 400 || refusal(reply).complete).toBe(true);
      }),
      { numRuns: 250 },
    );
  });

  test('bodies that are nearly right', async () => {
    const leaf = fc.oneof(fc.constant(condition), fc.record({ tag: fc.constantFrom('churn_prob_90d', 'nope', ''), field: fc.constantFrom('probability', 'band', 'status', 'value'), op: fc.constantFrom('=', '>=', 'in', 'exists'), value: fc.jsonValue({ maxDepth: 1 }) }, { requiredKeys: [] }));
    const tree = fc.letrec<{ node: unknown }>((tie) => ({ node: fc.oneof({ depthSize: 'small' }, leaf, fc.record({ all: fc.array(tie('node'), { maxLength: 3 }) }), fc.record({ not: tie('node') })) })).node;
    await fc.assert(
      fc.asyncProperty(tree, fc.record({ limit: fc.oneof(fc.integer(), fc.double()), cursor: fc.oneof(fc.string(), fc.constantFrom('c1', 'czzzzzzzzzzz')), tags: fc.array(fc.constantFrom('churn_prob_90d', 'x'), { maxLength: 3 }) }, { requiredKeys: [] }), async (node, rest) => {
        const reply = await running.call('/v1/segments/list', { key, body: { condition: node, ...rest } });
        expect([200, 400]).toContain(reply.status);
      }),
      { numRuns: 120 },
    );
  });
});
