/** Who scores: this thread, or several beside it. Either way the same function over the same rows, so the same bytes. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { FeatureMatrix } from '../../features/matrix.ts';
import type { LoadedModel } from '../../scoring/model.ts';
import { wordOf } from '../../scoring/reasons.ts';
import { scoreFeatures } from '../../scoring/scoreFeatures.ts';
import type { ModelScores, ScoreOptions } from '../../scoring/scoreFeatures.ts';
import type { ScoringRequest, ScoringThreadSetup } from './thread.ts';

export interface Scorer {
  /** Scores of every model, in the order of the models. */
  score(features: FeatureMatrix): Promise<readonly ModelScores[]>;
  close(): Promise<void>;
}

export function scorerHere(models: readonly LoadedModel[], options: ScoreOptions): Scorer {
  return { score: (features) => Promise.resolve(models.map((model) => scoreFeatures(model, features, options))), close: () => Promise.resolve() };
}

interface Waiting {
  readonly resolve: (scores: ModelScores) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

type Answer = { readonly id: number } & ({ readonly scores: ModelScores } | { readonly error: { code: ErrorCode; message: string; hint?: string; details: Readonly<Record<string, unknown>> } | undefined; readonly stack: string });

/** Threads that each hold every model and take the one that comes next; the largest models are not known, so each request goes to the thread with the fewest. */
export function scorerInThreads(models: readonly LoadedModel[], options: ScoreOptions, threads: number): Scorer {
  const setup: ScoringThreadSetup = {
    models: models.map(({ name, version, content }) => ({ name, version, content })),
    options: { asOf: options.asOf, words: new Map(Array.from(options.words, ([name, word]) => [name, wordOf(word)])) },
  };
  const pool = Array.from({ length: Math.min(threads, models.length) }, () => startThread(setup));
  let next = 0;
  return {
    score: (features) => Promise.all(models.map((_, model) => {
      const thread = pool.reduce((least, one) => (one.waiting.size < least.waiting.size ? one : least));
      const id = next++;
      return new Promise<ModelScores>((resolve, reject) => {
        thread.waiting.set(id, { resolve, reject });
        thread.worker.postMessage({ id, model, features } satisfies ScoringRequest);
      });
    })),
    close: async () => { await Promise.all(pool.map(({ worker }) => worker.terminate())); },
  };
}

function startThread(setup: ScoringThreadSetup): Thread {
  const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: setup, execArgv: [] });
  const waiting = new Map<number, Waiting>();
  const failAll = (error: unknown): void => {
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
  };
  worker.on('message', (answer: Answer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('scores' in answer) one?.resolve(answer.scores);
    else one?.reject(answer.error === undefined ? new Error(answer.stack) : new AppError(answer.error.code, answer.error.message, { details: answer.error.details, ...(answer.error.hint === undefined ? {} : { hint: answer.error.hint }) }));
  });
  worker.on('error', failAll);
  worker.on('exit', (code) => { failAll(new AppError('internal', `A scoring thread ended with code ${code} before it answered.`, { hint: 'Look at the free memory, and run `tagcast score` again: it goes on from the last chunk.' })); });
  return { worker, waiting };
}
