/** Entry of a thread that learns from an experiment: registers the TypeScript loader, then runs the task it was given. */
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const [{ runUpliftTask }, { describeError }] = await Promise.all([import('./task.ts'), import('../../base/errors.ts')]);
try {
  parentPort.postMessage({ trained: runUpliftTask(workerData) });
} catch (error) {
  parentPort.postMessage({ error: describeError(error), stack: error instanceof Error ? error.stack : String(error) });
}
