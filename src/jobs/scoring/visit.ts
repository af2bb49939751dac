/** How likely an order is before the visit that is under way ends: read from the store and from what the caller hands in, answered and not kept. */
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { localDate } from '../../base/time.ts';
import { visitColumns, VISIT_COLUMNS } from '../../features/visit/columns.ts';
import { NO_HISTORY, SILENCE_MINUTES } from '../../features/visit/kinds.ts';
import type { VisitLevels } from '../../features/visit/kinds.ts';
import { recentEvents, visitHistory } from '../../features/visit/store.ts';
import type { RecentEvent } from '../../features/visit/store.ts';
import { mergedEvents, visitUnderWay } from '../../features/visit/underWay.ts';
import type { TimedEvent } from '../../features/visit/underWay.ts';
import { visitValues } from '../../features/visit/values.ts';
import type { OffsetPeriod } from '../../features/zone.ts';
import { aliasesOf } from '../../registry/aliases.ts';
import { requireColumns } from '../../registry/columns.ts';
import { loadModel } from '../../registry/models.ts';
import { readyModel } from '../../scoring/model.ts';
import type { LoadedModel, ServingEstimators } from '../../scoring/model.ts';
import { scoreFeatures } from '../../scoring/scoreFeatures.ts';
import type { Store } from '../../store/connection.ts';
import type { NewEvent } from '../../store/events.ts';
import { dedupeKey } from '../../store/repositories/dedupe.ts';
import { isSuppressed } from '../../store/repositories/consents.ts';
import { customerByExternalId } from '../../store/repositories/customers.ts';
import { customersBetween } from '../../store/repositories/scores.ts';
import { VISIT_TAG } from '../../tags/catalogue/onDemand.ts';
import { visitTag } from '../../tags/build/visit.ts';
import type { Tag } from '../../tags/tag.ts';
import { modelChecks } from './models.ts';
import { toldEvents, timed } from './visitEvents.ts';

export interface VisitDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly estimators: ServingEstimators;
  readonly plan: { readonly timeZone: string; readonly zone: readonly OffsetPeriod[] };
}

export interface VisitQuestion {
  /** The shop's own id. */
  readonly customer: string;
  /** Events of the visit that the store may not have yet, by the schema of events; kinds that are neither browsing nor orders tell nothing of it. */
  readonly events?: readonly Omit<NewEvent, 'customer'>[];
  /** Origin of these events, as `POST /v1/events` has it: one that was sent there is recognised by it and its id. */
  readonly source?: string;
  /** Epoch ms; absent: now. */
  readonly at?: number;
}

export interface VisitState {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly lastEventAt: number;
  /** The end of the silence that ends it. */
  readonly endsAt: number;
  readonly events: number;
  readonly ordered: boolean;
}

export interface VisitReply {
  readonly customer: string;
  /** Epoch ms. */
  readonly at: number;
  readonly silenceMinutes: number;
  /** Null where nothing is under way, where no model serves, or the customer refused. */
  readonly visit: VisitState | null;
  /** Events that were handed in: of this visit and not in the store, in the store already, and all others. */
  readonly handed: { readonly used: number; readonly known: number; readonly ignored: number };
  readonly tag: Tag;
}

interface Served {
  readonly version: number;
  readonly model: LoadedModel;
  readonly silenceMinutes: number;
  readonly levels: VisitLevels;
  readonly percentiles: readonly number[];
}

/** Versions never change, so each is opened once. */
const kept = new WeakMap<Store, { readonly version: number; readonly served: Promise<Served> }>();

async function open({ store, estimators }: VisitDeps, version: number): Promise<Served> {
  const name = VISIT_TAG.model ?? '';
  const { content } = await loadModel(store, name, version, modelChecks(estimators));
  requireColumns(name, version, content, VISIT_COLUMNS);
  const { silenceMinutes, channels = [], devices = [], percentiles = [] } = content.observations as { silenceMinutes?: number; channels?: readonly string[]; devices?: readonly string[]; percentiles?: readonly number[] };
  return { version, model: readyModel(name, version, content, estimators), silenceMinutes: silenceMinutes ?? SILENCE_MINUTES, levels: { channels, devices }, percentiles };
}

async function servedNow(deps: VisitDeps): Promise<Served | undefined> {
  const { champion } = await aliasesOf(deps.store, VISIT_TAG.model ?? '');
  if (champion === undefined) return undefined;
  const known = kept.get(deps.store);
  if (known?.version === champion) return known.served;
  const served = open(deps, champion);
  kept.set(deps.store, { version: champion, served });
  served.catch(() => kept.delete(deps.store));
  return served;
}

