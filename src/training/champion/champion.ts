/** The version that serves while another one is trained, as training knows it, and why the two may not be compared at all. */
import { canonicalJson } from '../../base/json.ts';
import type { Bilingual } from '../../base/text.ts';
import type { LocalDate } from '../../base/time.ts';
import type { AnyEstimator } from '../candidate.ts';
import { taskOf } from '../define.ts';
import type { ModelDefinition } from '../define.ts';
import type { TrainedHead, TrainedModel } from '../trained.ts';
import type { ChampionComparison, HeadComparison, NotCompared } from './schema.ts';
import { refusals } from './words.ts';

export interface Champion {
  readonly version: number;
  /** Absent: it cannot be opened any more. */
  readonly content?: TrainedModel;
}

/** A column as rows have it now. */
export interface LiveColumn {
  readonly name: string;
  readonly unit: string;
  readonly missing: 'missing' | number;
}

export interface Refusal {
  readonly reason: NotCompared['reason'];
  readonly words: Bilingual;
}

/** The champion's part in training one head. */
export interface HeadChampion {
  readonly version: number;
  /** First day that it did not know. */
  readonly end: LocalDate;
  readonly head: TrainedHead;
  /** In the order of its matrix. */
  readonly columns: TrainedModel['columns'];
  /** What is known of the columns of today; rows may have more, which have no rule of their own. */
  readonly live: readonly LiveColumn[];
  /** Of the intervals. */
  readonly level: number;
  /** The features are not declared as they were when it was trained. */
  readonly featuresChanged: boolean;
  /** As it is declared and fitted, whatever the new version is made of. */
  readonly definition: ModelDefinition;
  readonly estimators: Readonly<Record<string, AnyEstimator>>;
}

/** What has to be the same for two versions to be measured on one another's rows. */
export interface Asked {
  readonly definition: ModelDefinition;
  readonly estimators: Readonly<Record<string, AnyEstimator>>;
  readonly currency: string;
  readonly featureSetHash: string;
  /** As the new version writes them down. */
  readonly observations: Readonly<Record<string, unknown>>;
  readonly live: readonly LiveColumn[];
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

/** Visits are the same where the same silence ends them and their columns stand for the same channels and devices: the rest that is noted of them is counts. */
function observed(observations: Readonly<Record<string, unknown>>): unknown {
  const { at, silenceMinutes, channels, devices } = observations;
  return at === 'visit' ? { at, silenceMinutes, channels, devices } : observations;
}

function refusalOf({ version, content }: Champion, { definition, currency, observations }: Asked): Refusal | undefined {
  if (content === undefined) return refusals.champion_unreadable(version);
  if (!same(content.target, definition.target)) return refusals.target_changed(version);
  if (!same(observed(content.observations), observed(observations))) return refusals.observations_changed(version);
  if (!same(content.population, definition.population)) return refusals.population_changed(version);
  if (taskOf(definition.target) === 'amount' && definition.target.kind !== 'orders' && content.currency !== currency) return refusals.currency_changed(version, content.currency, currency);
  return undefined;
}

/** The champion at one horizon, or why it has nothing to say there. @param compared how many horizons before this one were */
export function championAt(champion: Champion, asked: Asked, horizonDays: number, compared: number): HeadChampion | Refusal {
  const refusal = refusalOf(champion, asked);
  if (refusal !== undefined) return refusal;
  const { version, content } = champion;
  const head = content?.heads.find((one) => one.horizonDays === horizonDays);
  if (content === undefined || head === undefined) return refusals.only_challenger(version, horizonDays);
  // The first horizon decides. Any other may only object, and together they object by chance as seldom as one would (Bonferroni).
  const others = Math.max(1, asked.definition.horizons.length - 1);
  const { definition, estimators, live, featureSetHash } = asked;
  return { version, end: content.data.end, head, columns: content.columns, live, definition, estimators, featuresChanged: content.featureSetHash !== featureSetHash, level: compared === 0 ? 0.95 : 1 - 0.05 / others };
}

export function notCompared(horizonDays: number, { reason, words }: Refusal): NotCompared {
  return { horizonDays, compared: null, reason, words: { ...words } };
}

/** What is kept with the new version: its horizons, then those that only the champion has. */
export function comparisonOf({ version, content }: Champion, horizons: readonly number[], heads: readonly HeadComparison[]): ChampionComparison {
  const lost = (content?.heads ?? []).map(({ horizonDays }) => horizonDays).filter((days) => !heads.some(({ horizonDays }) => horizonDays === days));
  return {
    champion: { version, end: content?.data.end ?? null },
    heads: [...heads, ...lost.map((days): NotCompared => ({ ...notCompared(days, refusals.only_champion(version, days)), declared: horizons.includes(days) }))],
  };
}
