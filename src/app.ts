/**
 * Composition root: configuration, store, clock and catalogues become the dependencies that jobs and surfaces are handed.
 */
import { availableParallelism, hostname } from 'node:os';
import { AppError } from './base/errors.ts';
import { addDays, localDate } from './base/time.ts';
import type { LocalDate } from './base/time.ts';
import type { Clock } from './base/clock.ts';
import { paths, PRODUCT_VERSION, readSecretKey, readShop, systemClock } from './environment.ts';
import type { AppConfig, Shop } from './environment.ts';
import type { Progress } from './base/progress.ts';
import { ESTIMATORS } from './estimators/index.ts';
import { featurePlan } from './features/plan.ts';
import type { FeaturePlan } from './features/plan.ts';
import type { ExperimentDeps } from './jobs/uplift/experiments.ts';
import type { ScoringDeps } from './jobs/scoring/deps.ts';
import { modelChecks } from './jobs/scoring/models.ts';
import { upliftChecks } from './jobs/uplift/models.ts';
import type { TrainingDeps } from './jobs/training/job.ts';
import type { ModelChecks } from './registry/envelope.ts';
import { openStore } from './store/connection.ts';
import type { Store } from './store/connection.ts';
import { lastEventAt } from './store/repositories/events.ts';
import { loadCatalogue } from './tags/catalogue/catalogue.ts';
import type { Catalogue } from './tags/catalogue/catalogue.ts';
import type { LifecycleRules } from './tags/lifecycle/rules.ts';
import type { ModelDefinition } from './training/define.ts';
import type { WebhookDeps } from './jobs/webhooks/deliver.ts';
import { allowedHosts } from './webhooks/address.ts';
import type { WebhookSettings } from './webhooks/subscriptions.ts';
import type { ConditionNames } from './conditions/names.ts';
import { featuresFor } from '../features/index.ts';
import { modelsFor, VISIT_MODELS } from '../models/index.ts';
import { RULE_TAGS } from '../tags/index.ts';

export interface App {
  readonly config: AppConfig;
  readonly shop: Shop;
  readonly store: Store;
  readonly clock: Clock;
  readonly plan: FeaturePlan;
  readonly models: readonly ModelDefinition[];
  readonly checks: ModelChecks;
  /** Every tag that there is now, and what conditions may name. */
  catalogue(): Promise<Catalogue>;
  readonly version: string;
  /** The business day that is today for this shop. */
  today(): Promise<LocalDate>;
  training(work: Work): TrainingDeps;
  scoring(work: Work): ScoringDeps;
  readonly webhookSettings: WebhookSettings;
  webhooks(work: Pick<Work, 'signal'>): WebhookDeps;
  experiments(work: Work, names: ConditionNames): ExperimentDeps;
  close(): Promise<void>;
}

/** How one command wants to be told about progress, and how it is cancelled. */
export interface Work {
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** The lifecycle rules as they stand in the file now: a server that has been up for weeks goes by what was edited this afternoon. */
function rulesNow(home: string, shop: Shop): LifecycleRules {
  return (readShop(home) ?? shop).lifecycle;
}

/** Opens the store of an initialised home folder and puts everything together. */
export async function openApp(config: AppConfig, clock: Clock = systemClock): Promise<App> {
  const shop = readShop(config.home);
  if (shop === undefined) {
    throw new AppError('not_found', `There is no Tagcast home in ${config.home}.`, { hint: 'Run `tagcast init` first, or `npm run quickstart` for the demo shop.' });
  }
  const store = await openStore(config.databaseUrl === undefined ? { dataDir: paths.store(config.home) } : { databaseUrl: config.databaseUrl }, { clock });
  const plan = featurePlan(featuresFor(shop.contracts), { timeZone: shop.timeZone });
  const models = modelsFor(shop.contracts);
  // Everything that is trained; nights score the others alone.
  const allModels = [...models, ...VISIT_MODELS];
  const checks = modelChecks(ESTIMATORS);
  const snapshotDir = paths.snapshot(config.home);
  const webhookSettings: WebhookSettings = { allowed: allowedHosts(config.webhookHosts ?? ''), key: () => readSecretKey(config) };
  const owner = `${hostname()}:${process.pid}:${Math.round(performance.timeOrigin)}`;
  return {
    config, shop, store, clock, plan, checks,
    models: allModels,
    catalogue: () => loadCatalogue(store.db),
    version: PRODUCT_VERSION,
    async today() {
      const now = localDate(clock.now(), shop.timeZone);
      if (!shop.historic) return now;
      const last = await lastEventAt(store.db);
      if (last === undefined) return now;
      const dayAfter = addDays(localDate(last, shop.timeZone), 1);
      return dayAfter < now ? dayAfter : now;
    },
    training: (work) => ({ store, snapshotDir, promotesByItself: (readShop(config.home) ?? shop).promotion === 'automatic', models: allModels, ...(shop.contracts === undefined ? {} : { contracts: shop.contracts }), checks, timeZone: shop.timeZone, currency: shop.currency, silenceMinutes: (readShop(config.home) ?? shop).visits.silenceMinutes, ...work }),
    scoring: (work) => ({ store, clock, owner, snapshotDir, plan, estimators: ESTIMATORS, models: models.map(({ name }) => name), ruleTags: RULE_TAGS, timeZone: shop.timeZone, threads: availableParallelism(), lifecycle: rulesNow(config.home, shop), webhooks: webhookSettings, ...work }),
    webhookSettings,
    webhooks: ({ signal }) => ({ store, clock, owner, webhooks: webhookSettings, ...(signal === undefined ? {} : { signal }) }),
    experiments: (work, names) => ({ store, snapshotDir, plan, checks: upliftChecks(ESTIMATORS), names, timeZone: shop.timeZone, currency: shop.currency, ...work }),
    close: () => store.close(),
  };
}
