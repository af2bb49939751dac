/** One chunk of customers, first pass: features → scores and facts, then written together with the chunk's entry in the ledger. */
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import { takeRows } from '../../base/matrix.ts';
import { startOfDay } from '../../base/time.ts';
import { buildFeatures } from '../../features/build.ts';
import type { FeatureMatrix } from '../../features/matrix.ts';
import { FACT_FEATURES, factsOf } from '../../scoring/facts.ts';
import type { CustomerFacts } from '../../scoring/facts.ts';
import { neededFeatures } from '../../scoring/model.ts';
import type { LoadedModel } from '../../scoring/model.ts';
import type { ModelScores } from '../../scoring/scoreFeatures.ts';
import type { Columns } from '../../store/columns/columns.ts';
import { customersBetween, insertFacts, insertScores } from '../../store/repositories/scores.ts';
import type { FactsRow, IdRange, ScoreRow } from '../../store/repositories/scores.ts';
import { recordChunk } from '../../store/repositories/runChunks.ts';
import type { RunRef } from '../../store/repositories/runs.ts';
import { limitsOf } from './deps.ts';
import type { ScoringDeps } from './deps.ts';
import { cyclesFrom } from './models.ts';
import type { Scorer } from './threads.ts';
import { upliftFeatures } from '../../scoring/uplift.ts';
import { covariatesFor, upliftRows } from './uplift.ts';
import type { KnownCovariates, UpliftPass } from './uplift.ts';

export interface ScorePass {
  readonly deps: ScoringDeps;
  readonly run: RunRef;
  /** Business day. */
  readonly asOf: string;
  readonly models: readonly LoadedModel[];
  readonly uplift: UpliftPass;
  readonly columns: Columns;
  readonly scorer: Scorer;
  readonly signal: AbortSignal;
}

/** Errors that say something about everyone; anything else may be the fault of one customer's rows. */
const NOT_ONE_CUSTOMER = new Set(['cancelled', 'model_mismatch', 'unknown_name', 'disk_full', 'store_unavailable', 'run_fenced', 'not_found', 'artefact_invalid', 'invalid_input', 'insufficient_data']);

function mayBePoison(error: unknown): boolean {
  return !(error instanceof AppError) || !NOT_ONE_CUSTOMER.has(error.code);
}

/** Runs `work` over a range; where it fails, over its halves, until single customers are left over. Those are set aside, up to a limit. */
async function setPoisonAside<T>(range: IdRange, most: number, work: (range: IdRange) => Promise<T>, aside: IdRange[]): Promise<T[]> {
  try {
    return [await work(range)];
  } catch (error) {
    if (!mayBePoison(error) || aside.length >= most) throw error;
    if (range.to - range.from <= 1) {
      aside.push(range);
      return [];
    }
    const middle = Math.floor((range.from + range.to) / 2);
    const left = await setPoisonAside({ from: range.from, to: middle }, most, work, aside);
    return [...left, ...(await setPoisonAside({ from: middle, to: range.to }, most, work, aside))];
  }
}

interface Scored {
  readonly ids: Float64Array;
  readonly facts: readonly CustomerFacts[];
  /** Rows of `ids` that were scored, ascending. */
  readonly rows: Int32Array;
  readonly scores: readonly ModelScores[];
  /** Of experiments. */
  readonly uplift: readonly ScoreRow[];
}

async function scoreRange(pass: ScorePass, range: IdRange, { here, covariates }: CustomersHere): Promise<Scored> {
  const { deps, models } = pass;
  const build = deps.buildFeatures ?? buildFeatures;
  const all = await build(pass.columns, deps.plan, { asOf: startOfDay(pass.asOf, deps.timeZone), customers: range, names: neededFeatures(models, [...FACT_FEATURES, ...upliftFeatures(pass.uplift.models)]), signal: pass.signal });
  // The snapshot may still know customers who were erased since.
  const known = Int32Array.from(Array.from(all.customerIds.keys()).filter((row) => here.has(all.customerIds[row])));
  const features: FeatureMatrix = { customerIds: Float64Array.from(known, (row) => all.customerIds[row]), asOf: all.asOf, matrix: takeRows(all.matrix, known) };
  const rows = Int32Array.from(Array.from(features.customerIds.keys()).filter((row) => here.get(features.customerIds[row]) === false));
  const allowed: FeatureMatrix = { customerIds: Float64Array.from(rows, (row) => features.customerIds[row]), asOf: features.asOf, matrix: takeRows(features.matrix, rows) };
  return {
    ids: features.customerIds,
    facts: factsOf(features, models.find(({ name }) => name === 'repurchase_cycle'), cyclesFrom),
    rows,
    scores: await pass.scorer.score(allowed),
    uplift: upliftRows(pass.uplift.models, allowed.customerIds, allowed.matrix, covariates, deps.estimators),
  };
}

