/** What tag building is given: about the run once, and about each customer. Plain data; no store, no models. */
import type { ServedExperiment } from '../../experiments/serving.ts';
import type { ServedChannel } from '../../store/repositories/preferenceModels.ts';
import type { StageNight, StageState } from '../lifecycle/stage.ts';
import type { TagStatus } from '../tag.ts';
import type { CustomerFacts } from '../../scoring/facts.ts';
import type { CustomerPreferences } from '../../scoring/preference/preferences.ts';
import type { Reason } from '../../scoring/reasons.ts';
import type { IntentSignals } from '../../scoring/signals.ts';

/** One head of a model as the run pinned it. */
export interface HeadContext {
  readonly horizonDays: number;
  /** Mean of the target in the newest finished period: what bands and lift are relative to. */
  readonly baseRate: number;
  /** 101 points: the value at 0, 1, …, 100 % of the customers scored in the run. Empty where nobody was scored. */
  readonly grid: readonly number[];
  readonly confidence: 'high' | 'medium' | 'low';
}

export interface ModelContext {
  readonly name: string;
  readonly version: number;
  /** The primary head first. */
  readonly heads: readonly HeadContext[];
}

/** An experiment as the run pinned it. */
export interface UpliftContext extends ServedExperiment {
  /** 101 points of the effects of the customers scored in the run; empty where nobody was. */
  readonly grid: readonly number[];
}

export interface RunContext {
  /** Business day. */
  readonly asOf: string;
  readonly runId: number;
  /** By name; a model without a champion is absent, and its tags say `model_paused`. */
  readonly models: ReadonlyMap<string, ModelContext>;
  /** The night as stages see it, and the version of its rules. */
  readonly lifecycle: StageNight & { readonly rulesVersion: number };
  /** Those that began last first; absent: none. */
  readonly experiments?: readonly UpliftContext[];
  /** Channels with response tags; absent: none. */
  readonly responses?: readonly ServedChannel[];
  /** The theme that a feature belongs to: decides the reason for the risk. */
  readonly themeOf: (feature: string) => string | undefined;
}

/** A customer's score of one head. */
export interface ScoreOfHead {
  /** Probability, amount or median days. */
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null;
  readonly reasons: readonly Reason[];
}

/** Scores by model and horizon. */
export type CustomerScores = ReadonlyMap<string, ScoreOfHead>;

export const scoreKey = (model: string, horizonDays: number): string => `${model}:${horizonDays}`;

/** A tag as it stood before this business day. */
export interface PreviousTag {
  readonly status: TagStatus;
  readonly band: string | null;
  readonly value: number | string | null;
}

export interface CustomerInput {
  readonly optedOut: boolean;
  /** Absent where the customer's features or scores could not be computed. */
  readonly facts: CustomerFacts | undefined;
  /** Models that could score this customer; a model missing here did not find the customer in its population. */
  readonly scores: CustomerScores;
  readonly previous: ReadonlyMap<string, PreviousTag>;
  /** Lifecycle stage before this business day; undefined where there was none. */
  readonly stage: StageState | undefined;
  /** Primary churn probability seven days before; undefined where there was none. */
  readonly churnBefore: number | undefined;
  /** Absent where no preferences serve, or the customer refused. */
  readonly preferences?: CustomerPreferences | undefined;
  /** Absent where nothing was seen of the customer lately, or the customer refused. */
  readonly signals?: IntentSignals | undefined;
}

/** Tags whose state of the day before is needed to build today's. */
export const NEEDS_PREVIOUS = ['churn_risk_band', 'purchase_intent_band', 'lead_intent_grade', 'clv_tier', 'high_value_churn_alert', 'renewal_prob'] as const;
