/** The worked examples of webhooks. */
import type { Example } from './examples.ts';

const path = { webhook: 'wh_5f0c2a9d81b34e67' };
const webhook = {
  id: path.webhook, url: 'https://crm.example.com/tagcast', events: ['segment.entered', 'segment.left'], segment: 'likely_to_leave', description: 'CRM', status: 'enabled', createdBy: 'cli',
  createdAt: '2026-02-28T06:00:00.000Z', updatedAt: '2026-02-28T06:00:00.000Z',
};
const body = { url: webhook.url, events: webhook.events, segment: webhook.segment, description: webhook.description };
const secret = 'whsec_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE4=';

export const WEBHOOK_EXAMPLES: Readonly<Record<string, Example>> = {
  listWebhooks: { response: { webhooks: [webhook] } },
  createWebhook: { body, response: { webhook, secret } },
  editWebhook: { path, body: { ...body, status: 'paused' }, response: { webhook: { ...webhook, status: 'paused' } } },
  deleteWebhook: { path, response: { deleted: path.webhook } },
  testWebhook: { path, response: { ok: true, status: 204, error: null } },
  rotateWebhook: { path, body: { overlapHours: 48 }, response: { secret, previousUntil: '2026-03-02T06:00:00.000Z' } },
  listDeliveries: {
    path, query: { limit: '1' },
    response: {
      messages: [{ id: 'msg_0f3c6a1e9b2d4f5a8c7e6d5b4a392817', event: 'segment.entered', state: 'delivered', attempts: 1, createdAt: '2026-02-28T18:05:01.000Z', nextAttemptAt: null, finishedAt: '2026-02-28T18:05:03.000Z', lastStatus: 204, lastError: null }], next: '17',
    },
  },
  resendDeliveries: { path, body: {}, response: { messages: 0 } },
};
