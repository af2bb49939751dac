/**
 * How a model is declared: what is predicted, for whom, from what, with which candidates and gates. No weights, no SQL.
 * One short file per model in the root folder models/ calls {@link defineModel}.
 */
import { AppError } from '../base/errors.ts';
import type { Bilingual } from '../base/text.ts';
import type { Task } from '../estimators/contract.ts';
import type { SearchDeclaration } from './search/space.ts';

/** What is predicted. Label windows are [asOf, asOf + horizon days), in business days. */
export type Target =
  /** 1 where no order falls into the window. */
  | { readonly kind: 'no_order' }
  /** 1 where at least one order falls into the window. */
  | { readonly kind: 'order' }
  /** Number of orders in the window, the lines of one order once. */
  | { readonly kind: 'orders' }
  /** Net amount of orders and refunds in the window, floored at 0. */
  | { readonly kind: 'spend' }
  /** Amount of the first order in the window, its lines together; customers without one are no rows. */
  | { readonly kind: 'order_value' }
  /** Days until the next order; waiting customers are censored at the horizon. */
  | { readonly kind: 'next_order' }
  /**
   * 1 where a further paid period of a contract was booked, and starts, by `graceDays` after the end of what was paid at the cut-off (docs/contracts.md). Each customer has
   * a window of their own; all of them are over `graceDays` after the horizon.
   */
  | { readonly kind: 'renewal'; readonly graceDays: number }
  /** 1 where an event of the kind falls into the window; with `sameSubject` only events of the observation's own subject count. */
  | { readonly kind: 'event'; readonly event: string; readonly sameSubject?: boolean }
  /** 1 where an order comes before the visit ends; needs observations at visits. */
  | { readonly kind: 'order_in_visit' };

/** A population rule over a feature: rows with a missing value do not belong. */
export interface PopulationRule {
  readonly feature: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Below the horizon of the head, in days: a head then speaks of fewer customers than one that looks further ahead. */
  readonly belowHorizon?: true;
}

/**
 * Which rows are observed. `visit`: one row per visit at a drawn moment of it (src/training/visit); its columns are those of src/features/visit and not of the feature plan. `cutoffs`: every customer of the population at each cut-off. `event`: one row per customer and subject
 * (for example a campaign) on the day the event happened; features come from before that day, the subject's own properties beside them.
 */
export type Observations =
  | { readonly at: 'cutoffs' }
  | { readonly at: 'visit' }
  | {
    readonly at: 'event';
    readonly event: string;
    readonly subject: 'campaign' | 'product' | 'category';
    readonly properties?: readonly SubjectProperty[];
    /** Property that names the last day of the subject (YYYY-MM-DD): the label window ends with that day instead of after the horizon. */
    readonly until?: string;
    /**
     * Adds what the customer bought before of the subject's own products: columns `subject_lines` and `subject_line_share`, and for each flag
     * `<property>_is_<level>` named here the lines once more, 0 where the flag is 0: a match can mean more in one kind of campaign than in another.
     */
    readonly subjectProducts?: { readonly beside: readonly string[] };
  };

/** A property of the event that opens the observation, one 0/1 column per level: `<property>_is_<level>`. */
export interface SubjectProperty {
  readonly property: string;
  readonly levels: readonly string[];
}

/** The small-data ladder: a candidate is only tried when the data reach its rung. */
export const RUNGS = ['rule', 'customer_base', 'linear', 'boosting', 'neural'] as const;
export type Rung = (typeof RUNGS)[number];

export type CandidateParams = Readonly<Record<string, unknown>>;

export interface Candidate {
  /** Name on the leaderboard. */
  readonly name: string;
  readonly rung: Rung;
  /** `kind` of an estimator. */
  readonly estimator: string;
  /** Parameters over the estimator's defaults, or how they follow from the horizon. */
  readonly params?: CandidateParams | ((horizonDays: number) => CandidateParams);
  /** Learns from history alone, so it can serve before the first label period is over. */
  readonly labelFree?: boolean;
  /** Found by a search over parameters, not declared: of two that are as good, the declared one serves. */
  readonly found?: boolean;
  /** Columns the candidate sees; absent: all columns of the model. */
  readonly columns?: readonly string[];
}

