/**
 * Composition root: configuration, store, clock and catalogues become the dependencies that jobs and surfaces are handed.
 * The only file that asks the machine for the time, for random bytes or for its environment.
 */
import { hostname } from 'node:os';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './base/errors.ts';
import { addDays, checkTimeZone, DEFAULT_TIME_ZONE, localDate } from './base/time.ts';
import type { LocalDate } from './base/time.ts';
import type { Clock } from './base/clock.ts';
import type { Progress } from './base/progress.ts';
import type { ConditionNames } from './conditions/names.ts';
import { ESTIMATORS } from './estimators/index.ts';
import { featurePlan } from './features/plan.ts';
import type { FeaturePlan } from './features/plan.ts';
import type { ScoringDeps } from './jobs/scoringDeps.ts';
import { modelChecks } from './jobs/scoringModels.ts';
import type { TrainingDeps } from './jobs/training.ts';
import type { ModelChecks } from './registry/envelope.ts';
import { openStore } from './store/connection.ts';
import type { Store } from './store/connection.ts';
import { lastEventAt } from './store/repositories/events.ts';
import { BUILT_TAGS } from './tags/build/buildTags.ts';
import type { TagDefinition } from './tags/catalogue/definition.ts';
import { STAGES } from './tags/catalogue/lifecycle.ts';
import type { ModelDefinition } from './training/define.ts';
import { FEATURES } from '../features/index.ts';
import { MODELS } from '../models/index.ts';
import { RULE_TAGS } from '../tags/index.ts';

export const systemClock: Clock = { now: () => Date.now() };

/** What `tagcast init` decides once for a shop; lives in config.json in the home folder. */
export const shopSchema = z.strictObject({
  timeZone: z.string(),
  /** ISO 4217 code shown beside amounts. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** The data end in the past: the day after the last event counts as today, so that tags of an old file are not stale. */
  historic: z.boolean().default(false),
  /** Set for the demo shop only, so that every surface can say that its customers are simulated. */
  simulated: z.boolean().default(false),
});
export type Shop = z.infer<typeof shopSchema>;

export interface AppConfig {
  /** Folder of the embedded store, the snapshot, quarantine files and reports. */
  readonly home: string;
  /** PostgreSQL instead of the embedded store. */
  readonly databaseUrl?: string;
}

/** Settings from the environment: TAGCAST_HOME (default ./data), TAGCAST_DATABASE_URL. */
export function configFromEnvironment(env: NodeJS.ProcessEnv, cwd: string): AppConfig {
  const home = resolve(cwd, env.TAGCAST_HOME ?? 'data');
  const databaseUrl = env.TAGCAST_DATABASE_URL;
  return databaseUrl === undefined || databaseUrl === '' ? { home } : { home, databaseUrl };
}

export const paths = {
  config: (home: string) => join(home, 'config.json'),
  store: (home: string) => join(home, 'store'),
  snapshot: (home: string) => join(home, 'snapshot'),
  quarantine: (home: string) => join(home, 'quarantine'),
  reports: (home: string) => join(home, 'reports'),
} as const;

export function readShop(home: string): Shop | undefined {
  const file = paths.config(home);
  if (!existsSync(file)) return undefined;
  try {
    const shop = shopSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    checkTimeZone(shop.timeZone);
    return shop;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid_config', `${file} is not a valid configuration.`, { hint: 'Mend the file, or write it anew with `tagcast init --force`.', cause });
  }
}

export function writeShop(home: string, shop: Shop): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(paths.config(home), `${JSON.stringify(shop, null, 2)}\n`, { mode: 0o600 });
}

export const DEFAULT_SHOP: Shop = { timeZone: DEFAULT_TIME_ZONE, currency: 'CNY', historic: false, simulated: false };

export interface App {
  readonly config: AppConfig;
  readonly shop: Shop;
  readonly store: Store;
  readonly clock: Clock;
  readonly plan: FeaturePlan;
  readonly models: readonly ModelDefinition[];
  readonly checks: ModelChecks;
  /** Every tag that there is, rule tags included. */
  readonly tags: readonly TagDefinition[];
  readonly names: ConditionNames;
  readonly version: string;
  /** The business day that is today for this shop. */
  today(): Promise<LocalDate>;
  training(work: Work): TrainingDeps;
  scoring(work: Work): ScoringDeps;
  close(): Promise<void>;
}

/** How one command wants to be told about progress, and how it is cancelled. */
export interface Work {
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** Opens the store of an initialised home folder and puts everything together. */
export async function openApp(config: AppConfig, clock: Clock = systemClock): Promise<App> {
  const shop = readShop(config.home);
  if (shop === undefined) {
    throw new AppError('not_found', `There is no Tagcast home in ${config.home}.`, { hint: 'Run `tagcast init` first, or `npm run quickstart` for the demo shop.' });
  }
  const store = await openStore(config.databaseUrl === undefined ? { dataDir: paths.store(config.home) } : { databaseUrl: config.databaseUrl }, { clock });
  const plan = featurePlan(FEATURES, { timeZone: shop.timeZone });
  const checks = modelChecks(ESTIMATORS);
  const tags: readonly TagDefinition[] = [...BUILT_TAGS, ...RULE_TAGS];
  const snapshotDir = paths.snapshot(config.home);
  const owner = `${hostname()}:${process.pid}:${Math.round(performance.timeOrigin)}`;
  return {
    config, shop, store, clock, plan, checks, tags,
    models: MODELS,
    names: { tags, stages: STAGES },
    version: VERSION,
    async today() {
      const now = localDate(clock.now(), shop.timeZone);
      if (!shop.historic) return now;
      const last = await lastEventAt(store.db);
      if (last === undefined) return now;
      const dayAfter = addDays(localDate(last, shop.timeZone), 1);
      return dayAfter < now ? dayAfter : now;
    },
    training: (work) => ({ store, snapshotDir, models: MODELS, checks, timeZone: shop.timeZone, currency: shop.currency, ...work }),
    scoring: (work) => ({ store, clock, owner, snapshotDir, plan, estimators: ESTIMATORS, models: MODELS.map(({ name }) => name), ruleTags: RULE_TAGS, timeZone: shop.timeZone, ...work }),
    close: () => store.close(),
  };
}

const VERSION = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
