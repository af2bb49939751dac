/** Who may call what: every route × every role, with answers checked against their schemas. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLES } from '../../../src/surfaces/http/examples.ts';
import { errorSchema } from '../../../src/surfaces/http/schemas/common.ts';
import { ROUTES } from '../../../src/surfaces/http/routes.ts';
import type { Access } from '../../../src/surfaces/http/route.ts';
import { createApiKey, revokeApiKey, ROLES } from '../../../src/store/repositories/apiKeys.ts';
import { twoNights } from '../../support/lifecycleNights.ts';
import { seedDefinitions, seedPreferences, start } from './support.ts';
import type { Reply, Running } from './support.ts';

/** Written down a second time on purpose: a change of the table has to be meant. */
const EXPECTED: Readonly<Record<string, string>> = {
  health: 'public', openapi: 'public', docs: 'public',
  readProfile: 'admin data_scientist marketer',
  readTimeline: 'admin marketer',
  readHistory: 'admin data_scientist marketer',
  evaluateTags: 'admin marketer',
  makeTagReports: 'admin data_scientist marketer',
  listPlaces: 'admin data_scientist marketer',
  readTags: 'admin data_scientist marketer service',
  scoreNow: 'admin data_scientist service',
  askVisit: 'admin data_scientist marketer service',
  listTags: 'admin data_scientist marketer',
  readDistribution: 'admin data_scientist marketer',
  previewTag: 'admin data_scientist marketer',
  evaluateTag: 'admin marketer',
  listStandards: 'admin marketer',
  readStandardsApplication: 'admin marketer',
  applyStandards: 'admin marketer',
  readStandards: 'admin marketer',
  readSuggestions: 'admin marketer',
  saveStandards: 'admin marketer',
  deleteStandards: 'admin marketer',
  readTagDefinitions: 'admin data_scientist marketer',
  diffTagDefinitions: 'admin data_scientist marketer',
  importTagDefinitions: 'admin marketer',
  readSegmentDefinitions: 'admin data_scientist marketer',
  diffSegmentDefinitions: 'admin data_scientist marketer',
  importSegmentDefinitions: 'admin marketer',
  readQualityDefinitions: 'admin data_scientist marketer',
  diffQualityDefinitions: 'admin data_scientist marketer',
  importQualityDefinitions: 'admin data_scientist',
  readStandardDefinitions: 'admin marketer',
  diffStandardDefinitions: 'admin marketer',
  importStandardDefinitions: 'admin marketer',
  downloadStandards: 'admin marketer',
  listTagFiles: 'admin data_scientist marketer',
  takeTagFiles: 'admin marketer',
  readQuality: 'admin data_scientist marketer',
  checkQuality: 'admin data_scientist',
  listQualityRules: 'admin data_scientist marketer',
  readQualityRule: 'admin data_scientist marketer',
  saveQualityRule: 'admin data_scientist',
  deleteQualityRule: 'admin data_scientist',
  listCategories: 'admin data_scientist marketer',
  saveCategory: 'admin marketer',
  deleteCategory: 'admin marketer',
  listCategoryVersions: 'admin data_scientist marketer',
  placeTag: 'admin marketer',
  listValues: 'admin data_scientist marketer',
  readTagReport: 'admin data_scientist marketer',
  readTagReports: 'admin data_scientist marketer',
  readTag: 'admin data_scientist marketer service',
  listTagVersions: 'admin data_scientist marketer',
  saveTag: 'admin marketer',
  setTagStatus: 'admin marketer',
  deleteTag: 'admin marketer',
  readLifecycleRules: 'admin data_scientist marketer',
  listStageChanges: 'admin marketer service',
  readStageFlows: 'admin data_scientist marketer',
  countSegment: 'admin marketer',
  listSegment: 'admin marketer',
  readPortrait: 'admin marketer',
  exportSegment: 'admin data_scientist marketer',
  readOverlap: 'admin data_scientist marketer',
  changeList: 'admin marketer',
  findLookalikes: 'admin marketer',
  listSimilar: 'admin marketer',
  mergeCustomer: 'admin',
  readStageAccuracy: 'admin data_scientist marketer',
  setPreferencesState: 'admin data_scientist',
  listSegments: 'admin data_scientist marketer',
  readSegment: 'admin data_scientist marketer',
  saveSegment: 'admin marketer',
  deleteSegment: 'admin marketer',
  buildSegment: 'admin marketer',
  listMembers: 'admin marketer',
  listChanges: 'admin marketer',
  listWebhooks: 'admin marketer',
  createWebhook: 'admin',
  editWebhook: 'admin',
  deleteWebhook: 'admin',
  testWebhook: 'admin',
  rotateWebhook: 'admin',
  listDeliveries: 'admin marketer',
  resendDeliveries: 'admin',
  listExperiments: 'admin data_scientist marketer',
  readExperiment: 'admin data_scientist marketer',
  recordExperiment: 'admin marketer',
  deleteExperiment: 'admin marketer',
  takeAssignments: 'admin marketer',
  evaluateExperiment: 'admin data_scientist',
  listModels: 'admin data_scientist',
  listPreferences: 'admin data_scientist marketer',
  readModel: 'admin data_scientist',
  readVersion: 'admin data_scientist',
  readReport: 'admin data_scientist',
  readReportPage: 'admin data_scientist',
  listRuns: 'admin data_scientist',
  takeEvents: 'admin service',
};
const WRONG_KEY = `pk_${'0'.repeat(16)}_${'A'.repeat(43)}`;

