/** Trains declared models and puts them into the registry: snapshot, threads, versions, gate. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import type { LocalDate } from '../../base/time.ts';
import type { ContractSettings } from '../../training/contractSettings.ts';
import type { ChampionComparison } from '../../training/champion/schema.ts';
import type { ModelDefinition } from '../../training/define.ts';
import type { Imported } from '../../training/imported.ts';
import type { SearchLimit } from '../../training/search/search.ts';
import type { TrainedModel } from '../../training/trained.ts';
import { admitModel, championBytes } from '../../registry/aliases.ts';
import type { Admission } from '../../registry/aliases.ts';
import type { ModelChecks } from '../../registry/envelope.ts';
import { saveModel } from '../../registry/models.ts';
import type { Store } from '../../store/connection.ts';
import { refreshSnapshot } from '../../store/snapshot/refresh.ts';
import type { TrainedWithDiagnostics, TrainingTask } from './task.ts';

export interface TrainingDeps {
  readonly store: Store;
  readonly snapshotDir: string;
  readonly models: readonly ModelDefinition[];
  /** Settings of a shop with contracts, from which threads make its features and models. */
  readonly contracts?: ContractSettings;
  readonly checks: ModelChecks;
  readonly timeZone: string;
  readonly currency: string;
  /** Minutes of silence that end a visit; absent: SILENCE_MINUTES. */
  readonly silenceMinutes?: number;
  /** False: a version that passes its gate waits for a person all the same. */
  readonly promotesByItself?: boolean;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

export interface TrainingArgs {
  /** Names of models; absent: all. */
  readonly models?: readonly string[];
  /** First business day that training must not know. */
  readonly end: LocalDate;
  readonly seed: number;
  /** Models trained side by side, each in a thread of its own; threads that are left over help the fits. */
  readonly threads: number;
  readonly actor: string;
  /** A model from elsewhere, for the one model that is named. */
  readonly imported?: Imported;
  /** Trials of the search for better parameters, for each model; absent: as declared. */
  readonly trials?: number;
  /** Time for searching, shared by all models; what has begun is finished. */
  readonly budgetMs?: number;
}

export interface TrainingResult {
  readonly model: string;
  readonly outcome:
    | { readonly ok: true; readonly version: number; readonly content: TrainedModel; readonly admission: Admission; readonly comparison?: ChampionComparison }
    | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly hint?: string; readonly details: Readonly<Record<string, unknown>> };
}

/** Trains the named models. A model that cannot be trained is an outcome with its reason; the others go on. @throws AppError `unknown_name`, `cancelled`. */
export async function trainModels(deps: TrainingDeps, args: TrainingArgs): Promise<TrainingResult[]> {
  const names = args.models ?? deps.models.map((model) => model.name);
  for (const name of names) {
    if (!deps.models.some((model) => model.name === name)) {
      throw new AppError('unknown_name', `There is no model "${name.slice(0, 60)}".`, { hint: `There are: ${deps.models.map((model) => model.name).join(', ')}.` });
    }
  }
  const info = await refreshSnapshot(deps.store, deps.snapshotDir, { progress: deps.progress, ...(deps.signal === undefined ? {} : { signal: deps.signal }) });
  const total = names.reduce((sum, name) => sum + fitsOf(deps.models.find((model) => model.name === name)), 0);
  let done = 0;
  const waiting = [...names];
  const results = new Map<string, TrainingResult>();
  const lanes = Math.max(1, Math.min(args.threads, names.length));
  // One model shares with nobody. What a killed training has left behind goes first.
  const featureFolder = names.length < 2 ? undefined : join(dirname(deps.snapshotDir), 'training-features');
  if (featureFolder !== undefined) rmSync(featureFolder, { recursive: true, force: true });
  const lane = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      throwIfCancelled(deps.signal, 'Training');
      const model = name;
      const champion = await championBytes(deps.store, model);
      const task: TrainingTask = {
        model, snapshotDir: deps.snapshotDir, timeZone: deps.timeZone, currency: deps.currency, end: args.end, seed: args.seed, threads: Math.max(1, Math.floor(args.threads / lanes)),
        snapshot: { hash: info.contentHash, events: info.rows, customers: info.customers }, ...(args.imported === undefined ? {} : { imported: args.imported }),
        ...(champion === undefined ? {} : { champion }), ...(featureFolder === undefined ? {} : { featureFolder }), ...(deps.silenceMinutes === undefined ? {} : { silenceMinutes: deps.silenceMinutes }),
        ...(deps.contracts === undefined ? {} : { contracts: deps.contracts }),
        ...(args.trials === undefined && args.budgetMs === undefined ? {} : { search: { limit: limitOf(args, lanes, names.length), folder: join(dirname(deps.snapshotDir), 'search') } }),
      };
      let own = 0;
      const fits = fitsOf(deps.models.find((one) => one.name === name));
      const trained = await runInThread(task, deps.signal, (horizonDays, step) => {
        if (own < fits) {
          own++;
          done++;
        }
        deps.progress({ step: 'train', done: Math.min(done, total - 1), total, unit: 'fits', detail: `${model} ${horizonDays} d: ${step}` });
      });
      done += fits - own;
      results.set(model, { model, outcome: 'error' in trained ? { ok: false, ...trained.error } : await keep(deps, args, trained) });
    }
  };
  if (featureFolder !== undefined) mkdirSync(featureFolder, { recursive: true });
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    if (featureFolder !== undefined) rmSync(featureFolder, { recursive: true, force: true });
  }
  deps.progress({ step: 'train', done: total, total, unit: 'fits' });
  return names.flatMap((name) => results.get(name) ?? []);
}

