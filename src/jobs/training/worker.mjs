/** Entry of a training thread: registers the TypeScript loader, then runs the task it was given. */
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const [{ runTrainingTask }, { describeError }, { modelsFor, VISIT_MODELS }, { featuresFor }] = await Promise.all([
  import('./task.ts'),
  import('../../base/errors.ts'),
  import('../../../models/index.ts'),
  import('../../../features/index.ts'),
]);
try {
  const trained = await runTrainingTask(workerData, { models: [...modelsFor(workerData.contracts), ...VISIT_MODELS], features: featuresFor(workerData.contracts) }, {
    onStep: (horizonDays, step) => parentPort.postMessage({ kind: 'step', horizonDays, step }),
    now: () => performance.now(),
  });
  parentPort.postMessage({ kind: 'done', ...trained });
} catch (error) {
  parentPort.postMessage({ kind: 'failed', error: describeError(error), stack: error instanceof Error ? error.stack : String(error) });
}
