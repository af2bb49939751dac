/** Entry of a thread that trains preferences: registers the TypeScript loader, then runs the task it was given. */
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const [{ runPreferenceTask }, { describeError }] = await Promise.all([import('./task.ts'), import('../../base/errors.ts')]);
try {
  const trained = await runPreferenceTask(workerData, (step) => parentPort.postMessage({ kind: 'step', step }));
  parentPort.postMessage({ kind: 'done', ...trained });
} catch (error) {
  parentPort.postMessage({ kind: 'failed', error: describeError(error), stack: error instanceof Error ? error.stack : String(error) });
}
