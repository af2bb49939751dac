/** Preferences of customers in a run: a chunk of the night from the snapshot, one customer from the store; the same function over the same rows. */
import { startOfDay } from '../../base/time.ts';
import { activityBetween, activityOf, NO_ACTIVITY } from '../../features/activity/activity.ts';
import { cutoffAt } from '../../features/cutoff.ts';
import type { PreferenceArtefact } from '../../estimators/preference/artefact.ts';
import { loadPreferences } from '../../registry/preferences.ts';
import { preferenceReader } from '../../scoring/preference/preferences.ts';
import type { CustomerPreferences, PreferenceInput } from '../../scoring/preference/preferences.ts';
import type { Columns } from '../../store/columns/columns.ts';
import { selectRows } from '../../store/repositories/bulk.ts';
import { outcomesServed, responseChannels, servingPreferences } from '../../store/repositories/preferenceModels.ts';
import type { ServedChannel } from '../../store/repositories/preferenceModels.ts';
import type { IdRange } from '../../store/repositories/scores.ts';
import type { Store } from '../../store/connection.ts';
import type { RunContext } from '../../tags/build/context.ts';
import { PREFERENCE_MODEL } from '../../tags/catalogue/preference.ts';
import { PREFERENCE_CHECKS } from '../preferences/training.ts';
import type { ScoringDeps } from './deps.ts';

/** A version that is ready to be asked. */
export interface ReadyPreferences {
  readonly version: number;
  /** Channels with response tags. */
  readonly channels: readonly ServedChannel[];
  readonly read: (input: PreferenceInput) => CustomerPreferences;
}

/** The context with the version that preferences come from; without one their tags are paused. */
export async function withPreferences({ db }: Store, context: RunContext, ready: ReadyPreferences | undefined): Promise<RunContext> {
  if (ready === undefined) return { ...context, responses: await responseChannels(db) };
  return { ...context, responses: ready.channels, models: new Map([...context.models, [PREFERENCE_MODEL, { name: PREFERENCE_MODEL, version: ready.version, heads: [] }]]) };
}

function channelsOf({ responses }: PreferenceArtefact): ServedChannel[] {
  return (responses?.channels ?? []).map(({ slug, name, outcomes }) => ({ slug, name, days: responses?.days ?? 0, outcomes: outcomesServed(outcomes.map(({ outcome }) => outcome)) }));
}

export async function readyPreferences(store: Store, version: number): Promise<ReadyPreferences> {
  const artefact = await loadPreferences(store, version, PREFERENCE_CHECKS);
  return { version, channels: channelsOf(artefact), read: preferenceReader(artefact) };
}

/** Kept between calls: a version never changes. */
const kept = new WeakMap<Store, { readonly version: number; readonly ready: Promise<ReadyPreferences> }>();

/** The version that serves now, or undefined without one. @throws AppError `artefact_invalid`. */
export async function preferencesNow(store: Store): Promise<ReadyPreferences | undefined> {
  const version = await servingPreferences(store.db);
  if (version === undefined) return undefined;
  const known = kept.get(store);
  if (known?.version === version) return known.ready;
  const ready = readyPreferences(store, version);
  kept.set(store, { version, ready });
  ready.catch(() => kept.delete(store));
  return ready;
}

async function marketingRefusals({ db }: Store, range: IdRange): Promise<ReadonlySet<number>> {
  const rows = await selectRows<{ id: number }>(db, `SELECT customer_id AS id FROM consents WHERE customer_id >= ? AND customer_id < ? AND purpose = 'marketing' AND state = 'refused'`, [range.from, range.to]);
  return new Set(rows.map(({ id }) => id));
}

/** By customer, for everyone of the range. @throws AppError `cancelled`. */
export async function preferencesBetween(deps: ScoringDeps, ready: ReadyPreferences, columns: Columns, asOf: string, range: IdRange, ids: readonly number[], signal?: AbortSignal): Promise<Map<number, CustomerPreferences>> {
  const instant = startOfDay(asOf, deps.timeZone);
  const asOfDay = cutoffAt(instant, deps.timeZone).day;
  const activities = await activityBetween(columns, deps.plan, { asOf: instant, customers: range, ...(signal === undefined ? {} : { signal }) });
  const refused = await marketingRefusals(deps.store, range);
  return new Map(ids.map((id) => [id, ready.read({ activity: activities.get(id) ?? NO_ACTIVITY, asOfDay, marketingRefused: refused.has(id) })]));
}

/** Preferences of one customer from everything before `instant` (epoch ms). */
export async function preferencesOfOne(deps: ScoringDeps, ready: ReadyPreferences, customerId: number, instant: number): Promise<CustomerPreferences> {
  const activity = await activityOf(deps.store, deps.plan, customerId, instant);
  const refused = await marketingRefusals(deps.store, { from: customerId, to: customerId + 1 });
  return ready.read({ activity, asOfDay: cutoffAt(instant, deps.timeZone).day, marketingRefused: refused.has(customerId) });
}