/** Pages until the silence before the visit is among what was read: nobody's visit is cut short because it is long. */
const FIRST_PAGE = 200;

async function storedEvents(store: Store, customerId: number, moment: number, silenceMs: number, handed: readonly TimedEvent[]): Promise<RecentEvent[]> {
  for (let limit = FIRST_PAGE; ; limit *= 8) {
    const events = await recentEvents(store, customerId, moment, limit);
    const oldest = events.at(-1);
    if (oldest === undefined || events.length < limit) return events;
    const visit = visitUnderWay(mergedEvents(events, handed, moment), moment, silenceMs);
    if (visit === undefined || visit.startMs - oldest.at >= silenceMs) return events;
  }
}

/** Nothing is stored. @throws AppError `not_found` for a customer whom neither the store nor the question knows, `invalid_input` for a moment in the future, `model_mismatch`, `artefact_invalid`. */
export async function scoreVisitNow(deps: VisitDeps, { customer, events = [], source = 'api', at }: VisitQuestion): Promise<VisitReply> {
  const { store, plan } = deps;
  const now = deps.clock.now();
  if (at !== undefined && at > now) throw new AppError('invalid_input', 'The moment of the question is in the future.', { hint: 'Leave it out to ask about now.' });
  const moment = at ?? now;
  const found = await customerByExternalId(store.db, customer);
  // Somebody whom the shop sees for the first time is in no import yet; the events say that there is such a visitor.
  if (found === undefined && events.length === 0) throw new AppError('not_found', 'There is no customer with this id.', { hint: 'Check the id, or hand in the events of the visit.' });
  const day = localDate(moment, plan.timeZone);
  const refused = found === undefined ? await isSuppressed(store.db, customer, 'scoring') : ((await customersBetween(store.db, { from: found.customerId, to: found.customerId + 1 }))[0]?.refused ?? false);
  const served = refused ? undefined : await servedNow(deps);
  const none = { customer, at: moment, silenceMinutes: served?.silenceMinutes ?? SILENCE_MINUTES, visit: null };
  if (served === undefined) return { ...none, handed: { used: 0, known: 0, ignored: events.length }, tag: visitTag(refused ? 'opted_out' : 'model_paused', 0, day) };
  const silenceMs = served.silenceMinutes * 60_000;
  const told = toldEvents(events, moment);
  const stored = found === undefined ? [] : await storedEvents(store, found.customerId, moment, silenceMs, told.map(timed));
  const keys = new Set(stored.map(({ dedupeKey: key }) => key));
  const fresh = told.filter((event) => !keys.has(dedupeKey(source, { ...event, customer }))).map(timed);
  const all = mergedEvents(stored, fresh, moment);
  const visit = visitUnderWay(all, moment, silenceMs);
  const added = new Set<TimedEvent>(all);
  const news = fresh.filter((event) => added.has(event));
  const used = visit === undefined ? 0 : news.filter((event) => event.at >= visit.startMs).length;
  const known = told.length - news.length;
  const handed = { used, known, ignored: events.length - used - known };
  if (visit === undefined) return { ...none, handed, tag: visitTag('not_eligible', served.version, day) };
  const endsAt = visit.lastMs + silenceMs;
  const state: VisitState = { startedAt: visit.startMs, lastEventAt: visit.lastMs, endsAt, events: visit.events.length, ordered: visit.ordered };
  if (visit.ordered) return { ...none, handed, visit: state, tag: visitTag('not_eligible', served.version, day) };
  const history = found === undefined ? NO_HISTORY : await visitHistory(store, found.customerId, visit.startMs, silenceMs);
  const columns = visitColumns(served.levels);
  const values = visitValues(history, visit.events, moment, plan.zone, served.levels);
  const matrix = { rows: 1, columns: columns.map(({ name }, c) => ({ name, values: values.subarray(c, c + 1) })) };
  const words = new Map(columns.map(({ name, label, unit, group }) => [name, { label, unit, theme: group }]));
  const scores = scoreFeatures(served.model, { customerIds: Float64Array.of(found?.customerId ?? 0), asOf: moment, matrix }, { asOf: day, words });
  const [probability] = scores.heads[0].prediction;
  const [{ head }] = served.model.heads;
  const answer = Number.isFinite(probability)
    ? { probability, reasons: scores.reasons[0], baseRate: head.baseRate, percentiles: served.percentiles, confidence: head.confidence, expiresAt: new Date(endsAt).toISOString() }
    : 'insufficient_data' as const;
  return { ...none, handed, visit: state, tag: visitTag(answer, served.version, day) };
}