export interface ModelDefinition {
  readonly name: string;
  readonly label: Bilingual;
  readonly description: Bilingual;
  readonly target: Target;
  /** Horizons in days, the primary one first: it carries the reasons, bands and gates. Where the history is too short for it, the next one does. */
  readonly horizons: readonly number[];
  readonly observations: Observations;
  readonly population: readonly PopulationRule[];
  /** Not every shop has customers whom the model is meant for (people who are seen before they order, say): that none serves is then no fault. */
  readonly optional?: boolean;
  /** Feature groups or names to leave out; every other feature of the plan is offered. */
  readonly withoutFeatures?: readonly string[];
  /** Groups of {@link ASKED_GROUPS} that the model wants. */
  readonly withGroups?: readonly (typeof ASKED_GROUPS)[number][];
  /** Features that may separate the outcomes nearly alone because they decide them, not because they leak. */
  readonly deciding?: readonly string[];
  /** The simple rule every candidate must beat; it serves where none does. */
  readonly baseline: Candidate;
  readonly candidates: readonly Candidate[];
  /** What a search for better parameters may vary (`tagcast train --trials`, `--budget`); absent: what src/training/search/space.ts has for the estimators. */
  readonly search?: SearchDeclaration;
  /** Training cut-offs: distance in days and the most that are used per fit. */
  readonly cutoffs: { readonly everyDays: number; readonly most: number };
  /** Rows and positives (binary) below which a rung is not tried. */
  readonly minimum: { readonly rows: number; readonly positives: number };
}

/** Feature groups that only models that ask for them are offered: for other targets they are columns of one kind of shop. */
export const ASKED_GROUPS = ['contracts'] as const;

/** Days from a cut-off until every label of its rows is known. */
export function labelDays(target: Target, horizonDays: number): number {
  return target.kind === 'renewal' ? horizonDays + target.graceDays : horizonDays;
}

/** Counts are learned as amounts are: an expected value of at least 0, most of them small. */
export function taskOf(target: Target): Task {
  return target.kind === 'spend' || target.kind === 'order_value' || target.kind === 'orders' ? 'amount' : target.kind === 'next_order' ? 'duration' : 'binary';
}

/** Checks a declaration when the program starts, so that a slip in a file is found before a night's run. */
export function defineModel(definition: ModelDefinition): ModelDefinition {
  const refuse = (why: string): never => {
    throw new AppError('invalid_config', `Model "${definition.name}": ${why}.`, { hint: `Mend models/${definition.name}.ts.` });
  };
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(definition.name)) refuse('the name must be snake_case, at most 48 characters');
  if (definition.horizons.length === 0) refuse('it needs at least one horizon');
  if (definition.horizons.some((days) => !Number.isInteger(days) || days < 1 || days > 1095)) refuse('horizons are whole days from 1 to 1095');
  if (new Set(definition.horizons).size !== definition.horizons.length) refuse('a horizon is named twice');
  if (definition.cutoffs.everyDays < 1 || definition.cutoffs.most < 1) refuse('cutoffs.everyDays and cutoffs.most must be at least 1');
  const names = [definition.baseline, ...definition.candidates].map((candidate) => candidate.name);
  if (new Set(names).size !== names.length) refuse('two candidates share a name');
  if (definition.target.kind === 'event' && definition.target.sameSubject === true && definition.observations.at !== 'event') refuse('sameSubject needs observations at an event');
  if ((definition.target.kind === 'order_in_visit') !== (definition.observations.at === 'visit')) refuse('the target order_in_visit and observations at visits need each other');
  if (definition.target.kind === 'renewal' && !(Number.isInteger(definition.target.graceDays) && definition.target.graceDays >= 0 && definition.target.graceDays <= 180)) refuse('grace days are whole days from 0 to 180');
  for (const rule of definition.population) {
    if (rule.atLeast === undefined && rule.atMost === undefined && rule.belowHorizon === undefined) refuse(`population rule on ${rule.feature} has no bound`);
  }
  return Object.freeze(definition);
}