let running: Running;
beforeAll(async () => {
  running = await start();
  await twoNights(running.store);
  await seedPreferences(running.store);
});
afterAll(() => running.stop());

/** The code of a failure, whose shape is checked; `none` for an answer. */
function codeOf(reply: Reply): string {
  return reply.status < 400 ? 'none' : errorSchema.parse(reply.json()).error.code;
}

async function callExample(id: string, key?: string): Promise<Reply> {
  const route = ROUTES.find((candidate) => candidate.id === id);
  const example = EXAMPLES[id];
  if (route === undefined || example === undefined) throw new Error(`no example of ${id}`);
  // What the call before this one changed or deleted is there again.
  if (Object.hasOwn(example.path ?? {}, 'key') || Object.hasOwn(example.path ?? {}, 'webhook') || route.method !== 'get') await seedDefinitions(running.store, running.clock.now());
  // The only version of the seeded model is 1.
  const values: Readonly<Record<string, string>> = { ...example.path, ...(['readVersion', 'readReport', 'readReportPage'].includes(id) ? { version: '1' } : {}) };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '');
  return running.call(`${path}${example.query === undefined ? '' : `?${new URLSearchParams(example.query).toString()}`}`, { method: route.method.toUpperCase(), ...(key === undefined ? {} : { key }), ...(example.body === undefined ? {} : { body: example.body }) });
}

describe('access', () => {
  test('the table covers exactly the expected routes, and each route answers for every role', () => {
    expect(ROUTES.map((route) => route.id).toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
    expect(new Set(ROUTES.map((route) => `${route.method} ${route.path}`)).size).toBe(ROUTES.length);
    for (const { access } of ROUTES.filter((route) => route.access !== 'public')) expect(Object.keys(access).toSorted()).toEqual([...ROLES].toSorted());
  });

  test('a rule that forgets a role does not compile', () => {
    // @ts-expect-error -- `service` is missing
    const incomplete: Access = { admin: true, data_scientist: false, marketer: false };
    expect(Object.keys(incomplete as object)).not.toContain('service');
  });

  for (const route of ROUTES) {
    const expected = EXPECTED[route.id];
    test(`${route.method} ${route.path}: ${expected}`, async () => {
      for (const [key, who] of [[undefined, 'nobody'], [WRONG_KEY, 'a wrong key']] as const) {
        const reply = await callExample(route.id, key);
        expect([who, reply.status, reply.headers['www-authenticate'], codeOf(reply)]).toEqual(expected === 'public' ? [who, 200, undefined, 'none'] : [who, 401, 'Bearer', 'unauthorized']);
      }
      for (const role of ROLES) {
        const reply = await callExample(route.id, running.keys[role]);
        const may = expected === 'public' || expected?.split(' ').includes(role);
        expect([role, reply.status, codeOf(reply)]).toEqual(may ? [role, 200, 'none'] : [role, 403, 'forbidden']);
      }
    });
  }

  test('a key works until it is revoked or expires, and not one call longer', async () => {
    const { db } = running.store;
    const revoked = await createApiKey(db, { name: 'r', role: 'admin', at: running.clock.now() });
    const expiring = await createApiKey(db, { name: 'e', role: 'admin', at: running.clock.now(), expiresAt: running.clock.now() + 1000 });
    for (const { key } of [revoked, expiring]) expect((await running.call('/v1/tags', { key })).status).toBe(200);
    await revokeApiKey(db, revoked.keyId, running.clock.now());
    expect((await running.call('/v1/tags', { key: revoked.key })).status).toBe(401);
    running.clock.advance(1000);
    expect((await running.call('/v1/tags', { key: expiring.key })).status).toBe(401);
  });

  test('a key is taken from the Authorization header only', async () => {
    const { admin } = running.keys;
    const attempts = [
      running.call(`/v1/tags?key=${admin}`),
      running.call('/v1/tags', { headers: { 'x-api-key': admin } }),
      running.call('/v1/tags', { headers: { cookie: `key=${admin}` } }),
      running.call('/v1/tags', { headers: { authorization: `Basic ${admin}` } }),
      running.call('/v1/tags', { headers: { authorization: `Bearer ${admin.slice(0, -1)}` } }),
      running.call('/v1/tags', { headers: { authorization: `Bearer ${'x'.repeat(5000)}` } }),
    ];
    for (const reply of await Promise.all(attempts)) expect(reply.status).toBe(401);
  });
});
