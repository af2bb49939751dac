/** OpenAPI, the docs page and docs/http.md say what the server does. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { EXAMPLES } from '../../../src/surfaces/http/examples.ts';
import { openApiDocument, responseName } from '../../../src/surfaces/http/openapi.ts';
import { ROUTES } from '../../../src/surfaces/http/routes.ts';
import { errorSchema } from '../../../src/surfaces/http/schemas/common.ts';
import { conditionSchema } from '../../../src/conditions/schema.ts';
import { parseCondition } from '../../../src/conditions/parse.ts';
import { twoNights } from '../../support/lifecycleNights.ts';
import { seedWebhook, seedPreferences, start } from './support.ts';
import type { Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
  await twoNights(running.store);
  await seedPreferences(running.store);
});
afterAll(() => running.stop());

const document = openApiDocument(ROUTES, '0.1.0');

function* refsOf(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === '$ref' && typeof item === 'string') yield item;
    else yield* refsOf(item);
  }
}

describe('OpenAPI', () => {
  test('is served, and names every route with its roles and both languages', async () => {
    const served = (await running.call('/openapi.json')).json();
    expect(served).toEqual(JSON.parse(JSON.stringify(document)));
    for (const route of ROUTES) {
      const operation = served.paths[route.path][route.method];
      expect(operation.operationId).toBe(route.id);
      expect(operation.summary).not.toBe('');
      expect(operation['x-summary-zh']).toMatch(/\p{Script=Han}/u);
      expect(operation['x-roles'].length).toBeGreaterThan(0);
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(operation.parameters.filter((parameter: { in: string }) => parameter.in === 'path').map((parameter: { name: string }) => parameter.name)).toEqual(inPath);
    }
    expect(Object.values(served.paths).flatMap((path) => Object.keys(path as object)).length).toBe(ROUTES.length);
  });

  test('every reference leads somewhere, and every schema is a valid JSON Schema that refuses unknown keys', () => {
    for (const ref of refsOf(document)) expect(document.components.schemas).toHaveProperty([ref.replace('#/components/schemas/', '')]);
    const schemas = Object.entries(document.components.schemas);
    expect(schemas.filter(([, schema]) => '$id' in schema)).toEqual([]);
    // The document about the document is the only one that is open.
    expect(schemas.filter(([, schema]) => schema.properties !== undefined && schema.additionalProperties !== false).map(([name]) => name)).toEqual(['OpenapiResponse']);
  });

  test('each example is what its schemas accept, in zod and in the document', () => {
    expect(Object.keys(EXAMPLES).toSorted()).toEqual(ROUTES.map((route) => route.id).toSorted());
    for (const route of ROUTES) {
      const { path = {}, query = {}, body } = EXAMPLES[route.id] ?? {};
      route.params.parse(path);
      route.query.parse(query);
      if (route.body !== undefined) {
        route.body.parse(body);
        (route.bodyDocument ?? route.body).parse(body);
      }
    }
    const answered = ROUTES.filter((route) => EXAMPLES[route.id]?.response !== undefined);
    // The documents themselves, the page of a report and downloads have none.
    expect(answered.length).toBe(ROUTES.length - 3 - ROUTES.filter(({ produces }) => produces === 'file').length);
    for (const route of answered) {
      const response = EXAMPLES[route.id]?.response;
      const components = document.components.schemas;
      const whole = JSON.parse(JSON.stringify({ ...components[responseName(route)], $defs: components }).replaceAll('#/components/schemas/', '#/$defs/')) as z.core.JSONSchema.JSONSchema;
      expect([route.id, route.response.safeParse(response).error, z.fromJSONSchema(whole).safeParse(response).error]).toEqual([route.id, undefined, undefined]);
    }
  });

  test('the documented condition is the one that is parsed', () => {
    const good = EXAMPLES.countSegment?.body as { condition: unknown };
    expect(conditionSchema.parse(good.condition)).toEqual(parseCondition(good.condition));
    for (const bad of [{}, { all: [] }, { tag: 'x', field: 'y' }, { ...(good.condition as object), extra: 1 }]) {
      expect(conditionSchema.safeParse(bad).success).toBe(false);
      expect(() => parseCondition(bad)).toThrow('condition');
    }
  });
});

describe('docs page', () => {
  test('has every route, role, example and both languages, and loads nothing', async () => {
    const reply = await running.call('/docs');
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    for (const route of ROUTES) {
      expect(reply.text).toContain(`id="${route.id}"`);
      expect(reply.text).toContain(`>${route.path}<`);
      expect(reply.text).toContain(route.summary.zh);
    }
    for (const name of ['Condition', 'Event', 'Tag']) expect(reply.text).toContain(`id="schema-${name}"`);
    const targets = [...reply.text.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? '');
    expect(targets.filter((target) => target !== '/openapi.json' && !(target.startsWith('#') && reply.text.includes(`id="${target.slice(1)}"`)))).toEqual([]);
    expect(reply.text).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|src=|@import|url\(/i);
  });

  test('its content policy lets in its own style sheet by hash, and nothing else', async () => {
    const reply = await running.call('/docs');
    const style = /<style>([\s\S]*?)<\/style>/.exec(reply.text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(reply.headers['content-security-policy']).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`);
    expect(reply.text).not.toContain('style="');
  });
});

describe('docs/http.md', () => {
  const text = readFileSync(new URL('../../../docs/http.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? '').join('\n').replaceAll('\\\n', ' ');
  const commands = blocks.split('\n').filter((line) => line.startsWith('curl '));

  beforeAll(() => seedWebhook(running.store, running.clock.now()));

  test('shows every route that needs a key', () => {
    const missing = ROUTES.filter((route) => {
      const pattern = new RegExp(`\\$TAGCAST${route.path.replaceAll(/\{\w+\}/g, '[^/"?]+')}["?]`);
      return route.access !== 'public' && !commands.some((command) => pattern.test(command));
    });
    expect(missing.map((route) => route.path)).toEqual([]);
  });

  test.each(commands)('%s', async (command) => {
    // The few words of curl that the page uses.
    const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
    const after = (flag: string): string[] => words.flatMap((word, i) => (word === flag ? [words[i + 1] ?? ''] : []));
    const url = words.find((word) => word.startsWith('$TAGCAST')) ?? '';
    const headers = Object.fromEntries(after('-H').map((header) => [header.split(': ')[0].toLowerCase(), header.split(': ')[1].replace('$KEY', running.keys.admin)]));
    const [raw] = after('-d');
    const reply = await running.call(url.replace('$TAGCAST', ''), { headers, ...(raw === undefined ? {} : { raw }), ...(after('-X').length > 0 ? { method: after('-X')[0] ?? 'GET' } : {}) });
    expect([reply.status, reply.status === 200 ? '' : reply.text]).toEqual([200, '']);
  });

  test('its error is what the server says', async () => {
    const shown = errorSchema.parse(JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '')).error;
    const said = (await running.call('/v1/runs?limit=many', { key: running.keys.admin })).json().error;
    expect({ ...said, requestId: '' }).toEqual({ ...shown, requestId: '' });
  });
});
