/** Lookalikes of a segment: who is not in it, and is most like those who are. Saved as a list segment with how much and why. */
import { AppError, throwIfCancelled } from '../../base/errors.ts';
import { columnOf, takeRows } from '../../base/matrix.ts';
import type { Matrix } from '../../base/matrix.ts';
import { silentProgress } from '../../base/progress.ts';
import { seededRandom } from '../../base/random.ts';
import type { Bilingual } from '../../base/text.ts';
import { startOfDay } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import { dependenciesOf } from '../../conditions/dependencies.ts';
import { parseCondition } from '../../conditions/parse.ts';
import { ESTIMATORS } from '../../estimators/index.ts';
import { buildFeatures } from '../../features/build.ts';
import type { FeatureMatrix } from '../../features/matrix.ts';
import { medianRange } from '../../math/metrics/intervals.ts';
import { reasonsOf } from '../../scoring/reasons.ts';
import type { Reason } from '../../scoring/reasons.ts';
import { changeList } from '../../segments/lists.ts';
import { builtSegment } from '../../segments/members.ts';
import { openColumns } from '../../store/snapshot/open.ts';
import { refreshSnapshot } from '../../store/snapshot/refresh.ts';
import { insertRows, selectRows } from '../../store/repositories/bulk.ts';
import { wordsOf } from '../scoring/deps.ts';
import type { ScoringDeps } from '../scoring/deps.ts';
import { learnLookalike } from './learn.ts';
import type { LookalikeModel } from './learn.ts';

export interface LookalikeOptions {
  /** Key of the built segment. */
  readonly seed: string;
  /** Key of the list that the lookalikes are saved in. */
  readonly save: string;
  readonly label?: Bilingual;
  /** How many: a number of customers, or a share in (0, 1] of those outside the seed. */
  readonly size: { readonly count: number } | { readonly share: number };
  readonly asOf: LocalDate;
  readonly actor: string;
}

export interface Lookalike {
  readonly externalId: string;
  /** Ranks; no probability of anything. */
  readonly score: number;
  /** 1–100 among everybody outside the seed. */
  readonly percentile: number;
  readonly reasons: readonly Reason[];
}

export interface LookalikeReport extends Pick<LookalikeModel, 'estimator' | 'candidates'> {
  readonly seed: { readonly key: string; readonly version: number; readonly members: number };
  /** Customers outside the seed who were ranked. */
  readonly ranked: number;
  readonly saved: { readonly key: string; readonly version: number; readonly members: number };
  /** Columns that were left out, and why: the condition names them, or they alone say who is a member. */
  readonly dropped: readonly { readonly column: string; readonly why: 'condition' | 'separates'; readonly auc?: number }[];
  /** The most alike, best first, at most {@link SHOWN}. */
  readonly top: readonly Lookalike[];
}

const RANGE = 20_000;
const MOST_SEED_ROWS = 20_000;
const MOST_OTHER_ROWS = 40_000;
export const SHOWN = 20;

interface People {
  readonly members: ReadonlySet<number>;
  /** Refused scoring or marketing: in nothing. */
  readonly out: ReadonlySet<number>;
  /** Refused training: ranked, and not learned from. */
  readonly unlearned: ReadonlySet<number>;
  readonly last: number;
  readonly customers: number;
}

async function peopleOf({ store }: ScoringDeps, key: string, version: number): Promise<People> {
  const ids = async (text: string, bindings: readonly (string | number)[] = []): Promise<Set<number>> => new Set((await selectRows<{ id: number }>(store.db, text, bindings)).map(({ id }) => id));
  const [edge] = await selectRows<{ last: number | null; customers: number }>(store.db, 'SELECT max(customer_id) AS last, count(*) AS customers FROM customers');
  return {
    members: await ids('SELECT customer_id AS id FROM segment_members WHERE segment_key = ? AND version = ?', [key, version]),
    out: await ids(`SELECT customer_id AS id FROM consents WHERE state = 'refused' AND purpose IN ('scoring', 'marketing')`),
    unlearned: await ids(`SELECT customer_id AS id FROM consents WHERE state = 'refused' AND purpose = 'training'`), last: edge?.last ?? 0, customers: edge?.customers ?? 0,
  };
}

/** Features of everybody, range by range. */
async function* ranges(deps: ScoringDeps, asOf: LocalDate, names: readonly string[], last: number): AsyncGenerator<FeatureMatrix> {
  const columns = await openColumns(deps.snapshotDir, { threads: 1 });
  try {
    for (let from = 0; from <= last; from += RANGE) {
      throwIfCancelled(deps.signal, 'Looking for lookalikes');
      yield await buildFeatures(columns, deps.plan, { asOf: startOfDay(asOf, deps.timeZone), names, customers: { from, to: from + RANGE }, ...(deps.signal === undefined ? {} : { signal: deps.signal }) });
    }
  } finally {
    columns.close();
  }
}

