/**
 * Sends what waits in the outbox: endpoints beside each other, the messages of one endpoint one after the other. At least once: an attempt is written down after it was made, so whoever is killed
 * in between leaves a message that is sent again under the same id (docs/adr/webhooks.md).
 */
import { randomBytes } from 'node:crypto';
import { describeError, throwIfCancelled } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { seededRandom } from '../../base/random.ts';
import type { Store } from '../../store/connection.ts';
import { claimWebhook, cursorsOf, headMessage, pruneMessages, queueFromCursor, recordAttempt, releaseClaim, renewClaim } from '../../store/repositories/webhookOutbox.ts';
import type { Attempted, WebhookMessage } from '../../store/repositories/webhookOutbox.ts';
import { findWebhook, updateWebhook, webhookSecrets } from '../../store/repositories/webhooks.ts';
import type { Webhook } from '../../store/repositories/webhooks.ts';
import { DEFAULT_RETRIES, nextDelay } from '../../webhooks/backoff.ts';
import type { RetryRules } from '../../webhooks/backoff.ts';
import { unseal } from '../../webhooks/secretBox.ts';
import { sendWebhook } from '../../webhooks/send.ts';
import type { Sent } from '../../webhooks/send.ts';
import { signedHeaders } from '../../webhooks/sign.ts';
import type { WebhookSettings } from '../../webhooks/subscriptions.ts';
import { FEEDS } from './allFeeds.ts';
import type { CursorFeed, Feeds } from './feeds.ts';

export interface WebhookDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Names this process and no other. */
  readonly owner: string;
  readonly webhooks: WebhookSettings;
  readonly feeds?: Feeds;
  readonly retries?: RetryRules;
  readonly timeoutMs?: number;
  readonly leaseMs?: number;
  readonly signal?: AbortSignal;
}

export interface DeliveryReport {
  readonly delivered: number;
  /** Nothing was left to tell. */
  readonly skipped: number;
  /** Will be tried again. */
  readonly failed: number;
  readonly dead: number;
}

const TIMEOUT_MS = 10_000;
/** Longer than an attempt may take, so that a living sender never loses its endpoint. */
const LEASE_MS = 60_000;
const LANES = 4;
const KEEP_MS = 30 * 86_400_000;

/** 410 Gone: the endpoint says that it does not want any more. */
const GONE = 410;

async function secretsOf({ store, clock, webhooks }: WebhookDeps, webhookId: string): Promise<string[]> {
  const sealed = await webhookSecrets(store.db, webhookId);
  if (sealed === undefined) return [];
  const open = (secret: Buffer): string => unseal(webhooks.key(), webhookId, secret);
  const previous = sealed.previousSecret !== null && sealed.previousUntil !== null && sealed.previousUntil > clock.now() ? [open(sealed.previousSecret)] : [];
  return [open(sealed.secret), ...previous];
}

/** @param messageId the same for every attempt */
export async function attempt(deps: WebhookDeps, { webhookId, url }: Pick<Webhook, 'webhookId' | 'url'>, messageId: string, event: string, data: object, createdAt: number): Promise<Sent> {
  const { clock, webhooks, signal } = deps;
  const body = JSON.stringify({ type: event, timestamp: new Date(createdAt).toISOString(), data });
  return sendWebhook({
    url, body, allowed: webhooks.allowed, timeoutMs: deps.timeoutMs ?? TIMEOUT_MS, headers: { ...signedHeaders(await secretsOf(deps, webhookId), messageId, Math.floor(clock.now() / 1000), body) },
    ...(webhooks.resolve === undefined ? {} : { resolve: webhooks.resolve }), ...(signal === undefined ? {} : { signal }),
  });
}

function outcome({ retries = DEFAULT_RETRIES, clock }: WebhookDeps, message: WebhookMessage, sent: Sent): Attempted {
  const [at, attempts] = [clock.now(), message.attempts + 1];
  const said = 'status' in sent ? { status: sent.status } : { error: sent.error };
  if (sent.ok) return { state: 'delivered', attempts, at, ...said };
  if (attempts >= retries.mostAttempts) return { state: 'dead', attempts, at, ...said };
  const delay = nextDelay(retries, attempts, seededRandom('webhook', message.messageId, attempts), 'status' in sent ? sent.retryAfterMs : undefined);
  return { state: 'pending', attempts, nextAttemptAt: at + delay, at, ...said };
}

