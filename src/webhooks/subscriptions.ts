/** Endpoints: made, changed, their secrets replaced, deleted. Each is one audited change; a secret is shown once, when it is made. */
import { randomBytes } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import type { Store } from '../store/connection.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { findSegment } from '../store/repositories/segments.ts';
import { deleteWebhook, findWebhook, insertWebhook, listWebhooks, rotateSecret, updateWebhook } from '../store/repositories/webhooks.ts';
import type { Webhook } from '../store/repositories/webhooks.ts';
import { requeueMessages } from '../store/repositories/webhookOutbox.ts';
import { addressesOf, parseTarget } from './address.ts';
import type { AllowedHost, Resolve } from './address.ts';
import { seal } from './secretBox.ts';
import { systemResolve } from './send.ts';
import { makeSecret } from './sign.ts';

/** What the installation says about webhooks. */
export interface WebhookSettings {
  /** 32 bytes that secrets are kept under; asked for when one is needed. */
  readonly key: () => Buffer;
  readonly allowed: readonly AllowedHost[];
  readonly resolve?: Resolve;
}

export interface WebhookInput {
  readonly url: string;
  readonly description?: string;
  readonly events: readonly string[];
  /** Absent or null: every segment. */
  readonly segment?: string | null;
  readonly status?: Webhook['status'];
}

const MOST_WEBHOOKS = 100;
/** How long the secret before stays good, in hours. */
export const DEFAULT_OVERLAP_HOURS = 24;

/** The same check for a new address and for a changed one. */
async function checkInput(store: Store, settings: WebhookSettings, { url, events, segment }: WebhookInput, known: readonly string[]): Promise<void> {
  await addressesOf(parseTarget(url, settings.allowed), settings.allowed, settings.resolve ?? systemResolve);
  const unknown = events.filter((event) => !known.includes(event));
  if (events.length === 0 || unknown.length > 0) throw new AppError('invalid_input', events.length === 0 ? 'A webhook needs at least one event.' : `There is no event ${unknown.map((event) => `"${event.slice(0, 40)}"`).join(', ')}.`, { hint: `Events are ${known.join(', ')}.` });
  if (segment !== undefined && segment !== null && (await findSegment(store.db, segment)) === undefined) throw new AppError('not_found', `There is no segment "${segment.slice(0, 64)}".`, { hint: 'Run `tagcast segment saved`.' });
}

async function audit(store: Store, actor: string, action: string, webhookId: string, details: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await recordAudit(store.db, { at: store.clock.now(), actor, action: `webhook.${action}`, object: webhookId, details });
}

/** @throws AppError `not_found` */
export async function webhookNamed(store: Store, webhookId: string): Promise<Webhook> {
  const found = await findWebhook(store.db, webhookId);
  if (found === undefined) throw new AppError('not_found', 'There is no such webhook.', { hint: 'Run `tagcast webhook list`.' });
  return found;
}

/**
 * @param known events that there are
 * @param cursors where feeds with a cursor begin
 * @returns the webhook and its secret, which is not shown again
 * @throws AppError `invalid_input`, `not_found`, `conflict` beyond the most webhooks
 */
export async function createWebhook(store: Store, settings: WebhookSettings, input: WebhookInput, actor: string, known: readonly string[], cursors: Readonly<Record<string, number>> = {}): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
  await checkInput(store, settings, input, known);
  if ((await listWebhooks(store.db)).length >= MOST_WEBHOOKS) throw new AppError('conflict', `There are ${MOST_WEBHOOKS} webhooks already.`, { hint: 'Delete one that is not needed any more: `tagcast webhook list`.' });
  const webhookId = `wh_${randomBytes(8).toString('hex')}`;
  const secret = makeSecret();
  await insertWebhook(store.db, {
    webhookId, url: input.url, description: input.description ?? '', events: [...new Set(input.events)].sort(), segment: input.segment ?? null, status: input.status ?? 'enabled', createdBy: actor,
    secret: seal(settings.key(), webhookId, secret), at: store.clock.now(),
  }, Object.fromEntries(Object.entries(cursors).filter(([event]) => input.events.includes(event))));
  await audit(store, actor, 'created', webhookId, { host: new URL(input.url).hostname, events: input.events, segment: input.segment ?? null });
  return { webhook: await webhookNamed(store, webhookId), secret };
}

/** @throws AppError `not_found`, `invalid_input` */
export async function editWebhook(store: Store, settings: WebhookSettings, webhookId: string, change: Partial<WebhookInput>, actor: string, known: readonly string[]): Promise<Webhook> {
  const before = await webhookNamed(store, webhookId);
  const input = { ...before, ...change };
  await checkInput(store, settings, input, known);
  await updateWebhook(store.db, webhookId, { url: input.url, description: input.description, events: [...new Set(input.events)].sort(), segment: input.segment, status: input.status }, store.clock.now());
  await audit(store, actor, 'edited', webhookId, { host: new URL(input.url).hostname, events: input.events, status: input.status });
  return webhookNamed(store, webhookId);
}

/** A new secret; the one before signs beside it for `overlapHours`, so that receivers can change over. @throws AppError `not_found` */
export async function rotateWebhook(store: Store, settings: WebhookSettings, webhookId: string, actor: string, overlapHours = DEFAULT_OVERLAP_HOURS): Promise<{ readonly secret: string; readonly previousUntil: number }> {
  await webhookNamed(store, webhookId);
  if (!(overlapHours >= 0 && overlapHours <= 720)) throw new AppError('invalid_input', 'The secret before can stay good for 0 to 720 hours.', { hint: 'Leave it out for a day.' });
  const secret = makeSecret();
  const at = store.clock.now();
  const previousUntil = at + overlapHours * 3_600_000;
  await rotateSecret(store.db, webhookId, seal(settings.key(), webhookId, secret), previousUntil, at);
  await audit(store, actor, 'rotated', webhookId, { overlapHours });
  return { secret, previousUntil };
}

/** With what waits for it. @throws AppError `not_found` */
export async function removeWebhook(store: Store, webhookId: string, actor: string): Promise<void> {
  await webhookNamed(store, webhookId);
  await deleteWebhook(store.db, webhookId);
  await audit(store, actor, 'deleted', webhookId);
}

/** Sends one message again, whatever became of it, or every dead one. @throws AppError `not_found` */
export async function resendMessages(store: Store, webhookId: string, messageId: string | undefined, actor: string): Promise<number> {
  await webhookNamed(store, webhookId);
  const messages = await requeueMessages(store.db, webhookId, messageId, store.clock.now());
  if (messageId !== undefined && messages === 0) throw new AppError('not_found', 'The webhook has no such message.', { hint: `Run \`tagcast webhook deliveries ${webhookId}\`.` });
  await audit(store, actor, 'resent', webhookId, { messages });
  return messages;
}
