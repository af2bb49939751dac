/** What scoring is handed, and the limits it works under. */
import type { Progress } from '../../base/progress.ts';
import type { ConditionNames } from '../../conditions/names.ts';
import type { buildFeatures } from '../../features/build.ts';
import type { FeaturePlan } from '../../features/plan.ts';
import type { ServingEstimators } from '../../scoring/model.ts';
import type { FeatureWords } from '../../scoring/reasons.ts';
import type { LifecycleRules } from '../../tags/lifecycle/rules.ts';
import type { RuleTagDefinition } from '../../tags/rules/definition.ts';
import type { WebhookSettings } from '../../webhooks/subscriptions.ts';
import type { RunDeps } from '../runs.ts';

/** Name of the scoring job in the table of runs. */
export const SCORING_JOB = 'score';

export interface ScoringLimits {
  /** Customers per chunk: decides the memory. */
  readonly chunkCustomers: number;
  /** A process that is silent for so long is taken for dead. */
  readonly leaseMs: number;
  /** Held when fewer than this share of the last run's customers were scored. */
  readonly leastCustomersShare: number;
  /** Held when more than this share of customers would change their churn band. */
  readonly mostFlips: number;
  /** Finished runs whose raw scores are kept. */
  readonly keepRuns: number;
  /** Customers of one chunk that may fail on their own before the chunk is taken to be broken. */
  readonly mostPoison: number;
  /** From this many chunks on, threads are worth their start. */
  readonly chunksForThreads: number;
}

export const DEFAULT_LIMITS: ScoringLimits = { chunkCustomers: 10_000, leaseMs: 60_000, leastCustomersShare: 0.9, mostFlips: 0.35, keepRuns: 2, mostPoison: 20, chunksForThreads: 4 };

export interface ScoringDeps extends RunDeps {
  /** Folder of the column snapshot. */
  readonly snapshotDir: string;
  readonly plan: FeaturePlan;
  readonly estimators: ServingEstimators;
  /** Names of the models that predictive tags are read from, as declared. */
  readonly models: readonly string[];
  readonly ruleTags: readonly RuleTagDefinition[];
  /** Words for attribute keys and the shop's event kinds, for rule tags. */
  readonly names?: Pick<ConditionNames, 'attributes' | 'eventKinds'>;
  /** IANA name of the business time zone. */
  readonly timeZone: string;
  /** Absent: the defaults. */
  readonly lifecycle?: LifecycleRules;
  readonly limits?: Partial<ScoringLimits>;
  /** Threads that score a large run, 1 when absent; `estimators` must then be those of src/estimators/index.ts. The tags are the same bytes whatever the number. */
  readonly threads?: number;
  /** Absent: a night sends no webhooks; they wait for whoever does. */
  readonly webhooks?: WebhookSettings;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Builds features of a range of customers; absent: from the snapshot. */
  readonly buildFeatures?: typeof buildFeatures;
}

export function limitsOf(deps: ScoringDeps): ScoringLimits {
  return { ...DEFAULT_LIMITS, ...deps.limits };
}

export function wordsOf(plan: FeaturePlan): FeatureWords {
  return new Map(plan.definitions.map((definition) => [definition.name, definition]));
}