/** Rows below each other; all parts have the same columns. */
function stacked(parts: readonly Matrix[]): Matrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return { rows, columns: (parts[0]?.columns ?? []).map((column, c) => {
    const values = new Float64Array(rows);
    parts.reduce((at, part) => { values.set(part.columns[c].values, at); return at + part.rows; }, 0);
    return { ...column, values };
  }) };
}

/** A sample of members and of others, decided for each customer by number, so that it is the same for any order of reading. */
async function trainingRows(deps: ScoringDeps, asOf: LocalDate, names: readonly string[], people: People): Promise<{ x: Matrix; y: Float64Array }> {
  const shares = { member: Math.min(1, MOST_SEED_ROWS / Math.max(1, people.members.size)), other: Math.min(1, MOST_OTHER_ROWS / Math.max(1, people.customers - people.members.size)) };
  const [parts, labels]: [Matrix[], number[]] = [[], []];
  for await (const { matrix, customerIds } of ranges(deps, asOf, names, people.last)) {
    const rows = Array.from(customerIds.keys()).filter((i) => {
      const id = customerIds[i];
      return !people.out.has(id) && !people.unlearned.has(id) && seededRandom('lookalike row', id).next() < (people.members.has(id) ? shares.member : shares.other);
    });
    parts.push(takeRows(matrix, rows));
    labels.push(...rows.map((i) => (people.members.has(customerIds[i]) ? 1 : 0)));
  }
  return { x: stacked(parts), y: Float64Array.from(labels) };
}

interface Ranked {
  readonly id: number;
  readonly score: number;
}

/** Everybody outside the seed who may be contacted, best first; ties by number. */
async function rank(deps: ScoringDeps, asOf: LocalDate, model: LookalikeModel, people: People): Promise<Ranked[]> {
  const found: Ranked[] = [];
  for await (const { matrix, customerIds } of ranges(deps, asOf, model.columns, people.last)) {
    const scores = ESTIMATORS[model.estimator].predict(model.artefact, matrix);
    for (let i = 0; i < matrix.rows; i++) if (!people.members.has(customerIds[i]) && !people.out.has(customerIds[i])) found.push({ id: customerIds[i], score: scores[i] });
  }
  return found.sort((a, b) => b.score - a.score || a.id - b.id);
}

/** Reasons of the chosen, beside the middle of all whom the model learned from. */
async function reasonsFor(deps: ScoringDeps, asOf: LocalDate, model: LookalikeModel, people: People, chosen: ReadonlySet<number>, typical: ReadonlyMap<string, number>): Promise<Map<number, Reason[]>> {
  const reasons = new Map<number, Reason[]>();
  const words = wordsOf(deps.plan);
  const estimator = ESTIMATORS[model.estimator];
  for await (const { matrix, customerIds } of ranges(deps, asOf, model.columns, people.last)) {
    const rows = Array.from(customerIds.keys()).filter((i) => chosen.has(customerIds[i]));
    if (rows.length === 0 || estimator.explain === undefined) continue;
    const x = takeRows(matrix, rows);
    const { columns, contributions } = estimator.explain(model.artefact, x);
    rows.forEach((row, k) => {
      reasons.set(customerIds[row], reasonsOf({ columns, contribution: (c) => contributions[c][k], value: (c) => columnOf(x, columns[c])?.[k] ?? Number.NaN, typical: (c) => typical.get(columns[c]) ?? Number.NaN }, words));
    });
  }
  return reasons;
}

function refuse(key: string, reason: 'too_small' | 'separable', detail: string): never {
  if (reason === 'too_small') throw new AppError('insufficient_data', `The segment ${key} is too small to learn from: ${detail}.`, { hint: 'Choose a larger segment.' });
  throw new AppError('leak_suspected', `Members of ${key} cannot be told from others by likeness: ${detail}.`, { hint: 'The segment is defined by what the features say. Lookalikes make sense of groups that something else made: buyers of a campaign, a list of guests.' });
}

