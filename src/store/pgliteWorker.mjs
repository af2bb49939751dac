// @ts-check
/**
 * The embedded database in a thread of its own: bytes of the PostgreSQL wire protocol in, bytes out, one request at a time.
 * Plain JavaScript, so that the thread starts the same way under every loader.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

if (parentPort === null) throw new Error('pgliteWorker runs as a worker thread');
const port = parentPort;

/** @type {{ dataDir: string | undefined }} */
const { dataDir } = workerData;

try {
  const database = await (dataDir === undefined ? PGlite.create() : PGlite.create(dataDir));
  port.on('message', (/** @type {{ request?: number, bytes?: Uint8Array, close?: true }} */ request) => {
    void answer(database, request);
  });
  port.postMessage({ ready: true });
} catch (error) {
  port.postMessage({ failed: describe(error) });
}

/**
 * @param {PGlite} database
 * @param {{ request?: number, bytes?: Uint8Array, close?: true }} request
 */
async function answer(database, request) {
  try {
    if (request.close === true) {
      await database.close();
      port.postMessage({ closed: true });
      port.close();
      return;
    }
    if (request.bytes === undefined) return;
    await database.execProtocolRawStream(request.bytes, {
      syncToFs: false,
      // The buffer belongs to the database's memory: a copy is what may leave the thread.
      onRawData: (data) => {
        const copy = data.slice();
        port.postMessage({ bytes: copy }, [copy.buffer]);
      },
    });
    port.postMessage({ done: request.request });
  } catch (error) {
    port.postMessage({ failed: describe(error) });
  }
}

/** @param {unknown} error */
function describe(error) {
  return { message: error instanceof Error ? error.message : String(error), code: /** @type {{ code?: string }} */ (error)?.code ?? '' };
}
