/** Rules, feed and flows of the lifecycle over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAudit } from '../../../src/store/repositories/audit.ts';
import { DEFAULT_LIFECYCLE, lifecycleSchema, rulesHash } from '../../../src/tags/lifecycle/rules.ts';
import { ordered, publishNight } from '../../support/lifecycleNights.ts';
import { start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
const own = lifecycleSchema.parse({ slippingAfterCycles: 1.2 });
beforeAll(async () => {
  running = await start();
  for (const night of [0, 7, 14, 21]) await publishNight(running.store, night, ['L1', 'L2', 'L3'].map((name, i) => ({ name, orders: ordered(2, 3 + i), cycleDays: 12, ...(i === 2 && night > 10 ? { refused: true } : {}) })), own);
});
afterAll(() => running.stop());
const call = (path: string, role: 'marketer' | 'service' | 'data_scientist' = 'marketer'): Promise<Reply> => running.call(path, { key: running.keys[role] });

describe('lifecycle', () => {
  test('rules are told with the versions that made the days', async () => {
    expect((await call('/v1/lifecycle/rules')).json()).toMatchObject({
      rules: { slippingAfterCycles: 1.5 }, hash: rulesHash(DEFAULT_LIFECYCLE), version: null,
      versions: [{ version: 1, hash: rulesHash(own), rules: { slippingAfterCycles: 1.2 }, firstDay: '2026-01-01', lastDay: '2026-01-22' }],
    });
  });

  test('the feed goes on where it ended, tells who has left and nothing else of who refused, and is written down', async () => {
    const first = (await call('/v1/lifecycle/changes?limit=3', 'service')).json();
    expect(first).toMatchObject({ changes: [{ customer: 'L1', from: null, to: 'lead', day: '2026-01-01', rulesVersion: 1, contactable: true }, { customer: 'L2', to: 'lead' }, { customer: 'L1', from: 'lead', to: 'growing' }], more: true });
    const rest = (await call(`/v1/lifecycle/changes?cursor=${first.next}`, 'service')).json();
    expect(rest.changes.filter(({ customer }: { customer: string }) => customer === 'L3')).toMatchObject([{ from: 'growing', to: null, contactable: false }]);
    expect(await listAudit(running.store.db, { limit: 1 })).toMatchObject([{ action: 'lifecycle.changes', actor: running.keyIds.service, details: { customers: rest.changes.length } }]);
    expect((await call(`/v1/lifecycle/changes?cursor=${rest.next}`, 'service')).json()).toEqual({ changes: [], next: rest.next, more: false });
    expect((await call('/v1/lifecycle/changes?from=lead&to=growing')).json().changes).toHaveLength(2);
    expect((await call('/v1/lifecycle/changes', 'data_scientist')).status).toBe(403);
    expect((await call('/v1/lifecycle/changes?to=gone')).status).toBe(400);
  });

  test('the stages of one customer, newest first, with their names', async () => {
    const { stages, changes } = (await call('/v1/customers/L1/history', 'data_scientist')).json();
    expect(stages).toMatchObject([{ enteredOn: '2026-01-22', stage: 'slipping', label: { en: 'Slipping' } }, { stage: 'growing', label: { zh: '成长', en: 'Growing' }, previous: 'lead', rulesVersion: 1 }, { enteredOn: '2026-01-01', stage: 'lead', previous: null }]);
    expect(changes.find(({ tag }: { tag: string }) => tag === 'lifecycle_stage')).toMatchObject({ before: { band: 'growing' }, after: { band: 'slipping' } });
    expect((await call('/v1/customers/L3/history')).json().stages[0]).toMatchObject({ stage: null, label: null });
    expect((await call('/v1/customers/L1/history', 'service')).status).toBe(403);
  });

  test('flows are nodes and links of neighbouring weeks', async () => {
    const { weeks, nodes, links } = (await call('/v1/lifecycle/flows?from=2026-W01&to=2026-W03', 'data_scientist')).json();
    expect(weeks.map(({ week }: { week: string }) => week)).toEqual(['2026-W01', '2026-W02', '2026-W03']);
    expect(links.map((link: { source: number; target: number; value: number }) => [nodes[link.source].id, nodes[link.target].id, link.value])).toEqual([
      ['2026-W01:lead', '2026-W02:growing', 3], ['2026-W02:growing', '2026-W03:gone', 1], ['2026-W02:growing', '2026-W03:growing', 2],
    ]);
    expect((await call('/v1/lifecycle/flows?weeks=107')).status).toBe(400);
    expect((await call('/v1/lifecycle/flows?from=2025-W53')).json().error).toMatchObject({ code: 'invalid_input', hint: expect.stringContaining('2026-W14') as string });
  });
});
