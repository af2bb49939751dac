/** Managing endpoints where it takes more than one change: with what there is to tell, and a trial. */
import { randomBytes } from 'node:crypto';
import { setCursor } from '../../store/repositories/webhookOutbox.ts';
import type { Webhook } from '../../store/repositories/webhooks.ts';
import type { Sent } from '../../webhooks/send.ts';
import { createWebhook, editWebhook, webhookNamed } from '../../webhooks/subscriptions.ts';
import type { WebhookInput } from '../../webhooks/subscriptions.ts';
import { attempt } from './deliver.ts';
import type { WebhookDeps } from './deliver.ts';
import { FEEDS } from './allFeeds.ts';
import { eventsOf } from './feeds.ts';

/** A new endpoint is told of what happens from now on. @throws AppError as `createWebhook` does */
export async function subscribe(deps: WebhookDeps, input: WebhookInput, actor: string): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
  const feeds = deps.feeds ?? FEEDS;
  const ends = await Promise.all(feeds.cursors.map(async (feed) => [feed.event, await feed.end(deps.store.db)] as const));
  return createWebhook(deps.store, deps.webhooks, input, actor, eventsOf(feeds), Object.fromEntries(ends));
}

/** A feed that is added begins at its end; one that was there goes on where it stood. @throws AppError as `editWebhook` does */
export async function resubscribe(deps: WebhookDeps, webhookId: string, change: Partial<WebhookInput>, actor: string): Promise<Webhook> {
  const feeds = deps.feeds ?? FEEDS;
  const before = await webhookNamed(deps.store, webhookId);
  const after = await editWebhook(deps.store, deps.webhooks, webhookId, change, actor, eventsOf(feeds));
  for (const feed of feeds.cursors) {
    if (after.events.includes(feed.event) && !before.events.includes(feed.event)) await setCursor(deps.store.db, webhookId, feed.event, await feed.end(deps.store.db));
  }
  return after;
}

/** Sends one signed message that tells of nobody, past the outbox, whatever the endpoint's status. @throws AppError `not_found` */
export async function tryWebhook(deps: WebhookDeps, webhookId: string): Promise<Sent> {
  const webhook = await webhookNamed(deps.store, webhookId);
  return attempt(deps, webhook, `msg_${randomBytes(16).toString('hex')}`, 'webhook.test', { webhook: webhookId }, deps.clock.now());
}
