/** Starts and stops the HTTP server. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { AppError } from '../../base/errors.ts';
import { listApiKeys } from '../../store/repositories/apiKeys.ts';
import { isLoopback } from './address.ts';
import { createApplication } from './application.ts';
import type { ServerState } from './application.ts';
import type { AppDeps } from './deps.ts';
import { DEFAULTS } from './options.ts';
import type { ServerOptions } from './options.ts';
import { ROUTES } from './routes.ts';

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Where people find it, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
}

export interface HttpServer {
  /**
   * @throws AppError `forbidden` for an address that is not loopback while there is no key, `conflict` when the port is taken, `invalid_input` for an address of another machine.
   */
  listen(): Promise<Listening>;
  /** Takes no new requests, lets those in flight finish (at most `graceMs`), and leaves the store open: it belongs to the caller. */
  close(): Promise<void>;
}

async function hasKey(deps: AppDeps): Promise<boolean> {
  const now = deps.clock.now();
  return (await listApiKeys(deps.store.db)).some(({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > now));
}

function openToOthers(host: string): AppError {
  return new AppError('forbidden', `The server does not listen on ${host.slice(0, 80)} while there is no API key.`, { hint: 'Make a key first: `tagcast keys create --name ops --role admin`, or listen on 127.0.0.1.' });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  if (error.code === 'EADDRINUSE') return new AppError('conflict', `Port ${port} on ${host} is taken by another process.`, { hint: 'Stop that process, or choose another port: `tagcast serve --port`.', cause: error });
  if (error.code === 'EACCES') return new AppError('invalid_input', `This user may not listen on port ${port}.`, { hint: 'Choose a port above 1023: `tagcast serve --port`.', cause: error });
  return new AppError('invalid_input', `The server cannot listen on ${host.slice(0, 80)}, port ${port}.`, { hint: 'Use an address of this machine: `tagcast serve --host 127.0.0.1`.', cause: error });
}

function bind(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(listenError(error, host, port));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.removeListener('error', failed);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** What cannot be read as HTTP gets the same shape of answer as everything else. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return;
  const [status, code] = error.code === 'HPE_HEADER_OVERFLOW' ? ['431 Request Header Fields Too Large', 'payload_too_large'] : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? ['408 Request Timeout', 'invalid_input'] : ['400 Bad Request', 'invalid_input'];
  const body = JSON.stringify({ error: { code, message: 'The request could not be read as HTTP.', hint: 'See /docs for what this server takes.', requestId: '-' } });
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}

export function createHttpServer(deps: AppDeps, options: ServerOptions = {}): HttpServer {
  const host = options.host === undefined || options.host === '' ? DEFAULTS.host : options.host;
  const state: ServerState = { host, closing: false };
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000 }, createApplication(ROUTES, deps, options, state));
  server.on('clientError', refuseMalformed);
  let closed: Promise<void> | undefined;

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      state.closing = true;
      if (!server.listening) {
        resolve();
        return;
      }
      const cut = setTimeout(() => server.closeAllConnections(), options.graceMs ?? DEFAULTS.graceMs);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      server.closeIdleConnections();
    });

  return {
    async listen() {
      if (!isLoopback(host) && !(await hasKey(deps))) throw openToOthers(host);
      const { address, port, family } = await bind(server, host, options.port ?? DEFAULTS.port);
      // A name such as localhost may be pointed elsewhere by the machine's own settings.
      if (!isLoopback(address) && !(await hasKey(deps))) {
        await close();
        throw openToOthers(address);
      }
      state.host = address;
      const shown = family === 'IPv6' ? `[${address}]` : address;
      options.log?.info({ port }, 'listening');
      return { host: address, port, url: `http://${shown}:${port}` };
    },
    close: () => (closed ??= close()),
  };
}
