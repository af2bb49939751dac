/** Entry of a scoring thread: registers the TypeScript loader, then answers one request after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const [{ scoringThread }, { ESTIMATORS }, { AppError, describeError }] = await Promise.all([import('./thread.ts'), import('../../estimators/index.ts'), import('../../base/errors.ts')]);
const score = scoringThread(workerData, ESTIMATORS);
parentPort.on('message', (request) => {
  try {
    parentPort.postMessage({ id: request.id, scores: score(request) });
  } catch (error) {
    parentPort.postMessage({ id: request.id, error: error instanceof AppError ? describeError(error) : undefined, stack: error instanceof Error ? error.stack : String(error) });
  }
});
