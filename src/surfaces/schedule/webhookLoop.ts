/** Sends webhooks while a server runs. What is due is read from the outbox, so a missed or doubled round changes nothing. */
import { deliverWebhooks } from '../../jobs/webhooks/deliver.ts';
import type { WebhookDeps } from '../../jobs/webhooks/deliver.ts';

export interface WebhookLoop {
  /** No further rounds; ends the one under way. */
  stop(): Promise<void>;
}

const EVERY_MS = 5_000;

export function keepDelivering(deps: WebhookDeps, onError: (error: unknown) => void, everyMs = EVERY_MS): WebhookLoop {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    try {
      await deliverWebhooks({ ...deps, signal: stopped.signal });
    } catch (error) {
      onError(error);
    }
    if (!stopped.signal.aborted) plan();
  };
  const plan = (): void => {
    timer = setTimeout(() => { working = round(); }, everyMs);
    timer.unref();
  };
  plan();
  return {
    async stop() {
      stopped.abort();
      clearTimeout(timer);
      await working;
    },
  };
}
