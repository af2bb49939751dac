/** The visit under way from events to its tag: training reads what serving reads, known chances come out, and nothing is written. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VISIT_MODELS } from '../../models/index.ts';
import { DEFAULT_TIME_ZONE } from '../../src/base/time.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { VISIT_COLUMNS } from '../../src/features/visit/columns.ts';
import { recentEvents, visitHistory } from '../../src/features/visit/store.ts';
import { visitUnderWay } from '../../src/features/visit/underWay.ts';
import { visitValues } from '../../src/features/visit/values.ts';
import { liveColumns, modelChecks } from '../../src/jobs/scoring/models.ts';
import { reportOnTags } from '../../src/jobs/tagReports.ts';
import { scoreVisitNow } from '../../src/jobs/scoring/visit.ts';
import type { VisitReply } from '../../src/jobs/scoring/visit.ts';
import { promoteModel, rollbackModel } from '../../src/registry/aliases.ts';
import { loadModel, saveModel } from '../../src/registry/models.ts';
import { countSegment } from '../../src/segments/count.ts';
import type { Store } from '../../src/store/connection.ts';
import type { NewEvent } from '../../src/store/events.ts';
import { recordConsents } from '../../src/store/repositories/consents.ts';
import { appendEvents, countEvents } from '../../src/store/repositories/events.ts';
import { openColumns } from '../../src/store/snapshot/open.ts';
import { refreshSnapshot } from '../../src/store/snapshot/refresh.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { tagSchema } from '../../src/tags/tag.ts';
import { countVisits, visitRows } from '../../src/training/visit/read.ts';
import type { Champion } from '../../src/training/champion/champion.ts';
import type { HeadComparison } from '../../src/training/champion/schema.ts';
import { trainVisitModel } from '../../src/training/visit/train.ts';
import { PLAN, scratchFolder, shopDeps } from '../support/scoredShop.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { VISIT_END, VISIT_ENDS_AT, visitEvents } from '../support/visitShop.ts';

const MINUTE = 60_000;
const SILENCE = 30 * MINUTE;
const LEVELS = { channels: ['app', 'web'], devices: ['desk', 'phone'] };
const DEFINITION = { ...VISIT_MODELS[0], minimum: { rows: 60, positives: 10 } };
const CHECKS = modelChecks(ESTIMATORS);
const EVENTS = visitEvents(64, 70);

async function idOf(store: Store, external: string): Promise<number> {
  const { rows } = await store.db.raw<{ rows: { id: number }[] }>('SELECT customer_id AS id FROM customers WHERE external_id = ?', [external]);
  return rows[0].id;
}

/** Trained on one store; the other must give the same bytes, with that one as the champion beside it. */
let trained: string | undefined;

