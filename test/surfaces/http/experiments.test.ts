/** Experiments over HTTP: recorded once, assigned all or nothing, and who did it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listAudit } from '../../../src/store/repositories/audit.ts';
import { start } from './support.ts';
import type { Reply, Running } from './support.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.stop());
beforeEach(() => running.store.db.raw('DELETE FROM experiments'));

const mail = { label: { zh: '邮件', en: 'Mail' }, owner: 'ann', startsOn: '2026-02-01', responseDays: 14, outcome: { kind: 'order' }, treatmentProbability: 0.5 };
const marketer = (path: string, method = 'GET', body?: unknown): Promise<Reply> => running.call(path, { key: running.keys.marketer, method, ...(body === undefined ? {} : { body }) });

test('are recorded once, with the outcome also as a condition in text, listed and deleted; every change is in the audit log', async () => {
  const made = await marketer('/v1/experiments/mail', 'PUT', { ...mail, outcome: { kind: 'condition', condition: 'orders last 14 days >= 1' } });
  expect(made.json()).toMatchObject({ key: 'mail', description: { zh: '邮件' }, endsOn: '2026-02-01', arms: { treated: 0, heldOut: 0, firstAt: null }, evaluation: null, report: null, outcome: { kind: 'condition' } });
  expect((await marketer('/v1/experiments/mail', 'PUT', mail)).status).toBe(409);
  expect((await marketer('/v1/experiments')).json().experiments.map(({ key }: { key: string }) => key)).toEqual(['mail']);
  expect((await marketer('/v1/tags?search=uplift')).json().tags.map(({ key }: { key: string }) => key)).toEqual(expect.arrayContaining(['uplift_mail', 'uplift_group']));
  const rows = [{ customer: 'C1001', arm: 'treated', covariates: { age: 31, city: '北京' } }, { customer: 'C1002', arm: 'held_out', covariates: { age: 40 } }, { customer: 'C9999', arm: 'treated' }];
  expect((await marketer('/v1/experiments/mail/assignments', 'POST', { rows })).json()).toMatchObject({ added: 2, unknown: 1, arms: { treated: 1, heldOut: 1 }, covariates: [{ name: 'age', kind: 'quantity' }, { name: 'city', kind: 'category' }] });
  expect((await marketer('/v1/experiments/mail/assignments', 'POST', { rows: [{ customer: 'C1001', arm: 'held_out', covariates: { age: 31, city: '北京' } }] })).json().error).toMatchObject({ code: 'bad_data', message: expect.stringContaining('both arms') as string });
  expect((await marketer('/v1/experiments/mail', 'DELETE')).json()).toEqual({ deleted: 'mail' });
  expect((await marketer('/v1/experiments/mail')).status).toBe(404);
  const audit = await listAudit(running.store.db, { limit: 3 });
  expect(audit.map(({ action, object }) => `${action} ${object}`)).toEqual(['experiment.deleted mail', 'experiment.assigned mail', 'experiment.created mail']);
  expect(new Set(audit.map(({ actor }) => actor))).toEqual(new Set([running.keyIds.marketer]));
});

test('wrong ones are refused with what is wrong', async () => {
  const wrong: readonly object[] = [{ ...mail, outcome: { kind: 'visit' } }, { ...mail, treatmentProbability: 1 }, { ...mail, responseDays: 0 }, { ...mail, startsOn: '2026-02-30' }, { ...mail, secret: 1 }, { ...mail, outcome: { kind: 'condition', condition: 'orders last 90 days >= 1' } }];
  for (const body of wrong) expect((await marketer('/v1/experiments/x', 'PUT', body)).status).toBe(400);
  expect((await marketer('/v1/experiments/group', 'PUT', mail)).status).toBe(400);
  await marketer('/v1/experiments/mail', 'PUT', mail);
  for (const body of [{}, { rows: [] }, { rows: [{ customer: 'C1001', arm: 'maybe' }] }, { fromHoldout: true, rows: [{ customer: 'C1001', arm: 'treated' }] }]) expect((await marketer('/v1/experiments/mail/assignments', 'POST', body)).status).toBe(400);
  expect((await marketer('/v1/experiments/mail/assignments', 'POST', { fromHoldout: true })).json().error).toMatchObject({ code: 'conflict' });
  expect((await marketer('/v1/experiments/mail/evaluate', 'POST')).status).toBe(403);
});
