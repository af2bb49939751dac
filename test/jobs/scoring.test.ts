import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { buildFeatures } from '../../src/features/build.ts';
import { scoreAll, requirePublished } from '../../src/jobs/scoring/batch.ts';
import { scoreOneNow } from '../../src/jobs/scoring/one.ts';
import { startRun } from '../../src/jobs/runs.ts';
import { SCORING_JOB } from '../../src/jobs/scoring/deps.ts';
import type { ScoringDeps } from '../../src/jobs/scoring/deps.ts';
import type { Store } from '../../src/store/connection.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { tagsOf } from '../../src/store/repositories/tagReads.ts';
import { tagSchema } from '../../src/tags/tag.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { END, day, prepareShop, scratchFolder, shopDeps } from '../support/scoredShop.ts';

/** Every published tag, without what names the attempt. */
async function published(store: Store): Promise<{ rows: number; digest: string }> {
  const { rows } = await store.db.raw<{ rows: object[] }>('SELECT * FROM customer_tags ORDER BY customer_id, tag_key');
  const hash = createHash('sha256');
  for (const row of rows) hash.update(JSON.stringify({ ...row, run_id: 0, fence: 0 }));
  return { rows: rows.length, digest: hash.digest('hex') };
}

async function forget(store: Store): Promise<void> {
  await store.db.raw('TRUNCATE customer_tags, staged_tags, tag_history, lifecycle_history, scores, run_facts, run_chunks, runs RESTART IDENTITY CASCADE');
  await store.db.raw('DELETE FROM consents');
}

