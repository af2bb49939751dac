/** Learns in a thread of its own, so that a server goes on answering; a cancelled one ends at once. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { TrainedUplift } from '../../training/uplift/train.ts';
import type { UpliftTask } from './task.ts';

type Answer = { readonly trained: TrainedUplift } | { readonly error: { code: ErrorCode; message: string; hint?: string; details: Readonly<Record<string, unknown>> }; readonly stack: string };

/** @throws AppError what the task threw, `cancelled`. */
export function trainInThread(task: UpliftTask, signal: AbortSignal | undefined): Promise<TrainedUplift> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: task, execArgv: [] });
    const cancel = (): void => {
      void worker.terminate();
      reject(new AppError('cancelled', 'The evaluation was cancelled.', { hint: 'Run `tagcast experiment evaluate` again.' }));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    worker.on('message', (answer: Answer) => {
      if ('trained' in answer) resolve(answer.trained);
      else if (answer.error.code === 'internal') reject(new Error(answer.stack));
      else reject(new AppError(answer.error.code, answer.error.message, { details: answer.error.details, ...(answer.error.hint === undefined ? {} : { hint: answer.error.hint }) }));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', cancel);
      reject(new AppError('internal', `The thread ended with code ${code} before it answered.`, { hint: 'Look at the free memory, and run `tagcast experiment evaluate` again.' }));
    });
  });
}
