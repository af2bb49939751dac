/** Trains preferences in a thread of their own and keeps the version. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { Bilingual } from '../../base/text.ts';
import type { LocalDate } from '../../base/time.ts';
import { checkArtefact, decodeArtefact, encodeArtefact } from '../../estimators/codec.ts';
import { preferenceSchema } from '../../estimators/preference/artefact.ts';
import type { PreferenceArtefact } from '../../estimators/preference/artefact.ts';
import { suggesterOf } from '../../estimators/preference/suggest.ts';
import { NEWEST_SERVES } from '../../registry/newestServes.ts';
import { savePreferences } from '../../registry/preferences.ts';
import type { PreferenceChecks } from '../../registry/preferences.ts';
import type { PreferenceReport, TrainedPreferences } from '../../training/preference/train.ts';
import type { PreferenceTask } from './task.ts';
import type { TrainingDeps } from '../training/job.ts';

/** Name under which `tagcast train` knows them. */
export const PREFERENCES = 'preferences';

const GOLDEN_HISTORIES = 5;
const GOLDEN_SUGGESTIONS = 5;

/** Suggestions for histories of two popular products each, made up from the artefact alone: no customer's history is stored. */
function goldenOf({ products }: PreferenceArtefact): readonly (readonly string[])[] {
  if (products === null) return [];
  const { model, durable, method, ranker } = products;
  const suggester = suggesterOf(model, durable);
  return Array.from({ length: Math.min(GOLDEN_HISTORIES, model.names.length - 1) }, (_, i) => {
    const items = Int32Array.of(model.popularOrder[i], model.popularOrder[i + 1]).sort();
    return suggester.offer(method, { items, days: Int32Array.of(0, 7) }, 14, GOLDEN_SUGGESTIONS, ranker ?? undefined).map(({ item }) => model.names[item]);
  });
}

export const PREFERENCE_CHECKS: PreferenceChecks = {
  encode: (artefact) => encodeArtefact(checkArtefact(artefact, preferenceSchema)),
  decode: (text) => decodeArtefact(text, preferenceSchema),
  golden: goldenOf,
};

export type PreferenceOutcome =
  | { readonly ok: true; readonly version: number; readonly report: PreferenceReport; readonly whyItServes: Bilingual }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly hint?: string; readonly details: Readonly<Record<string, unknown>> };

type Message = { readonly kind: 'step'; readonly step: string } | ({ readonly kind: 'done' } & TrainedPreferences)
  | { readonly kind: 'failed'; readonly error: { code: ErrorCode; message: string; hint?: string; details: Record<string, unknown> }; readonly stack: string };

/** Steps of a training, for the bar only. */
const STEPS = 7;

/** Trains from the snapshot as it is. Too few data are an outcome with its reason. @throws AppError `cancelled`, `artefact_invalid`. */
export async function trainPreferencesNow(deps: Pick<TrainingDeps, 'store' | 'snapshotDir' | 'timeZone' | 'progress' | 'signal'>, args: { readonly end: LocalDate; readonly seed: number }): Promise<PreferenceOutcome> {
  const task: PreferenceTask = { snapshotDir: deps.snapshotDir, timeZone: deps.timeZone, ...args };
  let steps = 0;
  const answer = await runInThread(task, deps.signal, (step) => { deps.progress({ step: 'preferences', done: Math.min(STEPS, steps++), total: STEPS, detail: step }); });
  deps.progress({ step: 'preferences', done: STEPS, total: STEPS });
  if ('error' in answer) return { ok: false, ...answer.error };
  const { version } = await savePreferences(deps.store, answer, PREFERENCE_CHECKS);
  return { ok: true, version, report: answer.report, whyItServes: NEWEST_SERVES.preferences };
}

function runInThread(task: PreferenceTask, signal: AbortSignal | undefined, onStep: (step: string) => void): Promise<TrainedPreferences | { readonly error: Extract<Message, { kind: 'failed' }>['error'] }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: task, execArgv: [] });
    const cancel = (): void => {
      void worker.terminate();
      reject(new AppError('cancelled', 'Training preferences was cancelled.', { hint: 'Run `tagcast train preferences` again.' }));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    worker.on('message', (message: Message) => {
      if (message.kind === 'step') onStep(message.step);
      else if (message.kind === 'done') resolve({ artefact: message.artefact, report: message.report });
      else if (message.error.code === 'internal') reject(new Error(message.stack));
      else resolve({ error: message.error });
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', cancel);
      reject(new AppError('internal', `The training thread ended with code ${code} before it answered.`, { hint: 'Look at the free memory, and run `tagcast train preferences` again.' }));
    });
  });
}
