/** Webhooks: endpoints made, changed, tried, and what was sent to them. */
import type { z } from 'zod';
import { resubscribe, subscribe, tryWebhook } from '../../../jobs/webhooks/manage.ts';
import { listMessages } from '../../../store/repositories/webhookOutbox.ts';
import { listWebhooks } from '../../../store/repositories/webhooks.ts';
import type { Webhook } from '../../../store/repositories/webhooks.ts';
import { removeWebhook, resendMessages, rotateWebhook, webhookNamed } from '../../../webhooks/subscriptions.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type {
  deliveriesQuery, deliveriesSchema, resendBody, resentSchema, rotateBody, rotatedSchema, testedSchema, webhookBody, webhookDeletedSchema, webhookEditedSchema, webhookListSchema, webhookMadeSchema, webhookParams, webhookSchema,
} from '../schemas/webhooks.ts';

type WebhookCall<Query = unknown, Body = unknown> = Call<z.output<typeof webhookParams>, Query, Body>;

function view({ webhookId, events, createdAt, updatedAt, ...rest }: Webhook): z.input<typeof webhookSchema> {
  return { ...rest, id: webhookId, events: [...events], createdAt: instantText(createdAt), updatedAt: instantText(updatedAt) };
}

export async function readWebhooks(_call: unknown, deps: AppDeps): Promise<z.input<typeof webhookListSchema>> {
  return { webhooks: (await listWebhooks(deps.store.db)).map(view) };
}

export async function makeWebhook({ body, caller, signal }: Call<unknown, unknown, z.output<typeof webhookBody>>, deps: AppDeps): Promise<z.input<typeof webhookMadeSchema>> {
  const { webhook, secret } = await subscribe(deps.webhooks({ signal }), body, actorOf(caller));
  return { webhook: view(webhook), secret };
}

export async function changeWebhook({ params, body, caller, signal }: WebhookCall<unknown, z.output<typeof webhookBody>>, deps: AppDeps): Promise<z.input<typeof webhookEditedSchema>> {
  return { webhook: view(await resubscribe(deps.webhooks({ signal }), params.webhook, body, actorOf(caller))) };
}

export async function dropWebhook({ params, caller }: WebhookCall, deps: AppDeps): Promise<z.input<typeof webhookDeletedSchema>> {
  await removeWebhook(deps.store, params.webhook, actorOf(caller));
  return { deleted: params.webhook };
}

export async function testOneWebhook({ params, signal }: WebhookCall, deps: AppDeps): Promise<z.input<typeof testedSchema>> {
  const sent = await tryWebhook(deps.webhooks({ signal }), params.webhook);
  return { ok: sent.ok, status: 'status' in sent ? sent.status : null, error: 'error' in sent ? sent.error : null };
}

export async function rotateOneWebhook({ params, body, caller }: WebhookCall<unknown, z.output<typeof rotateBody>>, deps: AppDeps): Promise<z.input<typeof rotatedSchema>> {
  const { secret, previousUntil } = await rotateWebhook(deps.store, deps.webhookSettings, params.webhook, actorOf(caller), body.overlapHours);
  return { secret, previousUntil: instantText(previousUntil) };
}

export async function readDeliveries({ params, query: { state, limit = 50, before } }: WebhookCall<z.output<typeof deliveriesQuery>>, deps: AppDeps): Promise<z.input<typeof deliveriesSchema>> {
  await webhookNamed(deps.store, params.webhook);
  const messages = await listMessages(deps.store.db, params.webhook, { limit, ...(state === undefined ? {} : { state }), ...(before === undefined ? {} : { before: Number(before) }) });
  return {
    messages: messages.map(({ messageId, event, state: now, attempts, createdAt, nextAttemptAt, finishedAt, lastStatus, lastError }) => ({
      id: messageId, event, state: now, attempts, createdAt: instantText(createdAt), nextAttemptAt: now === 'pending' ? instantText(nextAttemptAt) : null, finishedAt: finishedAt === null ? null : instantText(finishedAt), lastStatus, lastError,
    })),
    next: messages.length === limit ? String(messages.at(-1)?.seq) : null,
  };
}

export async function resendToWebhook({ params, body, caller }: WebhookCall<unknown, z.output<typeof resendBody>>, deps: AppDeps): Promise<z.input<typeof resentSchema>> {
  return { messages: await resendMessages(deps.store, params.webhook, body.message, actorOf(caller)) };
}