describeOnEachStore('visits', (getStore, about) => {
  const folder = scratchFolder();
  const ask = (customer: string, more: { events?: Omit<NewEvent, 'customer'>[]; at?: number; source?: string } = {}): Promise<VisitReply> => scoreVisitNow({ ...shopDeps(getStore(), folder.path), clock: about().clock }, { customer, at: VISIT_ENDS_AT, ...more });
  const compared: (HeadComparison | undefined)[] = [];
  const train = async (champion?: Champion): ReturnType<typeof trainVisitModel> => {
    const columns = await openColumns(folder.path, { threads: 1 });
    try {
      return await trainVisitModel({ definition: DEFINITION, columns, estimators: ESTIMATORS, timeZone: DEFAULT_TIME_ZONE, zone: PLAN.zone, silenceMinutes: 30, end: VISIT_END, snapshot: { hash: 'h', events: 1, customers: 1 }, currency: 'CNY', seed: 1, onTested: ({ comparison }) => { compared.push(comparison); }, ...(champion === undefined ? {} : { champion }) });
    } finally {
      columns.close();
    }
  };
  beforeAll(async () => {
    about().clock.set('2026-04-02T00:00:00Z');
    await appendEvents(getStore().db, EVENTS, { source: 'test', at: VISIT_ENDS_AT });
    // Somebody who is here now: 20 minutes ago, and yesterday.
    await appendEvents(getStore().db, [
      { customer: 'HERE', occurredAt: VISIT_ENDS_AT - 20 * MINUTE, kind: 'view', product: 'P1', eventId: 'h1' }, { customer: 'HERE', occurredAt: VISIT_ENDS_AT - 19 * MINUTE, kind: 'cart', product: 'P1', channel: 'app', eventId: 'h2' },
      { customer: 'HERE', occurredAt: VISIT_ENDS_AT - 1440 * MINUTE, kind: 'view', product: 'P1', eventId: 'h0' }, { customer: 'GONE', occurredAt: VISIT_ENDS_AT - 30 * MINUTE, kind: 'view', product: 'P1' },
    ], { source: 'web', at: VISIT_ENDS_AT });
    await refreshSnapshot(getStore(), folder.path);
  }, 60_000);
  afterAll(() => { folder.remove(); });

  test('a row of training is bit for bit what serving reads at that moment', async () => {
    const columns = await openColumns(folder.path, { threads: 1 });
    try {
      const reading = { columns, zone: PLAN.zone, silenceMs: SILENCE, before: VISIT_ENDS_AT };
      const counts = await countVisits(reading);
      const edges = [70, 49, 28, 7, 0].map((days) => VISIT_ENDS_AT - days * 1440 * MINUTE);
      const rows = await visitRows(reading, counts, edges, LEVELS, 1);
      expect(rows.y.length).toBeGreaterThan(500);
      expect(rows.y.includes(1)).toBe(true);
      for (let row = 0; row < rows.y.length; row += about().dialect === 'pglite' ? 37 : 23) {
        const [id, moment] = [rows.customerIds[row], rows.moments[row]];
        const stored = (await recentEvents(getStore(), id, moment, 100)).toReversed();
        const visit = visitUnderWay(stored, moment, SILENCE);
        if (visit === undefined) throw new Error('no visit at the moment of a row');
        expect(visit.ordered).toBe(false);
        const own = visitValues(await visitHistory(getStore(), id, visit.startMs, SILENCE), visit.events, moment, PLAN.zone, LEVELS);
        expect(Array.from(own)).toEqual(rows.matrix.columns.map(({ values }) => values[row]));
        // The label, from the events that came after.
        const later = (await recentEvents(getStore(), id, VISIT_ENDS_AT, 10_000)).filter(({ at }) => at > moment).toReversed();
        let [until, ordered] = [visit.lastMs, 0];
        for (const { at, kind } of later) {
          if (at - until >= SILENCE) break;
          until = at;
          if (kind === 'order') ordered = 1;
        }
        expect(rows.y[row]).toBe(ordered);
      }
    } finally {
      columns.close();
    }
  });

  test('before anything serves the tag is paused; trained on either store it is the same bytes, beats both rules, and says what it read', async () => {
    expect((await ask('HERE')).tag).toMatchObject({ status: 'model_paused', value: null });
    const content = await train(trained === undefined ? undefined : { version: 1, content: CHECKS.decode(trained) });
    expect(compared.map((one) => one?.compared)).toEqual([trained === undefined ? undefined : 'same_recipe']);
    trained ??= CHECKS.encode(content);
    expect(CHECKS.encode(content)).toBe(trained);
    const [head] = content.heads;
    expect(head).toMatchObject({ split: { mode: 'three_way', test: '2026-03-09' }, beatsBaseline: true, candidate: 'logistic', baseline: { candidate: 'cart_and_views' } });
    expect(head.leaderboard.map(({ candidate }) => candidate).sort()).toEqual(['boosted_trees', 'cart_and_views', 'logistic', 'own_rate']);
    expect(head.evaluation.metrics.roc_auc.value).toBeGreaterThan(0.6);
    expect(content.observations).toMatchObject({ at: 'visit', silenceMinutes: 30, periodDays: 23, channels: ['app', 'web'], devices: ['desk', 'phone'] });
    expect(content.readiness.every(({ passed }) => passed)).toBe(true);
    for (let version = 1; version <= 2; version++) {
      await saveModel(getStore(), content, CHECKS);
      await promoteModel(getStore(), 'session_purchase', version, liveColumns(PLAN), CHECKS, { actor: 'test', reason: 'trained' });
    }
    expect((await loadModel(getStore(), 'session_purchase', 2, CHECKS)).content.heads[0].candidate).toBe(head.candidate);
    expect(await rollbackModel(getStore(), 'session_purchase', liveColumns(PLAN), CHECKS, { actor: 'test', reason: 'back' })).toMatchObject({ champion: 1, previous: 2 });
  }, 60_000);

  test('who is here has a probability with reasons, good until the silence is over; handed-in events join the visit once and are not kept', async () => {
    const before = await countEvents(getStore().db);
    const stored = await ask('HERE');
    expect(stored).toMatchObject({ silenceMinutes: 30, visit: { startedAt: VISIT_ENDS_AT - 20 * MINUTE, endsAt: VISIT_ENDS_AT + 11 * MINUTE, events: 2, ordered: false }, handed: { used: 0, known: 0, ignored: 0 } });
    expect(stored.tag).toMatchObject({ key: 'purchase_prob_session', status: 'ok', expiresAt: new Date(VISIT_ENDS_AT + 11 * MINUTE).toISOString(), source: { name: 'session_purchase', version: 1, run: 0 } });
    expect(tagSchema.parse(stored.tag).reasons.length).toBeGreaterThan(0);
    const groups = stored.tag.reasons.map(({ feature }) => VISIT_COLUMNS.find(({ name }) => name === feature)?.group);
    expect(new Set(groups).size, 'columns that say one thing are one reason').toBe(groups.length);
    expect(stored.tag.reasons.every(({ text }) => /：/.test(text.zh) && /: /.test(text.en))).toBe(true);
    // The cart is known by its id, the view by what it says; the new view joins; yesterday's and the message do not.
    const told = await ask('HERE', {
      source: 'web', events: [
        { occurredAt: VISIT_ENDS_AT - 19 * MINUTE + 1, kind: 'cart', product: 'P1', eventId: 'h2' }, { occurredAt: VISIT_ENDS_AT - 20 * MINUTE, kind: 'view', product: 'P1' },
        { occurredAt: VISIT_ENDS_AT - MINUTE, kind: 'view', product: 'P1', eventId: 'h3' }, { occurredAt: VISIT_ENDS_AT - MINUTE, kind: 'view', product: 'P1', eventId: 'h3' },
        { occurredAt: VISIT_ENDS_AT - 900 * MINUTE, kind: 'view', product: 'P4' }, { occurredAt: VISIT_ENDS_AT - MINUTE, kind: 'message_open', campaign: 'x' }, { occurredAt: VISIT_ENDS_AT + MINUTE, kind: 'order' },
      ],
    });
    expect(told).toMatchObject({ visit: { events: 3, startedAt: VISIT_ENDS_AT - 20 * MINUTE }, handed: { used: 1, known: 2, ignored: 4 } });
    expect(told.tag.probability).not.toBe(stored.tag.probability);
    // Somebody whom the store has never seen.
    const stranger = await ask('NEW', { events: [{ occurredAt: VISIT_ENDS_AT - MINUTE, kind: 'view', product: 'P1' }] });
    expect(stranger).toMatchObject({ handed: { used: 1 }, tag: { status: 'ok' } });
    expect(await countEvents(getStore().db)).toBe(before);
    await expect(ask('NEW')).rejects.toMatchObject({ code: 'not_found' });
    await expect(ask('HERE', { at: Date.parse('2027-01-01T00:00:00Z') })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('no visit, an order already, a refusal: each says so', async () => {
    expect(await ask('GONE')).toMatchObject({ visit: null, tag: { status: 'not_eligible', value: null, probability: null } });
    expect(await ask('HERE', { events: [{ occurredAt: VISIT_ENDS_AT - MINUTE, kind: 'order', orderRef: 'now' }] })).toMatchObject({ visit: { ordered: true }, tag: { status: 'not_eligible' } });
    await recordConsents(getStore().db, [{ customerId: await idOf(getStore(), 'HERE'), purpose: 'scoring', state: 'refused', recordedAt: 1, source: 'test' }]);
    expect(await ask('HERE')).toMatchObject({ visit: null, tag: { status: 'opted_out' } });
    await getStore().db.raw('DELETE FROM customers WHERE external_id = ?', ['HERE']);
    // The refusal outlives the customer's rows.
    expect(await ask('HERE', { events: [{ occurredAt: VISIT_ENDS_AT - MINUTE, kind: 'view' }] })).toMatchObject({ visit: null, tag: { status: 'opted_out' } });
  });

  test('the catalogue has it as a tag on demand, and no condition can match by it', async () => {
    const { tags, names } = await loadCatalogue(getStore().db);
    expect(tags.find(({ key }) => key === 'purchase_prob_session')).toMatchObject({ kind: 'predictive', category: 'intent', onDemand: true, label: { zh: '本次访问购买概率' } });
    const condition = readCondition('tag.purchase_prob_session.probability >= 0.3');
    await expect(countSegment(getStore(), condition, { names, asOf: VISIT_ENDS_AT, timeZone: DEFAULT_TIME_ZONE })).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('nobody carries it') as string });
    await expect(reportOnTags({ store: getStore(), timeZone: DEFAULT_TIME_ZONE }, VISIT_END, ['purchase_prob_session'])).rejects.toMatchObject({ code: 'invalid_input' });
    const { rows } = await getStore().db.raw<{ rows: { n: number }[] }>(`SELECT count(*) AS n FROM customer_tags WHERE tag_key = 'purchase_prob_session'`);
    expect(rows[0].n).toBe(0);
  });

  test('a shop without browsing is told what it needs', async () => {
    const columns = await openColumns(folder.path, { threads: 1 });
    try {
      const early = trainVisitModel({ definition: DEFINITION, columns, estimators: ESTIMATORS, timeZone: DEFAULT_TIME_ZONE, zone: PLAN.zone, silenceMinutes: 30, end: '2020-01-01', snapshot: { hash: 'h', events: 1, customers: 1 }, currency: 'CNY', seed: 1 });
      await expect(early).rejects.toMatchObject({ code: 'insufficient_data', message: 'Model "session_purchase" is not ready: Visits: 0 of 180; Visits with an order in them: 0 of 30; Days of visits: 0 of 21.' });
    } finally {
      columns.close();
    }
  });
});
