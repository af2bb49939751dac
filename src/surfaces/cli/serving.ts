/** Starts the HTTP API over an open app and keeps it until it is told to stop. */
import { pino } from 'pino';
import type { App } from '../../app.ts';
import { createHttpServer } from '../http/index.ts';
import type { ServerOptions } from '../http/index.ts';

export interface Serving {
  readonly url: string;
  close(): Promise<void>;
}

export async function startServing(app: App, options: Pick<ServerOptions, 'host' | 'port' | 'allowedHosts'>): Promise<Serving> {
  const server = createHttpServer(app, { ...options, log: pino({ level: 'info' }, pino.destination(2)) });
  const { url } = await server.listen();
  return { url, close: () => server.close() };
}