/** What came of telling; undefined where nothing was left to tell. A part that cannot be composed fails like an endpoint does, and leaves the others alone. */
async function tell(deps: WebhookDeps, webhook: Webhook, message: WebhookMessage): Promise<Sent | undefined> {
  const { queued, cursors } = deps.feeds ?? FEEDS;
  try {
    const data = await [...queued, ...cursors].find(({ event }) => event === message.event)?.compose(deps.store, message.source);
    return data === undefined ? undefined : await attempt(deps, webhook, message.messageId, message.event, data, message.createdAt);
  } catch (error) {
    return { ok: false, error: describeError(error).code };
  }
}

async function deliverOne(deps: WebhookDeps, webhook: Webhook, message: WebhookMessage, token: string): Promise<Attempted['state'] | 'lost'> {
  const { store, clock } = deps;
  const sent = await tell(deps, webhook, message);
  // Told to stop while waiting for the answer: the attempt is not the endpoint's fault and is made again.
  if (sent !== undefined && !sent.ok && deps.signal?.aborted === true) return 'lost';
  const written: Attempted = sent === undefined ? { state: 'skipped', attempts: message.attempts, at: clock.now() } : outcome(deps, message, sent);
  if (sent !== undefined && 'status' in sent && sent.status === GONE) await updateWebhook(store.db, webhook.webhookId, { ...webhook, status: 'paused' }, clock.now());
  return (await recordAttempt(store.db, message.seq, token, written)) ? written.state : 'lost';
}

type Counts = Record<'delivered' | 'skipped' | 'failed' | 'dead', number>;

/** Until nothing of the endpoint is due, or one message has to wait. */
async function deliverTo(deps: WebhookDeps, webhookId: string, token: string, counts: Counts): Promise<void> {
  const { store, clock } = deps;
  while (deps.signal?.aborted !== true) {
    const webhook = await findWebhook(store.db, webhookId);
    const message = webhook?.status === 'enabled' ? await headMessage(store.db, webhookId, clock.now()) : undefined;
    if (webhook === undefined || message === undefined || !(await renewClaim(store.db, webhookId, token, deps.leaseMs ?? LEASE_MS))) return;
    const state = await deliverOne(deps, webhook, message, token);
    if (state === 'lost') return;
    counts[state === 'pending' ? 'failed' : state]++;
    if (state === 'pending') return;
  }
}

/** Moves what a feed has behind an endpoint's position into the outbox. */
async function pumpFeed({ store, clock, signal }: WebhookDeps, feed: CursorFeed, webhookId: string, from: number): Promise<void> {
  for (let at = from; ; ) {
    throwIfCancelled(signal, 'Sending webhooks');
    const part = await feed.next(store.db, at);
    if (part === undefined || !(await queueFromCursor(store.db, webhookId, feed.event, at, part.position, part.source, clock.now()))) return;
    at = part.position;
  }
}

async function pump(deps: WebhookDeps): Promise<void> {
  const { cursors } = deps.feeds ?? FEEDS;
  if (cursors.length === 0) return;
  for (const { webhookId, event, position } of await cursorsOf(deps.store.db)) {
    const feed = cursors.find((one) => one.event === event);
    if (feed !== undefined) await pumpFeed(deps, feed, webhookId, position);
  }
}

/** Sends everything that is due. Safe to run in many processes at once, and to kill. Expected failures of endpoints are counted and not thrown. */
export async function deliverWebhooks(deps: WebhookDeps): Promise<DeliveryReport> {
  const { store, clock } = deps;
  const counts: Counts = { delivered: 0, skipped: 0, failed: 0, dead: 0 };
  await pump(deps);
  const visited: string[] = [];
  const lane = async (): Promise<void> => {
    while (deps.signal?.aborted !== true) {
      const token = `${deps.owner}#${randomBytes(6).toString('hex')}`;
      const webhookId = await claimWebhook(store.db, store.dialect, { token, process: `${deps.owner}#`, leaseMs: deps.leaseMs ?? LEASE_MS, now: clock.now(), except: visited });
      if (webhookId === undefined) return;
      visited.push(webhookId);
      try {
        await deliverTo(deps, webhookId, token, counts);
      } finally {
        await releaseClaim(store.db, webhookId, token);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  // A server asks every few seconds; what is old is looked for only when there was something to do.
  if (counts.delivered + counts.skipped > 0) await pruneMessages(store.db, clock.now() - KEEP_MS);
  return counts;
}
