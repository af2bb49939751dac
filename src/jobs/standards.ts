/**
 * Applies the standards of values: attributes say the standard, originals are kept, and spellings that events use are noted for conditions. A field is a run with a lease and a ledger of chunks, so that its
 * progress can be looked at, and what was stopped or killed goes on where it stopped.
 */
import { AppError, throwIfCancelled } from '../base/errors.ts';
import { silentProgress } from '../base/progress.ts';
import type { Progress } from '../base/progress.ts';
import type { LocalDate } from '../base/time.ts';
import { resolver } from '../conditions/spellings.ts';
import { checkField, fieldsKnown, loadStandards } from '../quality/standards/edit.ts';
import { suggestStandards } from '../quality/standards/suggest.ts';
import type { SuggestedStandard } from '../quality/standards/suggest.ts';
import type { Store } from '../store/connection.ts';
import { listChunks, recordChunk } from '../store/repositories/runChunks.ts';
import { addRunDetails, finishRun } from '../store/repositories/runs.ts';
import type { RunRef } from '../store/repositories/runs.ts';
import { customerChunks } from '../store/repositories/scores.ts';
import type { IdRange } from '../store/repositories/scores.ts';
import { applyToAttribute, latestStandards, observedValues, saveSpellings, spellingsMet } from '../store/repositories/standards.ts';
import type { StandardsVersion } from '../store/repositories/standards.ts';
import { importDefinitions } from './definitions.ts';
import type { Imported, ImportOptions } from './definitions.ts';
import { startRun, workOn } from './runs.ts';
import type { RunDeps } from './runs.ts';

