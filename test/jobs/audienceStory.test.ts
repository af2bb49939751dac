/** A controlled clock over segments: expiry, late events, definitions that change, refusals between build and file, and two customers who turn out to be one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { addDays, localDate } from '../../src/base/time.ts';
import { readCondition } from '../../src/conditions/text/read.ts';
import { exportToFile } from '../../src/jobs/export/toFile.ts';
import { mergeReturned, mergeTwo } from '../../src/jobs/mergeCustomers.ts';
import { evaluateNewEvents } from '../../src/jobs/rulesOnEvents.ts';
import { buildSegments } from '../../src/jobs/segments.ts';
import { createSegment, editSegment } from '../../src/segments/edit.ts';
import { segmentChanges } from '../../src/segments/members.ts';
import { listAudit } from '../../src/store/repositories/audit.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';
import { consentsOf, isSuppressed, recordConsents } from '../../src/store/repositories/consents.ts';
import { customerByExternalId, customerByIdentity, identitiesOf, linkIdentities, upsertCustomers } from '../../src/store/repositories/customers.ts';
import { appendEvents, timeline } from '../../src/store/repositories/events.ts';
import { takeRun } from '../../src/store/repositories/runs.ts';
import { segmentsOf } from '../../src/store/repositories/segments.ts';
import { publishTags, stageTags } from '../../src/store/repositories/tagPublish.ts';
import { refreshSnapshot } from '../../src/store/snapshot/refresh.ts';
import { loadCatalogue } from '../../src/tags/catalogue/catalogue.ts';
import { scratchFolder } from '../support/scoredShop.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { tag } from '../surfaces/http/support.ts';

const timeZone = 'Asia/Shanghai';

describeOnEachStore('segments as time goes by', (getStore, about) => {
  const scratch = scratchFolder();
  afterAll(scratch.remove);
  const db = () => getStore().db;
  const deps = () => ({ store: getStore(), clock: about().clock, timeZone });
  const today = (): string => localDate(about().clock.now(), timeZone);
  const nextDay = (): void => { about().clock.advance(86_400_000); };
  const night = () => buildSegments(deps(), { asOf: today() });
  const names = async () => (await loadCatalogue(db())).names;
  const save = async (key: string, text: string): Promise<void> => {
    const words = { zh: key, en: key };
    await createSegment(getStore(), { key, label: words, description: words, owner: 'ann', condition: readCondition(text), status: 'enabled', schedule: 'nightly', holdoutShare: 0 }, await names(), 'ann');
  };
  const idOf = async (name: string): Promise<number> => (await customerByExternalId(db(), name))?.customerId ?? 0;
  const membersOf = async (key: string): Promise<string[]> => (await selectRows<{ name: string }>(db(), 'SELECT c.external_id AS name FROM segment_members m JOIN segments s ON s.key = m.segment_key AND s.live_version = m.version JOIN customers c USING (customer_id) WHERE s.key = ? ORDER BY 1', [key])).map(({ name }) => name);
  const order = (customer: string, day: string, eventId: string): Promise<unknown> => appendEvents(db(), [{ customer, occurredAt: Date.parse(`${day}T04:00:00Z`), kind: 'order', amount: '10.00', eventId }], { source: 'shop', at: about().clock.now() });
  const publish = async (asOf: string, expiresAt: string, bands: Readonly<Record<string, string>>): Promise<void> => {
    const run = await takeRun(db(), { job: 'score', asOf, owner: 'x', leaseMs: 60_000, at: about().clock.now() });
    if (!run.ok) throw new Error(run.detail);
    const tags = await Promise.all(Object.entries(bands).map(async ([name, band]) => ({ customerId: await idOf(name), tag: tag('churn_risk_band', { value: band, band, asOf, validFrom: asOf, expiresAt, source: { name: 'churn', version: 1, run: run.value.runId } }) })));
    await db().transaction((trx) => stageTags(trx, run.value, tags));
    await publishTags(db(), run.value, { at: about().clock.now(), details: {} });
  };

  beforeEach(async () => {
    await db().raw('TRUNCATE customers, events, segments, suppressions, runs, audit_log, watermarks, experiments RESTART IDENTITY CASCADE');
    about().clock.set('2026-03-10T01:00:00Z');
    await upsertCustomers(db(), [{ externalId: 'li', attributes: { city: '北京' } }, { externalId: 'wang', attributes: { city: '上海', level: 'gold' } }], 0);
  });

  test('a tag that nobody renews turns stale, and its customer leaves with the next build', async () => {
    await publish(today(), addDays(today(), 2), { li: 'critical', wang: 'critical' });
    await save('risky', 'tag.churn_risk_band.band = critical');
    const sizes: unknown[] = [];
    for (let day = 0; day < 4; day++) {
      const [built] = await night();
      sizes.push('members' in built ? [built.members, built.entered, built.left] : built);
      nextDay();
      if (day === 0) await publish(today(), addDays(today(), 2), { li: 'critical' });
    }
    // wang's was good for two days, li's was renewed on the second.
    expect(sizes).toEqual([[2, 2, 0], [2, 0, 0], [1, 0, 1], [0, 0, 1]]);
    expect((await segmentChanges(getStore(), 'risky', 'left', { limit: 9 })).rows.map(({ externalId }) => externalId)).toEqual(['li']);
  });

  test('late events count on the day they become known, for the window they happened in', async () => {
    await save('buyers', 'orders last 3 days >= 1');
    await night();
    expect(await membersOf('buyers')).toEqual([]);
    await order('li', '2026-03-08', 'late-1');
    await order('wang', '2026-03-01', 'too-late');
    await night();
    expect(await membersOf('buyers')).toEqual(['li']);
    nextDay();
    nextDay();
    expect(await night()).toMatchObject([{ members: 0, left: 1 }]);
  });

  test('a paused definition keeps its members, an edited one follows with the next build, a draft is not built', async () => {
    await save('beijing', 'attr.city = "北京"');
    await night();
    await editSegment(getStore(), 'beijing', { status: 'paused', condition: readCondition('attr.city = "上海"') }, await names(), 'bo');
    expect(await night()).toEqual([]);
    expect(await membersOf('beijing')).toEqual(['li']);
    await editSegment(getStore(), 'beijing', { status: 'enabled' }, await names(), 'bo');
    expect(await membersOf('beijing')).toEqual(['li']);
    expect(await night()).toMatchObject([{ members: 1, entered: 1, left: 1 }]);
    expect(await membersOf('beijing')).toEqual(['wang']);
  });

  test('who refuses between build and export is not in the file, and not in the segment of the next night', async () => {
    await save('all', 'attr.city exists');
    await night();
    await recordConsents(db(), [{ customerId: await idOf('li'), purpose: 'scoring', state: 'refused', recordedAt: about().clock.now(), source: 'test' }]);
    const file = join(scratch.path, 'all.csv');
    const exported = (): Promise<unknown> => exportToFile(deps(), { subject: { segment: 'all' }, columns: ['id'], format: 'csv', asOf: today(), actor: 'test', personal: true, file });
    expect(await exported()).toMatchObject({ rows: 1 });
    expect(readFileSync(file, 'utf8')).toBe('id\r\nwang\r\n');
    expect(await night()).toMatchObject([{ members: 1, left: 1 }]);
  });

  test('two who are one: orders, names and a refusal come together, segments follow, and it is written down', async () => {
    await linkIdentities(db(), [{ namespace: 'phone', value: '138', customerId: await idOf('li') }, { namespace: 'phone', value: '139', customerId: await idOf('wang') }]);
    await order('li', '2026-03-08', 'a');
    await order('wang', '2026-03-09', 'b');
    await publish(today(), addDays(today(), 9), { li: 'critical' });
    // The refusal is older than the other one's word, and counts all the same.
    await recordConsents(db(), [
      { customerId: await idOf('li'), purpose: 'marketing', state: 'refused', recordedAt: 1_000, source: 'shop' }, { customerId: await idOf('li'), purpose: 'training', state: 'granted', recordedAt: 2_000, source: 'shop' },
      { customerId: await idOf('wang'), purpose: 'marketing', state: 'granted', recordedAt: 5_000, source: 'shop' },
    ]);
    await db().raw(`INSERT INTO experiments (key, label, description, owner, starts_on, ends_on, response_days, outcome, treatment_probability, created_at) SELECT key, '{}', '{}', 'ann', '2026-03-01', '2026-03-02', 30, '{}', 0.5, 'epoch' FROM unnest(ARRAY['one', 'same', 'torn']) AS key`);
    await db().raw(`INSERT INTO experiment_assignments (experiment_key, customer_id, treated, assigned_at) VALUES ('one', ?, true, 'epoch'), ('same', ?, true, 'epoch'), ('same', ?, true, 'epoch'), ('torn', ?, true, 'epoch'), ('torn', ?, false, 'epoch')`, [await idOf('li'), await idOf('li'), await idOf('wang'), await idOf('li'), await idOf('wang')]);
    await save('twice', 'orders >= 2');
    await save('everybody', 'attr.city exists');
    await night();
    expect(await membersOf('twice')).toEqual([]);
    const before = await refreshSnapshot(getStore(), join(scratch.path, `snapshot-${about().dialect}`));
    const [li, wang] = [await idOf('li'), await idOf('wang')];
    const merged = await mergeTwo(deps(), 'li', 'wang', 'ann');
    expect(merged).toEqual({ mergeId: 1, customerId: wang, events: 1, identities: 1, attributes: 0, refused: ['marketing'] });
    expect([await customerByExternalId(db(), 'li'), (await customerByIdentity(db(), 'phone', '138'))?.customerId]).toEqual([undefined, wang]);
    expect((await identitiesOf(db(), wang)).map(({ value }) => value)).toEqual(['138', '139']);
    expect((await consentsOf(db(), wang)).map(({ purpose, state, recordedAt }) => [purpose, state, recordedAt])).toEqual([['marketing', 'refused', 5_000], ['training', 'granted', 2_000]]);
    expect([await isSuppressed(db(), 'li', 'marketing'), await isSuppressed(db(), 'wang', 'marketing')]).toEqual([true, true]);
    expect((await customerByExternalId(db(), 'wang'))?.attributes).toEqual({ city: '上海', level: 'gold' });
    expect((await timeline(db(), wang, { limit: 9 })).events.map(({ eventId }) => eventId)).toEqual([2, 1]);
    for (const table of ['customer_tags', 'segment_members', 'segment_changes', 'events', 'consents', 'identities']) expect([table, await selectRows(db(), `SELECT FROM ${table} WHERE customer_id = ?`, [li])]).toEqual([table, []]);
    expect(await selectRows(db(), 'SELECT experiment_key AS key, customer_id AS who FROM experiment_assignments ORDER BY 1')).toEqual([{ key: 'one', who: wang }, { key: 'same', who: wang }]);
    // Nothing that was computed before is taken for current: the snapshot reads everything again, and rules see the moved orders as arriving.
    expect(await refreshSnapshot(getStore(), join(scratch.path, `snapshot-${about().dialect}`))).toMatchObject({ rebuilt: true, rows: before.rows, customers: 1 });
    nextDay();
    await night();
    expect([await membersOf('twice'), await membersOf('everybody'), (await segmentsOf(db(), wang)).map(({ key }) => key)]).toEqual([['wang'], ['wang'], ['everybody', 'twice']]);
    expect(await selectRows(db(), 'SELECT into_customer_id AS into, from_external_id AS from, moved_events AS moved, actor, undo FROM customer_merges')).toEqual([
      { into: wang, from: 'li', moved: [1], actor: 'ann', undo: expect.objectContaining({ customerId: li, attributes: { city: '北京' }, identities: [{ namespace: 'phone', value: '138' }] }) },
    ]);
    expect(await listAudit(db(), { limit: 20 })).toContainEqual(expect.objectContaining({ action: 'customer.merged', actor: 'ann', object: String(wang) }));
    await expect(mergeTwo(deps(), 'li', 'wang', 'ann')).rejects.toMatchObject({ code: 'not_found' });
    await expect(mergeTwo(deps(), 'wang', 'wang', 'ann')).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('what comes in under an old id is moved by the next night, through a chain of merges, and erasing the one who stayed leaves nothing', async () => {
    await upsertCustomers(db(), [{ externalId: 'zhao' }], 0);
    await mergeTwo(deps(), 'li', 'wang', 'ann');
    await mergeTwo(deps(), 'wang', 'zhao', 'ann');
    await evaluateNewEvents({ ...deps(), owner: 'test', ruleTags: [] }, today());
    await order('li', '2026-03-09', 'late');
    expect(await mergeReturned(deps())).toBe(1);
    expect(await mergeReturned(deps())).toBe(0);
    expect((await timeline(db(), await idOf('zhao'), { limit: 9 })).events).toHaveLength(1);
    expect((await customerByExternalId(db(), 'zhao'))?.attributes).toEqual({ city: '上海', level: 'gold' });
    expect(await selectRows(db(), 'SELECT FROM customer_merges')).toHaveLength(3);
    await db()('customers').where({ external_id: 'zhao' }).delete();
    expect(await selectRows(db(), 'SELECT FROM customer_merges')).toEqual([]);
  });
});
