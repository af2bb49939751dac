/** Lookalikes: the pure part on tables whose truth is known, and the whole job on a small shop. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { learnLookalike } from '../../src/jobs/lookalikes/learn.ts';
import { lookalikes } from '../../src/jobs/lookalikes/job.ts';
import { buildSegmentNow } from '../../src/jobs/segments.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { createSegment } from '../../src/segments/edit.ts';
import { changeList } from '../../src/segments/lists.ts';
import { openStore } from '../../src/store/connection.ts';
import type { Store } from '../../src/store/connection.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { similarCustomers } from '../../src/store/repositories/segments.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { END, fillShop, scratchFolder, shopDeps } from '../support/scoredShop.ts';
import { testClock } from '../support/stores.ts';

/** Membership is more likely as `a` grows; `noise` says nothing; `told` is the membership itself. */
function sample(rows: number, slope: number, told = false, seed = 5): { x: Parameters<typeof learnLookalike>[0]; y: Float64Array } {
  const random = seededRandom(seed, rows, slope);
  const [a, noise, y] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  for (let i = 0; i < rows; i++) {
    [a[i], noise[i]] = [random.normal(), random.normal()];
    y[i] = random.next() < 1 / (1 + Math.exp(1.5 - slope * a[i])) ? 1 : 0;
  }
  return { x: { rows, columns: [{ name: 'a', values: a }, { name: 'noise', values: noise }, ...(told ? [{ name: 'told', values: y }] : [])] }, y };
}

test('figures are out of fold: noise is no better than chance, a signal is what it is, and the same seed gives the same model', () => {
  const chance = [5, 6, 7].flatMap((seed) => {
    const { x, y } = sample(800, 0, false, seed);
    const learned = learnLookalike(x, y, seededRandom(1));
    return learned.ok ? learned.value.candidates.map(({ auc }) => auc.value) : [];
  });
  expect(chance).toHaveLength(9);
  expect(Math.abs(chance.reduce((sum, value) => sum + value, 0) / 9 - 0.5)).toBeLessThan(0.03);
  const { x, y } = sample(1_500, 1.2);
  const [once, again] = [learnLookalike(x, y, seededRandom(1)), learnLookalike(x, y, seededRandom(1))];
  expect(once).toEqual(again);
  // The best possible ranking is by `a` itself: its AUC in this sample is about 0.77.
  expect(once.ok && once.value.candidates.map(({ estimator }) => estimator)).toEqual(['boosted_trees', 'logistic_regression', 'column_rule']);
  expect(once.ok && once.value.candidates.every(({ auc }) => auc.value > 0.7 && auc.low < 0.78 && auc.high > 0.74)).toBe(true);
});

test('what alone says who is a member is left out; what cannot be learned from is refused with the reason', () => {
  const { x, y } = sample(1_000, 1, true);
  const learned = learnLookalike(x, y, seededRandom(1));
  expect(learned.ok && [learned.value.columns, learned.value.dropped]).toEqual([['a', 'noise'], [{ column: 'told', auc: 1 }]]);
  expect(learnLookalike({ rows: 1_000, columns: [x.columns[2]] }, y, seededRandom(1))).toMatchObject({ ok: false, reason: 'separable' });
  // Two halves of a definition: neither says it alone.
  const random = seededRandom(9);
  const [p, q] = [Float64Array.from({ length: 4_000 }, () => random.next()), Float64Array.from({ length: 4_000 }, () => random.next())];
  expect(learnLookalike({ rows: 4_000, columns: [{ name: 'p', values: p }, { name: 'q', values: q }] }, p.map((value, i) => (value + q[i] > 1 ? 1 : 0)), seededRandom(1))).toMatchObject({ ok: false, reason: 'separable' });
  // One neighbour of the definition says nearly all, and with another one all of it: the neighbour goes, and the rest is a likeness.
  const near = learnLookalike({ rows: 4_000, columns: [{ name: 'p', values: p }, { name: 'q', values: q }] }, p.map((value, i) => (2 * value + q[i] > 1.5 ? 1 : 0)), seededRandom(1));
  expect(near.ok && [near.value.columns, near.value.dropped.map(({ column }) => column)]).toEqual([['q'], ['p']]);
  expect(near.ok && near.value.dropped[0].auc).toBeLessThan(0.98);
  const few = sample(60, 1);
  expect(learnLookalike(few.x, few.y, seededRandom(1))).toMatchObject({ ok: false, reason: 'too_small' });
});

