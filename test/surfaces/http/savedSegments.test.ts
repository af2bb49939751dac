/** Saved segments over HTTP: saved, edited under the eyes of another editor, built, listed, deleted, and who did it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listAudit } from '../../../src/store/repositories/audit.ts';
import { inHoldout } from '../../../src/segments/holdout.ts';
import { start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.stop());
beforeEach(() => running.store.db.raw('DELETE FROM segments'));

const likely = { expectedVersion: 0, label: { zh: '高概率流失', en: 'Likely to leave' }, owner: 'ann', condition: 'tag.churn_prob_90d.probability >= 0.3', holdoutShare: 0.4 };
const marketer = (path: string, method = 'GET', body?: unknown): Promise<Reply> => running.call(path, { key: running.keys.marketer, method, ...(body === undefined ? {} : { body }) });
const save = (key: string, body: object): Promise<Reply> => marketer(`/v1/segments/${key}`, 'PUT', body);

describe('definitions', () => {
  test('are saved from text or JSON, with the condition in every form', async () => {
    const saved = (await save('likely', likely)).json();
    expect(saved).toMatchObject({
      key: 'likely', definitionVersion: 1, status: 'enabled', schedule: 'nightly', holdoutShare: 0.4, builds: [], text: 'tag.churn_prob_90d.probability >= 0.3',
      condition: { tag: 'churn_prob_90d', field: 'probability', op: '>=', value: 0.3 }, description: { zh: '90天流失概率 ≥ 0.3' }, words: { en: 'Churn probability, 90 days ≥ 0.3' },
    });
    expect((await save('same', { ...likely, condition: saved.condition })).json().text).toBe(saved.text);
    expect((await marketer('/v1/segments')).json().segments.map((one: { key: string; live: unknown }) => [one.key, one.live])).toEqual([['likely', null], ['same', null]]);
    expect(JSON.stringify(saved)).not.toMatch(/salt/i);
  });

  test('an editor who saw an older version changes nothing', async () => {
    await save('likely', likely);
    expect((await save('likely', likely)).json().error).toMatchObject({ code: 'conflict', details: { expectedVersion: 0 } });
    expect((await save('likely', { ...likely, expectedVersion: 1, owner: 'bo' })).json()).toMatchObject({ definitionVersion: 2, owner: 'bo' });
    const late = await save('likely', { ...likely, expectedVersion: 1, owner: 'cy' });
    expect([late.status, late.json().error.code]).toEqual([409, 'conflict']);
    expect((await marketer(`/v1/segments/likely`)).json()).toMatchObject({ definitionVersion: 2, owner: 'bo' });
    expect((await save('nobody', { ...likely, expectedVersion: 3 })).status).toBe(404);
  });

  test('wrong ones are refused with what is wrong', async () => {
    expect((await save('x', { ...likely, condition: 'tag.churn_prob_9d.probability >= 0.3' })).json().error).toMatchObject({ code: 'unknown_name' });
    for (const body of [{ ...likely, condition: 'tag.' }, { ...likely, holdoutShare: 1 }, { ...likely, owner: '' }, { ...likely, owner: 'a\u0000' }, { ...likely, secret: 1 }, { ...likely, label: { zh: '只有' } }]) expect((await save('x', body)).status).toBe(400);
    const { condition: _condition, ...without } = likely;
    expect((await save('x', without)).status).toBe(400);
    for (const key of ['Upper', '1x', 'x'.repeat(65), 'a-b']) expect((await save(key, likely)).status).toBe(400);
    const reserved = await save('count', likely);
    expect([reserved.status, reserved.headers.allow]).toEqual([404, 'POST']);
    expect((await marketer(`/v1/segments/likly`)).status).toBe(404);
  });

  test('are deleted when nothing looks at them; every change is in the audit log with the key', async () => {
    await save('likely', likely);
    await save('rest', { ...likely, condition: 'outside segment.likely' });
    expect((await marketer(`/v1/segments/likely`, 'DELETE')).json().error).toMatchObject({ code: 'conflict', details: { users: ['segment rest'] } });
    for (const key of ['rest', 'likely']) expect((await marketer(`/v1/segments/${key}`, 'DELETE')).json()).toEqual({ deleted: key });
    expect((await marketer('/v1/segments')).json()).toEqual({ segments: [] });
    const audit = await listAudit(running.store.db, { limit: 4 });
    expect(audit.map(({ action, object }) => `${action} ${object}`)).toEqual(['segment.deleted likely', 'segment.deleted rest', 'segment.created rest', 'segment.created likely']);
    expect(new Set(audit.map(({ actor }) => actor))).toEqual(new Set([running.keyIds.marketer]));
  });
});

describe('builds', () => {
  test('members come in pages with who is held out; opted out customers are not among them; each page is written down', async () => {
    await save('likely', likely);
    expect((await marketer(`/v1/segments/likely/members`)).json().error).toMatchObject({ code: 'not_found', message: expect.stringContaining('never been built') as string });
    expect((await marketer(`/v1/segments/likely/build`, 'POST')).json()).toEqual({ key: 'likely', version: 1, members: 8, entered: 8, left: 0 });
    const seen: { customer: string; holdout: boolean }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { version: number; rows: typeof seen; next: string | null } = (await marketer(`/v1/segments/likely/members?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)).json();
      expect(page.version).toBe(1);
      seen.push(...page.rows);
      cursor = page.next;
    }
    expect(seen).toHaveLength(7);
    expect(seen.map(({ customer }) => customer)).not.toContain('C1010');
    const ids = new Map((await running.store.db('customers').select('customer_id', 'external_id')).map((row: { customer_id: number; external_id: string }) => [row.external_id, row.customer_id]));
    expect(seen.map(({ holdout }) => holdout)).toEqual(seen.map(({ customer }) => inHoldout('likely', ids.get(customer) ?? 0, 0.4)));
    for (const [holdout, wanted] of [['only', true], ['without', false]] as const) expect((await marketer(`/v1/segments/likely/members?holdout=${holdout}`)).json().rows).toEqual(seen.filter((row) => row.holdout === wanted));
    expect(await listAudit(running.store.db, { limit: 1 })).toMatchObject([{ action: 'segment.members', object: 'likely', actor: running.keyIds.marketer, details: { version: 1 } }]);
    for (const query of ['limit=0', 'limit=1001', 'cursor=7', 'holdout=yes', 'after=3']) expect((await marketer(`/v1/segments/likely/members?${query}`)).status).toBe(400);
  });

  test('who entered and left is told of the last build, and written down', async () => {
    await save('likely', likely);
    await marketer(`/v1/segments/likely/build`, 'POST');
    await save('likely', { ...likely, expectedVersion: 1, condition: 'tag.churn_prob_90d.probability >= 0.85' });
    expect((await marketer(`/v1/segments/likely/build`, 'POST')).json()).toMatchObject({ version: 2, members: 2, entered: 0, left: 6 });
    expect((await marketer(`/v1/segments/likely/changes?change=entered`)).json()).toEqual({ version: 2, rows: [], next: null });
    expect((await marketer(`/v1/segments/likely/changes?change=left&limit=4`)).json()).toMatchObject({ rows: [{}, {}, {}, {}], next: expect.stringMatching(/^c/) as string });
    expect(await listAudit(running.store.db, { limit: 1 })).toMatchObject([{ action: 'segment.changes', details: { customers: 4, change: 'left' } }]);
    expect((await marketer(`/v1/segments/likely/changes`)).status).toBe(400);
    expect((await marketer(`/v1/segments/likely`)).json().builds.map((one: { state: string; members: number }) => [one.state, one.members])).toEqual([['live', 2], ['retired', 8]]);
    expect((await marketer('/v1/segments')).json().segments).toMatchObject([{ live: { version: 2, members: 2, asOf: '2026-03-01' } }]);
  });

  test('a portrait is of a saved segment or of a condition, with names, and never of both', async () => {
    await save('likely', likely);
    await marketer(`/v1/segments/likely/build`, 'POST');
    const [saved, fresh] = await Promise.all([{ segment: 'likely' }, { condition: likely.condition }].map(async (body) => (await marketer(`/v1/segments/portrait`, 'POST', body)).json()));
    expect(saved).toEqual(fresh);
    expect(saved).toMatchObject({ asOf: '2026-03-01', members: 8, customers: 11, reliable: false });
    expect(saved.dimensions).toContainEqual(expect.objectContaining({ key: 'lifecycle_stage', label: { zh: '生命周期阶段', en: 'Lifecycle stage' }, values: [expect.objectContaining({ value: 'loyal', label: { zh: '成熟', en: 'Loyal' }, lift: 1 })] }));
    expect(saved.dimensions.map(({ key }: { key: string }) => key)).not.toContain('churn_prob_90d');
    for (const body of [{}, { segment: 'likely', condition: likely.condition }, { segment: 'likely', top: 0 }]) expect((await marketer(`/v1/segments/portrait`, 'POST', body)).status).toBe(400);
    expect((await marketer(`/v1/segments/portrait`, 'POST', { segment: 'nobody' })).status).toBe(404);
  });

  test('is exported as a file with the columns that the role may see, and every export is written down', async () => {
    await save('likely', likely);
    await marketer('/v1/segments/likely/build', 'POST');
    const body = { segment: 'likely', columns: ['id', 'attr.city', 'tag.churn_prob_90d.probability', 'holdout'], bom: true };
    const reply = await marketer('/v1/segments/export', 'POST', body);
    expect([reply.status, reply.headers['content-type'], reply.headers['content-disposition']]).toEqual([200, 'text/csv; charset=utf-8', 'attachment; filename="likely-2026-03-01.csv"']);
    const lines = reply.text.trimEnd().split('\r\n');
    expect([lines[0], lines.length]).toEqual(['\uFEFFid,attr.city,tag.churn_prob_90d.probability,holdout', 8]);
    expect(lines.slice(2).every((line) => /^C100\d,北京,0\.\d,(?:true|false)$/.test(line))).toBe(true);
    expect(reply.text).not.toContain('C1010');
    expect(await listAudit(running.store.db, { limit: 1 })).toMatchObject([{ action: 'segment.exported', object: 'likely', actor: running.keyIds.marketer, details: { rows: 7, columns: body.columns, to: 'http' } }]);
    const scientist = (columns: string[]): Promise<Reply> => running.call('/v1/segments/export', { key: running.keys.data_scientist, body: { segment: 'likely', columns, format: 'ndjson' } });
    expect((await scientist(['id', 'attr.city'])).json().error).toMatchObject({ code: 'forbidden', details: { columns: ['attr.city'] } });
    expect((await scientist(['id', 'stage'])).text.split('\n')).toHaveLength(8);
    for (const wrong of [{}, { ...body, condition: 'attr.city exists' }, { ...body, format: 'xls' }, { ...body, columns: [] }]) expect((await marketer('/v1/segments/export', 'POST', wrong)).status).toBe(400);
  });

  test('a list is a segment: made, added to, taken from, laid over others, used in conditions', async () => {
    await save('likely', likely);
    await marketer('/v1/segments/likely/build', 'POST');
    const list = (customers: string[], change = 'replace'): Promise<Reply> => marketer('/v1/segments/invited/list', 'POST', { customers, change });
    expect((await list(['C1004'], 'remove')).status).toBe(404);
    expect((await list(['C1004', 'C1001', 'C1010', 'nobody', 'C1004'])).json()).toEqual({ key: 'invited', version: 1, members: 3, entered: 3, left: 0, given: 5, matched: 4, unmatched: 1 });
    expect((await list(['C1005'], 'add')).json()).toMatchObject({ version: 2, members: 4, entered: 1 });
    expect((await list(['C1001', 'nobody'], 'remove')).json()).toMatchObject({ version: 3, members: 3, left: 1, matched: 1, unmatched: 1 });
    expect((await marketer('/v1/segments/likely/list', 'POST', { customers: ['C1001'] })).status).toBe(400);
    expect((await marketer('/v1/segments/invited/members')).json().rows.map((row: { customer: string }) => row.customer)).toEqual(['C1004', 'C1005']);
    expect((await marketer('/v1/segments/count', 'POST', { condition: 'segment.invited and segment.likely' })).json()).toMatchObject({ matching: 3, optedOut: 1 });
    const laid = (await marketer('/v1/segments/overlap', 'POST', { segments: ['likely', 'invited'] })).json();
    expect(laid).toMatchObject({ customers: 7, segments: [{ key: 'likely', members: 7 }, { key: 'invited', members: 2 }], combinations: [{ segments: ['likely'], only: 5, all: 7 }, { segments: ['likely', 'invited'], only: 2, all: 2 }], pairs: [{ both: 2, shareOfB: 1 }] });
    for (const segments of [['likely'], ['likely', 'likely'], 'likely']) expect((await marketer('/v1/segments/overlap', 'POST', { segments })).status).toBe(400);
    expect((await marketer('/v1/segments/overlap', 'POST', { segments: ['likely', 'nobody'] })).status).toBe(404);
  });
});