/** Models that search side by side share the time by lanes. */
function limitOf({ trials, budgetMs }: TrainingArgs, lanes: number, models: number): SearchLimit {
  return { ...(trials === undefined ? {} : { trials }), ...(budgetMs === undefined ? {} : { budgetMs: (budgetMs * lanes) / models }) };
}

/** Steps that a model reports: every candidate of the first horizon, and fewer of the others; only the bar depends on it. */
function fitsOf(model: ModelDefinition | undefined): number {
  return model === undefined ? 0 : model.candidates.length + 2 + (model.horizons.length - 1) * 3;
}

async function keep(deps: TrainingDeps, args: TrainingArgs, { content, diagnostics }: TrainedWithDiagnostics): Promise<TrainingResult['outcome']> {
  const { version } = await saveModel(deps.store, withoutTimings(content), deps.checks, diagnostics);
  const admission = await admitModel(deps.store, content.model, version, deps.checks, { actor: args.actor, reason: args.imported === undefined ? 'trained' : 'imported' },
    { ...(diagnostics.comparison === undefined ? {} : { comparison: diagnostics.comparison }), ...(deps.promotesByItself === undefined ? {} : { automatic: deps.promotesByItself }) });
  return { ok: true, version, content, admission, ...(diagnostics.comparison === undefined ? {} : { comparison: diagnostics.comparison }) };
}

/** How long fits took is of interest now and no part of the model: the same data and seed must give the same bytes on any machine. */
export function withoutTimings(content: TrainedModel): TrainedModel {
  return { ...content, heads: content.heads.map((head) => ({ ...head, leaderboard: head.leaderboard.map(({ seconds: _seconds, ...row }) => row) })) };
}

type ThreadAnswer = TrainedWithDiagnostics | { readonly error: { code: ErrorCode; message: string; hint?: string; details: Readonly<Record<string, unknown>> } };

function runInThread(task: TrainingTask, signal: AbortSignal | undefined, onStep: (horizonDays: number, step: string) => void): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: task, execArgv: [] });
    const cancel = (): void => {
      void worker.terminate();
      reject(new AppError('cancelled', 'Training was cancelled.', { hint: 'Run `tagcast train` again: models that were finished are kept.' }));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    worker.on('message', (message: { kind: 'step'; horizonDays: number; step: string } | ({ kind: 'done' } & TrainedWithDiagnostics) | { kind: 'failed'; error: { code: ErrorCode; message: string; hint?: string; details: Record<string, unknown> }; stack: string }) => {
      if (message.kind === 'step') onStep(message.horizonDays, message.step);
      else if (message.kind === 'done') resolve({ content: message.content, diagnostics: message.diagnostics });
      else if (message.error.code === 'internal') reject(new Error(message.stack));
      else resolve({ error: message.error });
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', cancel);
      reject(new AppError('internal', `The training thread ended with code ${code} before it answered.`, { hint: 'Look at the free memory, and run `tagcast train` again.' }));
    });
  });
}
