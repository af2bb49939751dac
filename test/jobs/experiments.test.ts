/** From a recorded experiment to the tags of every customer: a shop whose effects are known, one with an effect that differs and one with none. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentProgress } from '../../src/base/progress.ts';
import { DAY_MS, startOfDay } from '../../src/base/time.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { createExperiment, dropExperiment } from '../../src/experiments/edit.ts';
import { experimentDetail } from '../../src/experiments/read.ts';
import { importAssignmentFile } from '../../src/jobs/uplift/assignments.ts';
import { evaluateExperiment } from '../../src/jobs/uplift/experiments.ts';
import type { Evaluated, ExperimentDeps } from '../../src/jobs/uplift/experiments.ts';
import { scoreAll } from '../../src/jobs/scoring/batch.ts';
import { scoreOneNow } from '../../src/jobs/scoring/one.ts';
import { upliftChecks } from '../../src/jobs/uplift/models.ts';
import { loadUplift } from '../../src/registry/uplift.ts';
import { listModels } from '../../src/registry/models.ts';
import { countSegment } from '../../src/segments/count.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { openStore } from '../../src/store/connection.ts';
import type { Store } from '../../src/store/connection.ts';
import type { NewEvent } from '../../src/store/events.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { upsertCustomers } from '../../src/store/repositories/customers.ts';
import { appendEvents } from '../../src/store/repositories/events.ts';
import { tagsOf } from '../../src/store/repositories/tagReads.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { upliftReportSchema } from '../../src/training/uplift/report.ts';
import { experiment } from '../support/experiment.ts';
import { PLAN, scratchFolder, shopDeps } from '../support/scoredShop.ts';
import { freshDatabase, testClock } from '../support/stores.ts';

const ZONE = 'Asia/Shanghai';
const SENT = '2026-02-01';
const END = '2026-03-01';
const sent = startOfDay(SENT, ZONE);
const ROWS = 2400;
const COVARIATES = ['loyal', 'active', 'town'];
const scratch = scratchFolder();
const snapshotDir = join(scratch.path, 'snapshot');

let store: Store;
let drop: () => Promise<void> = () => Promise.resolve();
let strong: Evaluated;
let none: Evaluated;
const deps = async (): Promise<ExperimentDeps> => ({ store, snapshotDir, plan: PLAN, checks: upliftChecks(ESTIMATORS), names: (await loadCatalogue(store.db)).names, timeZone: ZONE, currency: 'CNY', progress: silentProgress });
const evaluate = async (key: string, seed = 1): Promise<Evaluated> => evaluateExperiment(await deps(), key, { end: END, seed, actor: 'test' });
const { data, effect } = experiment(ROWS, 6, { effect: 0.3 });

/** A list of one arm word per customer; the covariates are those by which the effects were made. */
function listFile(name: string, arm: (i: number) => string): string {
  const town = data.x.columns[2].categories ?? [];
  const cell = (value: number): string => (Number.isNaN(value) ? '' : String(value));
  const path = join(scratch.path, name);
  writeFileSync(path, `id,group,loyal,active,town\n${Array.from({ length: ROWS }, (_, i) => `U${i},${arm(i)},${cell(data.x.columns[0].values[i])},${cell(data.x.columns[1].values[i])},${town[data.x.columns[2].values[i]]}`).join('\n')}\n`);
  return path;
}

const create = async (key: string, event: string): Promise<unknown> => createExperiment(store, {
  key, label: { zh: `活动${key}`, en: `Campaign ${key}` }, description: { zh: '说明', en: 'About' }, owner: 'ann', campaign: null, channel: 'email', startsOn: SENT, endsOn: SENT, responseDays: 14, outcome: { kind: 'event', event }, segment: null, treatmentProbability: 0.5,
}, (await loadCatalogue(store.db)).names, 'test');

beforeAll(async () => {
  // A server: the embedded store takes longer over the tags of thousands of customers.
  const database = await freshDatabase();
  drop = database.drop;
  store = await openStore({ databaseUrl: database.databaseUrl }, { clock: testClock('2026-03-01T04:00:00Z') });
  const ids = await upsertCustomers(store.db, [...Array.from({ length: ROWS }, (_, i) => ({ externalId: `U${i}` })), { externalId: 'newcomer' }], sent - DAY_MS);
  // Inquiries answer to the mail as the formula says; complaints come as they come.
  const events = Array.from({ length: ROWS }, (_, i): NewEvent[] => [
    ...(data.y[i] === 1 ? [{ customer: `U${i}`, occurredAt: sent + DAY_MS, kind: 'inquiry', eventId: `v${i}` }] : []), ...(i % 5 === 0 ? [{ customer: `U${i}`, occurredAt: sent + DAY_MS, kind: 'complaint', eventId: `c${i}` }] : []),
  ]).flat();
  await appendEvents(store.db, [...events, { customer: 'newcomer', occurredAt: sent + 20 * DAY_MS, kind: 'visit', eventId: 'n' }], { source: 'test', at: sent });
  await recordConsents(store.db, [{ customerId: ids.get('U7') ?? 0, purpose: 'scoring', state: 'refused', recordedAt: sent, source: 'test' }]);
  await create('strong', 'inquiry');
  await create('empty', 'complaint');
  const columns = { customer: 'id', arm: 'group', covariates: COVARIATES };
  const list = listFile('list.csv', (i) => (data.treated[i] === 1 ? 'treated' : 'control'));
  for (const key of ['strong', 'empty']) await importAssignmentFile(store, key, list, columns, { timeZone: ZONE, actor: 'test' });
  strong = await evaluate('strong');
  none = await evaluate('empty');
}, 120_000);
afterAll(async () => {
  await store.close();
  await drop();
  scratch.remove();
});