async function save(deps: ScoringDeps, options: LookalikeOptions, chosen: readonly (Ranked & { readonly externalId: string; readonly percentile: number; readonly reasons: readonly Reason[] })[]): Promise<LookalikeReport['saved']> {
  const { key, version, members } = await changeList(deps.store, { key: options.save, change: 'replace', ids: [chosen.map(({ externalId }) => externalId)], asOf: options.asOf, actor: options.actor, ...(options.label === undefined ? {} : { label: options.label }) });
  await deps.store.db.transaction(async (trx) => {
    await trx.raw('DELETE FROM segment_similarity WHERE segment_key = ?', [key]);
    for (let at = 0; at < chosen.length; at += 5_000) {
      await insertRows(trx, 'segment_similarity', { segment_key: 'text', customer_id: 'int8', score: 'float8', percentile: 'int2', reasons: 'jsonb' }, chosen.slice(at, at + 5_000).map(({ id, score, percentile, reasons }) => ({ segment_key: key, customer_id: id, score, percentile, reasons })), 'ON CONFLICT DO NOTHING');
    }
  });
  return { key, version, members };
}

function wanted(size: LookalikeOptions['size'], ranked: number): number {
  const count = 'count' in size ? size.count : Math.ceil(size.share * ranked);
  if (!Number.isSafeInteger(count) || count < 1 || ('share' in size && size.share > 1)) throw new AppError('invalid_input', 'The number of lookalikes must be at least 1, or a share of at most 1.', { hint: 'For example --share 0.05, or --count 5000.' });
  return count;
}

/**
 * Features as of the day, a sample of members beside others, out-of-fold figures, a ranking of everybody outside the seed, and the best of them as a list. Customers who refused scoring or marketing are in nothing; who refused training is ranked
 * and not learned from.
 * @throws AppError `not_found`, `insufficient_data` for a seed that is too small, `leak_suspected` where members are told apart trivially, `invalid_input`, `cancelled`
 */
export async function lookalikes(deps: ScoringDeps, options: LookalikeOptions): Promise<LookalikeReport> {
  const { progress = silentProgress, store } = deps;
  const seed = await builtSegment(store, options.seed);
  if (options.save === options.seed) throw new AppError('invalid_input', 'The lookalikes of a segment cannot take its place.', { hint: 'Save them under another key.' });
  wanted(options.size, 1);
  await refreshSnapshot(store, deps.snapshotDir, { progress, ...(deps.signal === undefined ? {} : { signal: deps.signal }) });
  const people = await peopleOf(deps, seed.key, seed.liveVersion);
  const looked = seed.condition === null ? undefined : dependenciesOf(parseCondition(seed.condition));
  const named = deps.plan.features.filter(({ definition, attributes }) => looked !== undefined && (looked.tags.includes(definition.name) || looked.attributes.some((key) => attributes.has(key)))).map(({ definition }) => definition.name);
  const names = deps.plan.definitions.map(({ name }) => name).filter((name) => !named.includes(name));
  const { x, y } = await trainingRows(deps, options.asOf, names, people);
  progress({ step: 'lookalikes', done: 1, total: 3, detail: 'learning' });
  const learned = learnLookalike(x, y, seededRandom('lookalike', options.seed), deps.signal);
  if (!learned.ok) return refuse(options.seed, learned.reason, learned.detail);
  const model = learned.value;
  progress({ step: 'lookalikes', done: 2, total: 3, detail: 'ranking' });
  const all = await rank(deps, options.asOf, model, people);
  const best = all.slice(0, wanted(options.size, all.length));
  const typical = new Map(x.columns.map(({ name, values }) => [name, medianRange(values.filter((value) => !Number.isNaN(value)))?.value ?? Number.NaN]));
  const reasons = await reasonsFor(deps, options.asOf, model, people, new Set(best.map(({ id }) => id)), typical);
  const external = new Map((await selectRows<{ id: number; name: string }>(store.db, 'SELECT customer_id AS id, external_id AS name FROM customers WHERE customer_id = ANY (?::int8[])', [`{${best.map(({ id }) => id).join(',')}}`])).map(({ id, name }) => [id, name]));
  const chosen = best.flatMap((one, place) => {
    const externalId = external.get(one.id);
    return externalId === undefined ? [] : [{ ...one, externalId, percentile: Math.max(1, Math.min(100, Math.ceil((100 * (all.length - place)) / all.length))), reasons: reasons.get(one.id) ?? [] }];
  });
  const saved = await save(deps, options, chosen);
  progress({ step: 'lookalikes', done: 3, total: 3 });
  return {
    seed: { key: seed.key, version: seed.liveVersion, members: people.members.size }, estimator: model.estimator, candidates: model.candidates, ranked: all.length, saved,
    dropped: [...named.map((column) => ({ column, why: 'condition' as const })), ...model.dropped.map(({ column, auc }) => ({ column, why: 'separates' as const, auc }))],
    top: chosen.slice(0, SHOWN).map(({ externalId, score, percentile, reasons: why }) => ({ externalId, score, percentile, reasons: why })),
  };
}
