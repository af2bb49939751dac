/** Asking about the visit under way over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MOST_VISIT_EVENTS } from '../../../src/jobs/scoring/visitEvents.ts';
import type { VisitQuestion } from '../../../src/jobs/scoring/visit.ts';
import { EXAMPLES } from '../../../src/surfaces/http/examples.ts';
import { visitTag } from '../../../src/tags/build/visit.ts';
import { start } from './support.ts';
import type { Running } from './support.ts';

let running: Running;
const asked: VisitQuestion[] = [];
const AT = Date.parse('2026-02-28T18:05:12Z');

beforeAll(async () => {
  // test/jobs/visits.test.ts has the real job beside a model.
  running = await start();
});
afterAll(() => running.stop());

test('without a model the tag is paused; a question must be of the right form, and no visitor is made up', async () => {
  const ask = (id: string, body: unknown) => running.call(`/v1/customers/${id}/visit`, { key: running.keys.marketer, body });
  expect((await ask('C1001', {})).json()).toMatchObject({ customer: 'C1001', visit: null, handed: { used: 0, known: 0, ignored: 0 }, tag: { key: 'purchase_prob_session', status: 'model_paused', label: { zh: '本次访问购买概率' } } });
  expect((await ask('nobody', {})).status).toBe(404);
  const event = { occurredAt: '2026-02-28T18:02:10Z', kind: 'view' };
  for (const wrong of [{ events: [{ ...event, kind: 'No Kind' }] }, { events: [{ ...event, occurredAt: 'yesterday' }] }, { events: [{ ...event, customer: 'C1001' }] }, { events: Array.from({ length: MOST_VISIT_EVENTS + 1 }, () => event) }, { at: '2099-01-01T00:00:00Z' }, { source: 'No Source' }, { evnts: [] }]) {
    expect((await ask('C1001', wrong)).status).toBe(400);
  }
  expect((await running.call('/v1/customers/C1001/visit', { body: {} })).status).toBe(401);
});

test('an answer goes out with names and instants, and instants of the question come in as such', async () => {
  const deps = { ...running.deps, scoreVisit: (_deps: unknown, question: VisitQuestion) => {
    asked.push(question);
    return Promise.resolve({
      customer: question.customer, at: AT, silenceMinutes: 30, visit: { startedAt: AT - 182_000, lastEventAt: AT - 32_000, endsAt: AT + 1_768_000, events: 2, ordered: false }, handed: { used: 2, known: 0, ignored: 0 },
      tag: visitTag({ probability: 0.42, reasons: [], baseRate: 0.18, percentiles: [0, 1], confidence: 'high', expiresAt: '2026-02-28T18:34:40.000Z' }, 2, '2026-03-01'),
    });
  } };
  const { askVisit } = await import('../../../src/surfaces/http/handlers/visits.ts');
  const { visitBody, visitSchema } = await import('../../../src/surfaces/http/schemas/visits.ts');
  const body = visitBody.parse(EXAMPLES.askVisit?.body);
  const answer = visitSchema.parse(await askVisit({ params: { id: 'C1001' }, query: {}, body, caller: null, signal: new AbortController().signal }, deps));
  expect(answer).toMatchObject({ visit: { startedAt: '2026-02-28T18:02:10.000Z', endsAt: '2026-02-28T18:34:40.000Z' }, tag: { band: 'high', bandLabel: { zh: '高', en: 'High' }, lift: 0.42 / 0.18, expiresAt: '2026-02-28T18:34:40.000Z' } });
  expect(asked[0]).toMatchObject({ customer: 'C1001', source: 'web', events: [{ eventId: 'w-81', occurredAt: Date.parse('2026-02-28T18:02:10Z') }, { kind: 'cart' }] });
  expect(asked[0]).not.toHaveProperty('at');
});