describe('an evaluation', () => {
  test('finds the effect that there is, and says so in its report', () => {
    const { report, version } = strong;
    expect(version).toBe(1);
    expect(upliftReportSchema.safeParse(report).error).toBeUndefined();
    expect(report).toMatchObject({ experiment: 'strong', verdict: 'rankable', customers: { treated: data.treated.reduce((sum, t) => sum + t, 0) - data.treated[7] }, waiting: 0, crossed: null, unbalanced: 0, columns: 3, words: { zh: '可以按增量排序' } });
    const truth = effect.reduce((sum, v) => sum + v, 0) / ROWS;
    expect(report.averageEffect?.low).toBeLessThan(truth);
    expect(report.averageEffect?.high).toBeGreaterThan(truth);
    expect(report.learners.map(({ learner, serves }) => [learner, serves])).toEqual([['two_model', true], ['one_model', false], ['x_learner', false], ['doubly_robust', false]]);
    expect(report.learners.every(({ qini }) => (qini?.low ?? 0) > 0)).toBe(true);
    expect(report.tenths[0].effect).toBeGreaterThan(report.tenths[9].effect);
  });

  test('finds nothing where there is nothing', () => {
    expect(none.report).toMatchObject({ verdict: 'insufficient_evidence', words: { zh: expect.stringContaining('证据不足') as string } });
    expect(Math.abs(none.report.averageEffect?.estimate ?? 1)).toBeLessThan(0.04);
  });

  test('is a registered version with its report, apart from the declared models; the same seed gives the same bytes', async () => {
    expect(await experimentDetail(store, 'strong')).toMatchObject({ evaluation: { version: 1, rankable: true }, report: { verdict: 'rankable', evaluatedAt: store.clock.now() } });
    expect(await listModels(store)).toEqual([]);
    const checks = upliftChecks(ESTIMATORS);
    const content = await loadUplift(store, 'strong', 1, checks);
    expect(content).toMatchObject({ experiment: 'strong', rankable: true, unit: 'points', learner: 'two_model', columns: [{ name: 'given:active' }, { name: 'given:loyal' }, { name: 'given:town', categories: ['east', 'north', 'south', 'west'] }] });
    const again = await evaluate('empty');
    expect(again.version).toBe(2);
    expect(checks.encode(await loadUplift(store, 'empty', 2, checks))).toBe(checks.encode(await loadUplift(store, 'empty', 1, checks)));
    await store.db.raw(`UPDATE models SET artefact = overlay(artefact placing '\\x20'::bytea from 40) WHERE name = 'uplift_empty' AND version = 1`);
    await expect(loadUplift(store, 'empty', 1, checks)).rejects.toMatchObject({ code: 'artefact_invalid' });
  });

  test('is refused before the window is over, with the day on which it will be', async () => {
    await expect(evaluateExperiment(await deps(), 'strong', { end: '2026-02-10', seed: 1, actor: 'test' })).rejects.toMatchObject({ code: 'insufficient_data', details: { waiting: ROWS, overOn: '2026-02-16' } });
    await create('nobody', 'visit');
    await expect(evaluate('nobody')).rejects.toMatchObject({ code: 'insufficient_data', hint: expect.stringContaining('import-assignment') as string });
    await dropExperiment(store, 'nobody', 'test');
  });
});

describe('lists', () => {
  const about = { timeZone: ZONE, actor: 'test' };
  const columns = { customer: 'id', arm: 'group', covariates: [] };
  test('of several arms: those that are named are taken, the others counted; without names they are refused by line', async () => {
    await create('arms', 'visit');
    const path = listFile('arms.csv', (i) => ['Women', 'Men', 'None'][i % 3]);
    await expect(importAssignmentFile(store, 'arms', path, columns, about)).rejects.toMatchObject({ code: 'bad_data', details: { line: 2 } });
    const taken = await importAssignmentFile(store, 'arms', path, { ...columns, treated: ['women'], heldOut: ['none'] }, about);
    expect(taken).toMatchObject({ otherArms: ROWS / 3, arms: { treated: ROWS / 3, heldOut: ROWS / 3 } });
    await expect(importAssignmentFile(store, 'arms', path, { ...columns, arm: 'groop' }, about)).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('group') as string });
    await dropExperiment(store, 'arms', 'test');
  });
});