const orNull = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);

/** Rows of the store for what was scored; customers outside of a model's population have none. */
export function scoreRows(ids: Float64Array, rows: Int32Array, scores: readonly ModelScores[]): ScoreRow[] {
  const out: ScoreRow[] = [];
  for (const model of scores) {
    model.heads.forEach((head, h) => {
      const interval = head.task === 'duration' ? head.interval50 : head.interval80;
      for (let i = 0; i < rows.length; i++) {
        if (head.eligible[i] === 0) continue;
        const ok = head.scored[i] === 1;
        const value = ok ? head.prediction[i] : null;
        const [low, high] = [orNull(interval?.low[i]), orNull(interval?.high[i])];
        const whole = ok && low !== null && high !== null;
        out.push({
          customerId: ids[rows[i]], model: model.model, horizonDays: head.horizonDays, version: model.version, status: ok ? 'ok' : 'failed', value, probability: head.task === 'binary' ? value : null,
          low: whole ? low : null, high: whole ? high : null, level: whole ? (interval?.level ?? null) : null, reasons: ok && model.heads.findIndex((one) => one.eligible[i] === 1) === h ? [...model.reasons[i]] : null,
        });
      }
    });
  }
  return out;
}

export interface CustomersHere {
  /** Customers of a range who are in the store, with whether they refused to be scored. */
  readonly here: ReadonlyMap<number, boolean>;
  /** What models of experiments read besides features. */
  readonly covariates: KnownCovariates;
}

/** All that a chunk needs of the store before it is scored. */
export async function customersHere({ deps: { store }, uplift, signal }: ScorePass, range: IdRange): Promise<CustomersHere> {
  throwIfCancelled(signal, 'Scoring');
  const here = new Map((await customersBetween(store.db, range)).map(({ id, refused }) => [id, refused]));
  return { here, covariates: await covariatesFor(store, uplift.models, range) };
}

export interface ScoredChunk {
  readonly parts: readonly Scored[];
  /** Customers whose rows could not be scored. */
  readonly failed: readonly number[];
}

/** Features and scores of a chunk; touches no store, so that it can go on while the chunk before is written. @throws AppError `cancelled`, `model_mismatch`, and what the engine throws for more than a few customers. */
export async function scoreChunk(pass: ScorePass, range: IdRange, customers: CustomersHere): Promise<ScoredChunk> {
  const aside: IdRange[] = [];
  const { here } = customers;
  const parts = here.size === 0 ? [] : await setPoisonAside(range, limitsOf(pass.deps).mostPoison, (part) => scoreRange(pass, part, customers), aside);
  return { parts, failed: aside.map(({ from }) => from).filter((id) => here.has(id)) };
}

/** @throws AppError `run_fenced`, `cancelled`. */
export async function writeChunk(pass: ScorePass, chunk: number, { parts, failed }: ScoredChunk): Promise<void> {
  const { deps, run } = pass;
  const facts: FactsRow[] = parts.flatMap(({ ids, facts: known }) => known.map((one, row) => ({ customerId: ids[row], facts: one })));
  throwIfCancelled(pass.signal, 'Scoring');
  await deps.store.db.transaction(async (trx) => {
    // First, because it holds the run still: nobody can take it over between our rows and our commit.
    await recordChunk(trx, run, { chunk, state: 'done', customers: facts.length, at: deps.clock.now() });
    await insertFacts(trx, run.runId, [...facts, ...failed.map((customerId) => ({ customerId, facts: null }))]);
    for (const part of parts) await insertScores(trx, run.runId, [...scoreRows(part.ids, part.rows, part.scores), ...part.uplift]);
  });
}
