/**
 * A search over families and parameters of candidates. It works inside the training cut-offs alone: fits on the earlier ones, losses on the newest one (or on a quarter of the
 * customers where the label windows leave no earlier one). The calibration period stays what it is: a judge that has not seen what was tried.
 */
import { canonicalJson } from '../../base/json.ts';
import type { Random } from '../../base/random.ts';
import { throwIfCancelled } from '../../base/errors.ts';
import { shifted } from '../../estimators/serving.ts';
import { candidateMatrix, fitCandidate } from '../candidate.ts';
import type { AnyEstimator } from '../candidate.ts';
import type { Dataset } from '../dataset.ts';
import { taskOf } from '../define.ts';
import type { Candidate, ModelDefinition } from '../define.ts';
import { selectionLoss } from '../evaluation.ts';
import { belowMinimum } from '../head/tryCandidates.ts';
import { matchingLevel } from '../level.ts';
import { BRACKET, runBracket, sharesFor } from './halving.ts';
import type { SearchLedger } from './ledger.ts';
import { candidatesOf, reportOf } from './outcome.ts';
import { sampleOf, splitForSearch } from './rows.ts';
import { drawParams, familiesOf } from './space.ts';
import type { Family } from './space.ts';

/** How long to search: so many trials, or as many brackets as begin within the time. */
export interface SearchLimit {
  readonly trials?: number;
  readonly budgetMs?: number;
}

export interface SearchRequest {
  readonly definition: ModelDefinition;
  readonly train: Dataset;
  readonly horizonDays: number;
  /** Days until the labels of a cut-off are known. */
  readonly windowDays: number;
  readonly limit: SearchLimit;
  readonly estimators: Readonly<Record<string, AnyEstimator>>;
  readonly rng: Random;
  readonly ledger: SearchLedger;
  /** Tells the data, the seed and the declaration from all others. */
  readonly dataKey: string;
  readonly signal?: AbortSignal;
  readonly threads?: number;
  readonly onStep?: (step: string) => void;
  /** Milliseconds; a time budget needs it. */
  readonly now?: () => number;
}

/** What a card says about the search: with the seed and the number of trials it can be run again, trial by trial the same. */
export interface SearchReport {
  readonly trials: number;
  readonly rows: number;
  readonly judgedRows: number;
  readonly found: readonly { readonly candidate: string; readonly trial: number; readonly loss: number; readonly declaredLoss: number; readonly params: Readonly<Record<string, unknown>> }[];
}

export interface Found {
  readonly candidates: readonly Candidate[];
  readonly report: SearchReport;
}

export interface Trial {
  readonly number: number;
  readonly candidate: Candidate;
  readonly declared: boolean;
}

const MOST_TRIALS = 10_000;

/** Undefined where there is nothing to search: no limit, no family that the data reach. @throws AppError `cancelled` */
export async function search(request: SearchRequest): Promise<Found | undefined> {
  const { definition, train, limit, now } = request;
  const task = taskOf(definition.target);
  const wanted = limit.trials ?? (limit.budgetMs === undefined ? (definition.search?.trials ?? 0) : MOST_TRIALS);
  const families = familiesOf(task, definition.candidates, definition.search).filter(({ candidate }) => {
    const declared = definition.candidates.find(({ name }) => name === candidate);
    return declared !== undefined && belowMinimum(definition, declared, task, train) === undefined;
  });
  const parts = wanted > 0 && families.length > 0 ? splitForSearch(train, request.windowDays, request.rng) : undefined;
  if (parts === undefined) return undefined;
  const shares = sharesFor(parts.fit.y.length);
  const samples = new Map(shares.map((share) => [share, share === 1 ? parts.fit : sampleOf(parts.fit, share, request.rng)]));
  const trialAt = (number: number): Trial => trialOf(request, families, number);
  const evaluate = (trial: Trial, share: number): Promise<number | undefined> => lossOf(request, trial, share, samples.get(share) ?? parts.fit, parts.judge);

  const started = now?.() ?? 0;
  const best = new Map<string, { trial: Trial; loss: number }>();
  const declaredLoss = new Map<string, number>();
  let done = 0;
  while (done < Math.min(wanted, MOST_TRIALS) && (limit.budgetMs === undefined || done === 0 || (now?.() ?? 0) - started < limit.budgetMs)) {
    const count = Math.min(BRACKET, wanted - done);
    const trials = Array.from({ length: count }, (_, i) => trialAt(done + i));
    const finished = await runBracket(trials, shares, evaluate);
    // Declarations are the yardstick of their family, so each is known on all rows.
    for (const trial of trials.filter(({ declared }) => declared)) {
      const loss = finished.find((one) => one.trial === trial)?.loss ?? (await evaluate(trial, 1));
      if (loss !== undefined) declaredLoss.set(trial.candidate.name, loss);
    }
    for (const { trial, loss } of finished) {
      const family = families[trial.number % families.length].candidate;
      if (!trial.declared && loss < (best.get(family)?.loss ?? Infinity)) best.set(family, { trial, loss });
    }
    done += count;
  }
  return { candidates: candidatesOf(request, families, best, declaredLoss), report: { trials: done, rows: parts.fit.y.length, judgedRows: parts.judge.y.length, found: reportOf(families, best, declaredLoss) } };
}

/** The first trials are the declarations themselves; each later one is a draw of its family, decided by its number alone. */
function trialOf({ definition, rng, horizonDays }: SearchRequest, families: readonly Family[], number: number): Trial {
  const family = families[number % families.length];
  const base = definition.candidates.find(({ name }) => name === family.candidate);
  if (base === undefined) throw new TypeError(`no candidate ${family.candidate}`);
  if (number < families.length) return { number, candidate: base, declared: true };
  const own = typeof base.params === 'function' ? base.params(horizonDays) : base.params;
  return { number, declared: false, candidate: { ...base, name: `${base.name}_found`, found: true, params: { ...own, ...drawParams(family.ranges, rng.fork('trial', number)) } } };
}

/** Mean loss on the judged rows, brought to their level first: levels are the calibration's work, and a period's level is no merit of parameters. */
async function lossOf(request: SearchRequest, trial: Trial, share: number, fitRows: Dataset, judge: Dataset): Promise<number | undefined> {
  const { definition, estimators, horizonDays, rng, signal, threads, ledger } = request;
  throwIfCancelled(signal, 'Training');
  const params = typeof trial.candidate.params === 'function' ? trial.candidate.params(horizonDays) : (trial.candidate.params ?? {});
  const key = canonicalJson({ data: request.dataKey, estimator: trial.candidate.estimator, columns: trial.candidate.columns ?? null, params, share });
  const known = ledger.known(key);
  if (known !== undefined) return known ?? undefined;
  request.onStep?.(`search, trial ${trial.number + 1}`);
  // A turn of the event loop between fits, so that cancelling and progress get through.
  await new Promise((resolve) => setImmediate(resolve));
  const outcome = await fitCandidate(trial.candidate, fitRows, { estimators, horizonDays, rng: rng.fork('fit', trial.candidate.estimator), ...(signal === undefined ? {} : { signal }), ...(threads === undefined ? {} : { threads }) });
  let loss: number | undefined;
  if (outcome.ok) {
    const task = taskOf(definition.target);
    const raw = estimators[trial.candidate.estimator].predict(outcome.artefact, candidateMatrix(judge.x, trial.candidate));
    const losses = selectionLoss(task, { y: judge.y, predicted: shifted(task, raw, matchingLevel(task, judge.y, raw)) });
    loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
  }
  ledger.record(key, loss ?? null);
  return loss;
}