describe('tags', () => {
  beforeAll(async () => {
    await scoreAll(shopDeps(store, snapshotDir, { owner: 'test' }), { asOf: END });
  }, 60_000);
  const idOf = async (name: string): Promise<number> => (await selectRows<{ id: number }>(store.db, 'SELECT customer_id AS id FROM customers WHERE external_id = ?', [name]))[0].id;
  const upliftOf = async (name: string) => (await tagsOf(store.db, await idOf(name))).filter(({ key }) => key.startsWith('uplift'));

  test('carry points with an interval and the group, ordered as the effects are', async () => {
    const rows = await selectRows<{ name: string; value: number; low: number; high: number; band: string; percentile: number }>(
      store.db, `SELECT c.external_id AS name, value_number AS value, interval_low AS low, interval_high AS high, band, percentile FROM customer_tags t JOIN customers c USING (customer_id) WHERE tag_key = 'uplift_strong' AND status = 'ok'`);
    expect(rows).toHaveLength(ROWS - 1);
    expect(rows.every(({ value, low, high }) => low <= value && value <= high)).toBe(true);
    expect(rows.every(({ band, low, high }) => (band === 'persuadable') === (low > 0) && (band === 'do_not_disturb') === (high < 0))).toBe(true);
    const truth = (some: typeof rows): number => some.reduce((sum, { name }) => sum + 100 * effect[Number(name.slice(1))], 0) / some.length;
    const predicted = (some: typeof rows): number => some.reduce((sum, { value }) => sum + value, 0) / some.length;
    const best = rows.filter(({ percentile }) => percentile > 80);
    const worst = rows.filter(({ percentile }) => percentile <= 20);
    expect(truth(best) - truth(worst)).toBeGreaterThan(8);
    expect(Math.abs(predicted(rows) - truth(rows))).toBeLessThan(3);
    const bands = new Set(rows.map(({ band }) => band));
    expect([...bands].sort()).toEqual(expect.arrayContaining(['persuadable']));
    const { names } = await loadCatalogue(store.db);
    const context = { asOf: startOfDay(END, ZONE), timeZone: ZONE, names };
    expect((await countSegment(store, readCondition('tag.uplift_group.band = persuadable and tag.uplift_strong.value > 0'), context)).matching).toBe(rows.filter(({ band }) => band === 'persuadable').length);
    expect((await countSegment(store, readCondition('tag.uplift_empty.status in (insufficient_data)'), context)).matching).toBe(ROWS);
  });

  test('say 证据不足 for everybody where the experiment cannot tell, and never a number', async () => {
    const counts = await selectRows(store.db, `SELECT status, band, count(*)::int AS n, count(value_number)::int AS numbers FROM customer_tags WHERE tag_key = 'uplift_empty' GROUP BY 1, 2 ORDER BY 1`);
    expect(counts).toEqual([{ status: 'insufficient_data', band: 'insufficient_evidence', n: ROWS, numbers: 0 }, { status: 'opted_out', band: null, n: 1, numbers: 0 }]);
  });

  test('on demand are those of the night', async () => {
    for (const name of ['U0', 'U1', 'U2', 'U7']) {
      const now = (await scoreOneNow(shopDeps(store, snapshotDir), await idOf(name), { asOf: END })).filter(({ key }) => key.startsWith('uplift'));
      expect(now).toHaveLength(3);
      expect(now).toEqual(expect.arrayContaining(await upliftOf(name)));
    }
  });

  test('of a customer of whom nothing of it is known are not eligible, and are there once it is', async () => {
    expect((await upliftOf('newcomer')).map(({ key, status }) => `${key} ${status}`).sort()).toEqual(['uplift_empty insufficient_data', 'uplift_group not_eligible', 'uplift_strong not_eligible']);
    await upsertCustomers(store.db, [{ externalId: 'newcomer', attributes: { active: 2, loyal: 0, town: 'east' } }], sent);
    const now = await scoreOneNow(shopDeps(store, snapshotDir), await idOf('newcomer'), { asOf: END });
    expect(now.find(({ key }) => key === 'uplift_group')).toMatchObject({ status: 'ok', value: 'persuadable', source: { name: 'uplift_strong', version: 1 } });
  });

  test('end with their experiment; one of the same key that is made anew has none of its evaluations', async () => {
    await dropExperiment(store, 'strong', 'test');
    (store.clock as ReturnType<typeof testClock>).advance(1000);
    await create('strong', 'inquiry');
    const now = async (): Promise<string[]> => (await scoreOneNow(shopDeps(store, snapshotDir), await idOf('U0'), { asOf: END })).filter(({ key }) => key.startsWith('uplift')).map(({ key, status, band }) => `${key} ${status} ${band}`).sort();
    expect(await now()).toEqual(['uplift_empty', 'uplift_group', 'uplift_strong'].map((key) => `${key} insufficient_data insufficient_evidence`));
    for (const key of ['strong', 'empty']) await dropExperiment(store, key, 'test');
    await scoreAll(shopDeps(store, snapshotDir, { owner: 'test' }), { asOf: END, force: true });
    expect(await upliftOf('U0')).toEqual([]);
  });
});