describeOnEachStore('scoring', (getStore) => {
  const folder = scratchFolder();
  const deps = (more: Partial<ScoringDeps> = {}): ScoringDeps => shopDeps(getStore(), folder.path, { limits: { chunkCustomers: 90 }, ...more });
  beforeAll(async () => {
    await prepareShop(getStore(), folder.path, { customers: 200, days: 540 });
  });
  afterAll(() => { folder.remove(); });

  test('writes every tag of the catalogue once per customer, with a status instead of a blank', async () => {
    const store = getStore();
    await forget(store);
    const report = requirePublished(await scoreAll(deps(), { asOf: END }));
    expect(report).toMatchObject({ state: 'done', customers: 200, failed: 0, paused: [], chunks: { total: 3, resumed: 0 } });
    const { rows } = await store.db.raw<{ rows: { tag_key: string; n: number }[] }>("SELECT tag_key, count(*) AS n FROM customer_tags WHERE kind <> 'rule' GROUP BY tag_key");
    expect(rows.every(({ n }) => n === 200)).toBe(true);
    const tags = await tagsOf(store.db, 1);
    for (const tag of tags) {
      expect(tagSchema.safeParse(tag).error).toBeUndefined();
      expect(tag.value === null).toBe(tag.status !== 'ok');
    }
    const { rows: bad } = await store.db.raw<{ rows: unknown[] }>("SELECT 1 FROM customer_tags WHERE status <> 'ok' AND (value_number IS NOT NULL OR band IS NOT NULL OR probability IS NOT NULL)");
    expect(bad).toHaveLength(0);
  });

  test('probabilities and amounts agree across horizons', async () => {
    const { rows } = await getStore().db.raw<{ rows: { bad: number }[] }>(
      `SELECT count(*) AS bad FROM scores a JOIN scores b ON a.run_id = b.run_id AND a.customer_id = b.customer_id AND a.model = b.model AND a.horizon_days < b.horizon_days
       WHERE (a.model = 'churn' AND a.value < b.value - 1e-12) OR (a.model IN ('purchase_intent', 'clv') AND a.value > b.value + 1e-9)`);
    expect(rows[0]?.bad).toBe(0);
  });

  test('a second run changes nothing and says so; force gives the same tags under a new fence', async () => {
    const store = getStore();
    const first = await published(store);
    expect(await scoreAll(deps(), { asOf: END })).toMatchObject({ state: 'already_done', fence: 1 });
    expect(await published(store)).toEqual(first);
    const again = await scoreAll(deps(), { asOf: END, force: true });
    expect(again).toMatchObject({ state: 'done', fence: 2 });
    expect(again.published).toMatchObject({ changed: 0, published: first.rows });
    expect(await published(store)).toEqual(first);
  });

  test('scored in threads the tags are the same', async () => {
    const store = getStore();
    const first = await published(store);
    const again = await scoreAll(deps({ threads: 2, limits: { chunkCustomers: 90, chunksForThreads: 1 } }), { asOf: END, force: true });
    expect(again).toMatchObject({ state: 'done', published: { changed: 0, published: first.rows } });
    expect(await published(store)).toEqual(first);
  });

  test('one customer on demand gets the numbers of the run', async () => {
    const store = getStore();
    for (const id of [1, 2, 17, 133, 200]) {
      const stored = await tagsOf(store.db, id);
      const now = (await scoreOneNow(deps(), id, { asOf: END })).sort((a, b) => (a.key < b.key ? -1 : 1));
      expect(now.map(({ key }) => key)).toEqual(stored.map(({ key }) => key));
      now.forEach((tag, i) => {
        const { value, probability, lift, interval, reasons, ...rest } = tag;
        const other = stored[i];
        expect({ ...rest, reasons: reasons.map(({ feature, direction }) => [feature, direction]) }).toEqual({
          ...other, value: undefined, probability: undefined, lift: undefined, interval: undefined, reasons: other.reasons.map(({ feature, direction }) => [feature, direction]),
        });
        const near = (a: unknown, b: unknown): void => { expect(a === b || (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)))).toBe(true); };
        near(Array.isArray(value) ? value.join() : value, Array.isArray(other.value) ? other.value.join() : other.value);
        near(probability, other.probability);
        near(lift, other.lift);
        near(interval?.low, other.interval?.low);
        near(interval?.high, other.interval?.high);
      });
    }
    await expect(scoreOneNow(deps(), 999_999)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('an older day changes nothing once a newer one is there, and repeats in any order end alike', async () => {
    const store = getStore();
    await forget(store);
    await scoreAll(deps(), { asOf: day(-8) });
    await scoreAll(deps(), { asOf: END });
    const tags = await published(store);
    for (const [asOf, force] of [[day(-8), true], [END, false], [day(-3), false], [END, true], [day(-8), false], [END, true]] as const) await scoreAll(deps(), { asOf, force });
    expect(await published(store)).toEqual(tags);
    const { rows } = await store.db.raw<{ rows: { status: string; n: number }[] }>("SELECT status, count(*) AS n FROM customer_tags WHERE tag_key = 'churn_risk_trend' GROUP BY status");
    expect(rows.find(({ status }) => status === 'ok')?.n).toBeGreaterThan(50);
    const { rows: stages } = await store.db.raw<{ rows: { entered_on: string }[] }>('SELECT DISTINCT entered_on FROM lifecycle_history ORDER BY entered_on');
    expect(stages.map(({ entered_on: on }) => on)).toEqual([day(-8), END]);
  });

  test('who refuses has no predictive tag: before the run, and between staging and publishing', async () => {
    const store = getStore();
    await forget(store);
    const refuse = (customerId: number) => recordConsents(store.db, [{ customerId, purpose: 'scoring', state: 'refused', recordedAt: 5, source: 'test' }]);
    await refuse(3);
    let refused = false;
    const report = await scoreAll(deps({
      progress: ({ step, done }) => {
        // Staged by now, and not published yet.
        if (step === 'publish' && done === 0) refused = true;
      },
      ruleTags: [],
    }), { asOf: day(-8) });
    expect(refused && report.state === 'done' && report.optedOut === 1).toBe(true);
    // A refusal while the stage is full: the run is stopped before publishing, the refusal comes in, the run goes on.
    const stop = new AbortController();
    await expect(scoreAll(deps({ signal: stop.signal, progress: ({ step, done, total }) => { if (step === 'tags' && done === (total ?? 0) - 1) stop.abort(); } }), { asOf: END })).rejects.toMatchObject({ code: 'cancelled' });
    await refuse(1);
    expect(await scoreAll(deps(), { asOf: END })).toMatchObject({ state: 'done', chunks: { total: 3, resumed: 3 } });
    for (const id of [1, 3]) {
      const tags = await tagsOf(store.db, id);
      expect(tags.filter(({ kind }) => kind !== 'statistical').every(({ status, value, reasons }) => status === 'opted_out' && value === null && reasons.length === 0)).toBe(true);
      expect(tags.filter(({ kind }) => kind === 'predictive').length).toBeGreaterThan(10);
      expect(tags.some(({ kind }) => kind === 'rule')).toBe(false);
    }
    const { rows } = await store.db.raw<{ rows: unknown[] }>('SELECT 1 FROM scores WHERE customer_id = 3');
    expect(rows).toHaveLength(0);
  });

  test('what looks wrong is held: the tags of the day before stay, and force publishes', async () => {
    const store = getStore();
    await forget(store);
    await scoreAll(deps(), { asOf: day(-8) });
    const before = await published(store);
    const none: typeof buildFeatures = async (columns, plan, options) => buildFeatures(columns, plan, { ...options, customers: { from: 0, to: 0 } });
    const held = await scoreAll(deps({ buildFeatures: none }), { asOf: END });
    expect(held).toMatchObject({ state: 'held', hold: [{ code: 'empty_answer' }] });
    expect(() => requirePublished(held)).toThrow(expect.objectContaining({ code: 'run_held' }));
    expect(await published(store)).toEqual(before);
    expect(await scoreAll(deps(), { asOf: END })).toMatchObject({ state: 'held' });
    const few: typeof buildFeatures = async (columns, plan, options) => buildFeatures(columns, plan, { ...options, customers: { from: options.customers?.from ?? 0, to: (options.customers?.from ?? 0) + 60 } });
    expect(await scoreAll(deps({ buildFeatures: few }), { asOf: day(-1) })).toMatchObject({ state: 'held', hold: [{ code: 'too_few_customers' }] });
    expect(await scoreAll(deps({ limits: { mostFlips: 0 } }), { asOf: day(-2) })).toMatchObject({ state: 'held', hold: [{ code: 'too_many_flips' }] });
    expect(await published(store)).toEqual(before);
    expect(await scoreAll(deps(), { asOf: END, force: true })).toMatchObject({ state: 'done', fence: 2 });
  });

  test('one bad customer does not sink the chunk; an engine that fails for everyone does', async () => {
    const store = getStore();
    await forget(store);
    const poisoned: typeof buildFeatures = async (columns, plan, options) => {
      const { from, to } = options.customers ?? { from: 0, to: 0 };
      if (from <= 77 && 77 < to) throw new AppError('internal', 'The column engine could not answer a query.');
      return buildFeatures(columns, plan, options);
    };
    expect(await scoreAll(deps({ buildFeatures: poisoned }), { asOf: END })).toMatchObject({ state: 'done', customers: 199, failed: 1 });
    const tags = await tagsOf(store.db, 77);
    expect(tags.length).toBeGreaterThan(30);
    // Models that this small shop has not trained are paused for everybody, this customer included.
    const untrained = ['second_purchase', 'lead_intent'];
    expect(new Set(tags.filter(({ kind, source }) => kind !== 'preference' && !untrained.includes(source.name)).map(({ status }) => status))).toEqual(new Set(['insufficient_data']));
    expect(new Set(tags.filter(({ source }) => untrained.includes(source.name)).map(({ status }) => status))).toEqual(new Set(['model_paused']));
    const broken: typeof buildFeatures = () => Promise.reject(new AppError('internal', 'The column engine could not answer a query.'));
    await expect(scoreAll(deps({ buildFeatures: broken }), { asOf: day(1) })).rejects.toMatchObject({ code: 'internal' });
    expect((await store.db('runs').where({ job: SCORING_JOB, as_of: day(1) }).first<{ state: string }>())?.state).toBe('failed');
  });

  test('a worker that lost its lease publishes nothing', async () => {
    const store = getStore();
    await forget(store);
    let taken = false;
    const late = scoreAll(deps({
      owner: 'late',
      buildFeatures: async (columns, plan, options) => {
        if (!taken) {
          taken = true;
          await store.db.raw("UPDATE runs SET lease_expires_at = clock_timestamp() - interval '1 second'");
          const other = await startRun({ store, clock: store.clock, owner: 'other' }, { job: SCORING_JOB, asOf: END, leaseMs: 60_000, again: false });
          if (!other.taken) throw new Error(other.why);
        }
        return buildFeatures(columns, plan, options);
      },
    }), { asOf: END });
    await expect(late).rejects.toMatchObject({ code: 'run_fenced' });
    expect((await published(store)).rows).toBe(0);
    await store.db.raw("UPDATE runs SET lease_expires_at = clock_timestamp() - interval '1 second'");
    expect(await scoreAll(deps({ owner: 'third' }), { asOf: END })).toMatchObject({ state: 'done', fence: 3 });
  });

  test('two at once: one works, the other is told so', async () => {
    const store = getStore();
    await forget(store);
    const results = await Promise.allSettled([scoreAll(deps({ owner: 'same' }), { asOf: END }), scoreAll(deps({ owner: 'same' }), { asOf: END })]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results.find((one) => one.status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
    expect((await published(store)).rows).toBeGreaterThan(5000);
  });

  test('without a champion the tags say that the model is paused, and facts are there', async () => {
    const store = getStore();
    await forget(store);
    const aliases = await store.db('model_aliases').select();
    await store.db.raw("DELETE FROM model_aliases WHERE name = 'churn'");
    try {
      expect(await scoreAll(deps(), { asOf: END })).toMatchObject({ state: 'done', paused: ['churn'] });
      const tags = new Map((await tagsOf(store.db, 1)).map((tag) => [tag.key, tag.status]));
      expect([tags.get('churn_prob_90d'), tags.get('churn_risk_band'), tags.get('orders_total'), tags.get('lifecycle_stage')]).toEqual(['model_paused', 'model_paused', 'ok', 'ok']);
    } finally {
      await store.db('model_aliases').insert(aliases.filter(({ name }) => name === 'churn'));
    }
  });
});

describe('options', () => {
  test('a day that is none is refused', async () => {
    await expect(scoreAll({} as ScoringDeps, { asOf: '2026-02-30' })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