export interface StandardsDeps extends RunDeps {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface ApplyOptions {
  /** Business day, for the record of runs. */
  readonly asOf: LocalDate;
  /** Absent: every field that has or had standards. */
  readonly fields?: readonly string[];
  /** A field that somebody else is applying right now is left to them; absent: it is refused. */
  readonly leaveBusy?: boolean;
  readonly limits?: { readonly chunkCustomers?: number; readonly leaseMs?: number };
}

export interface AppliedStandards {
  readonly field: string;
  /** Customers whose attribute changed, those before an interruption included. */
  readonly changed: number;
  /** Spellings that were met and are not declared. */
  readonly spellings: number;
}

/** More different values than this are no vocabulary. */
const MOST_VALUES = 200_000;
const MOST_COMPARED = 1_000;
const PREFIX = 'standards:';

/** Name of a field's run. */
export const standardsJob = (field: string): string => `${PREFIX}${field}`;

interface Plan {
  readonly version: number;
  readonly chunks: readonly IdRange[];
  readonly changed: number;
}

/** The plan of an interrupted attempt where it was for the same version; its finished chunks are not done again. */
function storedPlan(details: Readonly<Record<string, unknown>>, version: number): Plan | undefined {
  const plan = details['standards'] as Plan | undefined;
  return plan?.version === version ? plan : undefined;
}

async function planOf({ store }: StandardsDeps, run: RunRef, { field, version }: StandardsVersion, before: Plan | undefined, size: number): Promise<Plan> {
  if (before !== undefined) return before;
  // Events stay as they are: of their fields only the spellings are noted.
  const plan: Plan = { version, chunks: field.startsWith('attribute.') ? await customerChunks(store.db, size) : [], changed: 0 };
  await store.db.transaction(async (trx) => {
    await addRunDetails(trx, run, { standards: plan, error: null });
    await trx.raw('DELETE FROM run_chunks WHERE run_id = ?', [run.runId]);
  });
  return plan;
}

async function applyField(deps: StandardsDeps, stored: StandardsVersion, { asOf, leaveBusy, limits }: ApplyOptions): Promise<AppliedStandards | undefined> {
  const { store, progress = silentProgress, signal } = deps;
  const { field, version, entries } = stored;
  const leaseMs = limits?.leaseMs ?? 60_000;
  const taken = await startRun(deps, { job: standardsJob(field), asOf, leaseMs, again: true });
  if (!taken.taken) {
    if (leaveBusy === true) return undefined;
    throw new AppError('conflict', `The standards of ${field} are being applied right now.`, { details: { field, run: taken.run.runId }, hint: 'What is saved by then is applied with it. Look how far it is with `tagcast standards list`; if its process was killed, it can be taken over within a minute.' });
  }
  const { run } = taken;
  return workOn(deps, run, { leaseMs, ...(signal === undefined ? {} : { signal }) }, async (working) => {
    const plan = await planOf(deps, run, stored, taken.resumes ? storedPlan(taken.details, version) : undefined, limits?.chunkCustomers ?? 10_000);
    const [standards, observed] = [entries ?? [], await observedValues(store.db, field, MOST_VALUES)];
    const resolve = resolver(standards);
    const pairs = observed.map(({ value }) => ({ original: value, standard: resolve(value) ?? value }));
    const done = new Set((await listChunks(store.db, run.runId)).map(({ chunk }) => chunk));
    let { changed } = plan;
    for (const [chunk, range] of plan.chunks.entries()) {
      throwIfCancelled(working.signal, 'Applying standards');
      if (!done.has(chunk)) {
        await store.db.transaction(async (trx) => {
          const more = await applyToAttribute(trx, field.slice('attribute.'.length), pairs, store.clock.now(), range);
          await addRunDetails(trx, run, { standards: { ...plan, changed: changed + more } });
          await recordChunk(trx, run, { chunk, state: 'done', customers: range.to - range.from, at: store.clock.now() });
          changed += more;
        });
      }
      progress({ step: `standards ${field}`, done: chunk + 1, total: plan.chunks.length, unit: 'chunks' });
    }
    throwIfCancelled(working.signal, 'Applying standards');
    working.stopHeartbeat();
    const met = spellingsMet(standards, observed);
    await store.db.transaction(async (trx) => {
      await saveSpellings(trx, field, met);
      await finishRun(trx, run, { state: 'done', details: { standards: { ...plan, changed }, spellings: met.length }, at: store.clock.now() });
    });
    return { field, changed, spellings: met.length };
  });
}

/**
 * Doing it twice changes nothing. A version that somebody saves while an older one is being applied is applied right after it.
 * @throws AppError `not_found` for a field that never had standards, `conflict` for one that is being applied right now, `cancelled`, `run_fenced`
 */
export async function applyStandards(deps: StandardsDeps, options: ApplyOptions): Promise<AppliedStandards[]> {
  const { db } = deps.store;
  const wanted = fieldsKnown(await latestStandards(db), options.fields);
  const applied: AppliedStandards[] = [];
  for (const field of wanted) {
    let version: number | undefined;
    let done: AppliedStandards | undefined;
    for (;;) {
      const stored = (await latestStandards(db)).find((one) => one.field === field);
      if (stored === undefined || stored.version === version) break;
      ({ version } = stored);
      throwIfCancelled(deps.signal, 'Applying standards');
      const now = await applyField(deps, stored, options);
      if (now === undefined) break;
      done = { ...now, changed: now.changed + (done?.changed ?? 0) };
    }
    if (done !== undefined) applied.push(done);
  }
  return applied;
}

export interface StandardsImported extends Imported {
  /** Empty for a dry run. */
  readonly applied: readonly AppliedStandards[];
}

/** Reads a document of standards in, and applies them to every field that it names. @throws AppError as `importDefinitions`; as `applyStandards` when they are saved and not applied everywhere yet */
export async function importStandards(deps: StandardsDeps, document: unknown, options: ImportOptions & Pick<ApplyOptions, 'asOf'>): Promise<StandardsImported> {
  const imported = await importDefinitions(deps.store, 'standards', document, options);
  return { ...imported, applied: imported.dryRun ? [] : await applyStandards(deps, { asOf: options.asOf, fields: [...imported.created, ...imported.edited, ...imported.same] }) };
}

/** Near duplicates among the thousand most frequent values of a field. @throws AppError `invalid_input` for a field that is none */
export async function suggestionsFor(store: Store, field: string): Promise<SuggestedStandard[]> {
  const entries = (await loadStandards(store)).find((one) => one.field === checkField(field))?.entries ?? [];
  return suggestStandards(await observedValues(store.db, field, MOST_COMPARED), entries);
}