let store: Store;
const scratch = scratchFolder();
beforeAll(async () => {
  store = await openStore({ memory: true }, { clock: testClock('2026-04-01T02:00:00Z') });
  await fillShop(store, { customers: 400, days: 200 });
});
afterAll(async () => {
  await store.close();
  scratch.remove();
});

test('those outside the seed are ranked, the best are a list with reasons, and who refused is in nothing', async () => {
  const deps = shopDeps(store, scratch.path);
  const everybody = await selectRows<{ id: number; name: string; orders: number }>(store.db, `SELECT c.customer_id AS id, c.external_id AS name, count(e.event_id) FILTER (WHERE e.kind = 'order') AS orders FROM customers c LEFT JOIN events e USING (customer_id) GROUP BY 1, 2 ORDER BY 1`);
  const random = seededRandom(2);
  const guests = everybody.filter(({ orders }) => random.next() < Math.min(0.8, orders / 6)).map(({ name }) => name);
  await changeList(store, { key: 'guests', change: 'replace', ids: [guests], asOf: END, actor: 'ann' });
  const refused = everybody.find(({ name, orders }) => orders >= 3 && !guests.includes(name));
  await recordConsents(store.db, [{ customerId: refused?.id ?? 0, purpose: 'marketing', state: 'refused', recordedAt: 1, source: 'test' }]);
  const options = { seed: 'guests', save: 'like_guests', size: { count: 30 }, asOf: END, actor: 'ann' } as const;
  const report = await lookalikes(deps, options);
  expect(report).toMatchObject({ seed: { key: 'guests', version: 1, members: guests.length }, saved: { key: 'like_guests', version: 1, members: 30 }, ranked: everybody.length - guests.length - 1 });
  const best = report.candidates.find(({ estimator }) => estimator === report.estimator);
  expect([best?.auc.value === Math.max(...report.candidates.map(({ auc }) => auc.value)), (best?.auc.low ?? 0) > 0.55]).toEqual([true, true]);
  const similar = await similarCustomers(store.db, 'like_guests', 99);
  expect(similar.map(({ externalId }) => externalId).slice(0, 20)).toEqual(report.top.map(({ externalId }) => externalId));
  expect(similar.some(({ externalId }) => guests.includes(externalId) || externalId === refused?.name)).toBe(false);
  expect(similar.every(({ percentile }, i) => percentile >= 80 && percentile <= 100 && (i === 0 || percentile <= similar[i - 1].percentile))).toBe(true);
  expect(similar.some(({ reasons }) => reasons.length > 0 && /\p{Script=Han}/u.test(reasons[0].text.zh))).toBe(true);
});

test('what defines a segment is left out by name; a seed that is too small is refused', async () => {
  const deps = shopDeps(store, scratch.path);
  const words = { zh: '常客', en: 'Regulars' };
  await createSegment(store, { key: 'regulars', label: words, description: words, owner: 'ann', condition: readCondition('orders >= 3'), status: 'enabled', schedule: 'manual', holdoutShare: 0 }, (await loadCatalogue(store.db)).names, 'ann');
  await buildSegmentNow(deps, 'regulars', END);
  const report = await lookalikes(deps, { seed: 'regulars', save: 'like_regulars', size: { share: 0.1 }, asOf: END, actor: 'ann' });
  expect(report.dropped).toContainEqual({ column: 'orders_total', why: 'separates', auc: 1 });
  await changeList(store, { key: 'few', change: 'replace', ids: [['nobody']], asOf: END, actor: 'ann' });
  await expect(lookalikes(deps, { seed: 'few', save: 'x', size: { share: 0.1 }, asOf: END, actor: 'ann' })).rejects.toMatchObject({ code: 'insufficient_data' });
  await expect(lookalikes(deps, { seed: 'few', save: 'few', size: { share: 0.1 }, asOf: END, actor: 'ann' })).rejects.toMatchObject({ code: 'invalid_input' });
});
