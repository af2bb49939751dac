/** The embedded database as a resource: one worker thread, one session, a wall-clock limit per statement, reopened after a failure. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../base/errors.ts';
import { statementError } from './connectionErrors.ts';
import { PgliteStream } from './pgliteStream.ts';

/** What the worker sends back. */
interface Reply {
  readonly ready?: true;
  /** Number of the request that is finished: its answer may have led to the next request already. */
  readonly done?: number;
  readonly closed?: true;
  readonly bytes?: Uint8Array;
  readonly failed?: { readonly message: string; readonly code: string };
}

export interface EmbeddedDatabase {
  /** A stream for the pg driver; opens the database when it is not open. Only one may be in use at a time. */
  connect(): Promise<PgliteStream>;
  close(): Promise<void>;
}

interface Session {
  readonly worker: Worker;
  stream: PgliteStream | undefined;
  watchdog: NodeJS.Timeout | undefined;
  /** Number of the newest request. */
  request: number;
  /** Why the worker is gone, when it is. */
  over: Error | undefined;
}

export interface EmbeddedOptions {
  /** Folder of the database files; absent: in memory. */
  readonly folder?: string;
  readonly statementTimeoutMs: number;
}

function failure(reply: { readonly message: string; readonly code: string }): Error {
  const error = Object.assign(new Error(reply.message), { code: reply.code });
  const known = statementError(error);
  if (known instanceof AppError) return known;
  return new AppError('store_unavailable', 'The embedded database failed and has to be opened again.', { hint: 'Run the command again; `tagcast doctor` checks the store.', cause: error });
}

/** The database opens with the first connection. */
export function embeddedDatabase(options: EmbeddedOptions): EmbeddedDatabase {
  let session: Promise<Session> | undefined;

  const end = (current: Session, reason: Error): void => {
    if (current.over !== undefined) return;
    current.over = reason;
    clearTimeout(current.watchdog);
    current.stream?.destroy(reason);
    if (options.folder !== undefined) session = undefined;
  };

  const receive = (current: Session, reply: Reply): void => {
    if (reply.bytes !== undefined) current.stream?.push(Buffer.from(reply.bytes.buffer, reply.bytes.byteOffset, reply.bytes.byteLength));
    if (reply.done === current.request) clearTimeout(current.watchdog);
    if (reply.failed !== undefined) {
      end(current, failure(reply.failed));
      void current.worker.terminate();
    }
  };

  const open = (): Promise<Session> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./pgliteWorker.mjs', import.meta.url), { workerData: { dataDir: options.folder }, execArgv: [] });
      const current: Session = { worker, stream: undefined, watchdog: undefined, request: 0, over: undefined };
      worker.once('message', (first: Reply) => {
        if (first.ready === true) {
          worker.on('message', (reply: Reply) => receive(current, reply));
          resolve(current);
        } else {
          reject(failure(first.failed ?? { message: 'no answer', code: '' }));
          void worker.terminate();
        }
      });
      worker.once('error', (error: unknown) => {
        const reason = failure({ message: error instanceof Error ? error.message : String(error), code: '' });
        reject(reason);
        end(current, reason);
      });
      worker.once('exit', () => {
        const reason = failure({ message: 'the thread of the embedded database ended', code: '' });
        reject(reason);
        end(current, reason);
      });
    });

  const stop = (current: Session): void => {
    const seconds = options.statementTimeoutMs / 1000;
    const lost = options.folder === undefined ? ' The store was in memory: its content is gone.' : '';
    end(current, new AppError('store_unavailable', `A statement ran longer than ${seconds} s and was stopped.${lost}`, { hint: 'Run the command again; if it stays slow, run `tagcast doctor`.' }));
    void current.worker.terminate();
  };

  return {
    async connect() {
      session ??= open().catch((error: unknown) => {
        session = undefined;
        throw error;
      });
      const current = await session;
      if (current.over !== undefined) throw current.over;
      current.stream?.destroy();
      const stream = new PgliteStream({
        send(batch) {
          if (current.over !== undefined) return;
          clearTimeout(current.watchdog);
          current.watchdog = setTimeout(() => stop(current), options.statementTimeoutMs);
          current.request += 1;
          current.worker.postMessage({ request: current.request, bytes: batch }, [batch.buffer]);
        },
        release() {
          if (current.stream === stream) current.stream = undefined;
        },
      });
      current.stream = stream;
      return stream;
    },
    async close() {
      if (session === undefined) return;
      const current = await session;
      session = undefined;
      if (current.over !== undefined) return;
      current.over = new AppError('store_unavailable', 'The store is closed.');
      clearTimeout(current.watchdog);
      current.stream?.destroy();
      await new Promise<void>((resolve) => {
        current.worker.once('exit', () => resolve());
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
        current.worker.postMessage({ close: true });
      });
    },
  };
}
