/** What the HTTP surface is handed: the part of the composed app that it uses. A plain object, so that tests hand in their own. */
import type { Clock } from '../../base/clock.ts';
import type { Progress } from '../../base/progress.ts';
import type { Bilingual } from '../../base/text.ts';
import type { LocalDate } from '../../base/time.ts';
import type { ConditionNames } from '../../conditions/names.ts';
import type { evaluateExperiment, ExperimentDeps } from '../../jobs/uplift/experiments.ts';
import type { lookalikes } from '../../jobs/lookalikes/job.ts';
import type { ScoringDeps } from '../../jobs/scoring/deps.ts';
import type { scoreOneNow } from '../../jobs/scoring/one.ts';
import type { scoreVisitNow } from '../../jobs/scoring/visit.ts';
import type { WebhookDeps } from '../../jobs/webhooks/deliver.ts';
import type { Store } from '../../store/connection.ts';
import type { Catalogue } from '../../tags/catalogue/catalogue.ts';
import type { WebhookSettings } from '../../webhooks/subscriptions.ts';

export interface AppDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** `historic`: the data end in the past, and the business day is theirs and not the clock's. */
  readonly shop: { readonly timeZone: string; readonly historic: boolean };
  /** Version of the product, as package.json has it. */
  readonly version: string;
  /** The tag catalogue as it is now: every kind of tag, and what conditions may name. */
  catalogue(): Promise<Catalogue>;
  readonly models: readonly { readonly name: string; readonly label: Bilingual; readonly description?: Bilingual }[];
  /** What the columns of models are called. */
  readonly plan: { readonly features: readonly { readonly definition: { readonly name: string; readonly label: Bilingual } }[] };
  /** Business day that segments and the age of tags are judged on. */
  today(): Promise<LocalDate>;
  scoring(work: { readonly progress: Progress; readonly signal?: AbortSignal }): ScoringDeps;
  readonly webhookSettings: WebhookSettings;
  webhooks(work: { readonly signal?: AbortSignal }): WebhookDeps;
  experiments(work: { readonly progress: Progress; readonly signal?: AbortSignal }, names: ConditionNames): ExperimentDeps;
  /** The job that evaluates an experiment; for tests that need another one. */
  readonly evaluate?: typeof evaluateExperiment;
  /** The job that finds lookalikes; for tests that need another one. */
  readonly lookalikes?: typeof lookalikes;
  /** The job that scores one customer; for tests that need another one. */
  readonly scoreOne?: typeof scoreOneNow;
  /** The job that looks at the visit under way; for tests that need another one. */
  readonly scoreVisit?: typeof scoreVisitNow;
}
