/** Starts the HTTP API over an open app, with the sending of webhooks beside it, and keeps both until told to stop. */
import { pino } from 'pino';
import type { App } from '../../app.ts';
import { describeError } from '../../base/errors.ts';
import { createHttpServer } from '../http/index.ts';
import type { ServerOptions } from '../http/index.ts';
import { keepDelivering } from '../schedule/webhookLoop.ts';

export interface Serving {
  readonly url: string;
  close(): Promise<void>;
}

export async function startServing(app: App, options: Pick<ServerOptions, 'host' | 'port' | 'allowedHosts'>): Promise<Serving> {
  const log = pino({ level: 'info' }, pino.destination(2));
  const server = createHttpServer(app, { ...options, log });
  const { url } = await server.listen();
  const loop = keepDelivering(app.webhooks({}), (error) => { log.error({ code: describeError(error).code }, 'webhooks could not be sent; tried again'); });
  return {
    url,
    async close() {
      await server.close();
      await loop.stop();
    },
  };
}
