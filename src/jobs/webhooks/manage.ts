/** Managing endpoints where it takes more than one change: with what there is to tell, and a trial. */
import { randomBytes } from 'node:crypto';
import type { Webhook } from '../../store/repositories/webhooks.ts';
import type { Sent } from '../../webhooks/send.ts';
import { createWebhook, editWebhook, webhookNamed } from '../../webhooks/subscriptions.ts';
import type { WebhookInput } from '../../webhooks/subscriptions.ts';
import { attempt } from './deliver.ts';
import type { WebhookDeps } from './deliver.ts';
import { eventsOf, FEEDS } from './feeds.ts';

/** A new endpoint is told of what happens from now on. @throws AppError as `createWebhook` does */
export async function subscribe(deps: WebhookDeps, input: WebhookInput, actor: string): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
  const feeds = deps.feeds ?? FEEDS;
  const ends = await Promise.all(feeds.cursors.map(async (feed) => [feed.event, await feed.end(deps.store.db)] as const));
  return createWebhook(deps.store, deps.webhooks, input, actor, eventsOf(feeds), Object.fromEntries(ends));
}

/** @throws AppError as `editWebhook` does */
export async function resubscribe(deps: WebhookDeps, webhookId: string, change: Partial<WebhookInput>, actor: string): Promise<Webhook> {
  return editWebhook(deps.store, deps.webhooks, webhookId, change, actor, eventsOf(deps.feeds ?? FEEDS));
}

/** Sends one signed message that tells of nobody, past the outbox, whatever the endpoint's status. @throws AppError `not_found` */
export async function tryWebhook(deps: WebhookDeps, webhookId: string): Promise<Sent> {
  const webhook = await webhookNamed(deps.store, webhookId);
  return attempt(deps, webhook, `msg_${randomBytes(16).toString('hex')}`, 'webhook.test', { webhook: webhookId }, deps.clock.now());
}
