/**
 * Composition root: configuration, store, clock and catalogues become the dependencies that jobs and surfaces are handed.
 * The only file that asks the machine for the time, for random bytes or for its environment.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './base/errors.ts';
import { checkTimeZone, DEFAULT_TIME_ZONE } from './base/time.ts';
import type { Clock } from './base/clock.ts';
import { openStore } from './store/connection.ts';
import type { Store } from './store/connection.ts';

export const systemClock: Clock = { now: () => Date.now() };

/** What `tagcast init` decides once for a shop; lives in config.json in the home folder. */
export const shopSchema = z.strictObject({
  timeZone: z.string(),
  /** ISO 4217 code shown beside amounts. */
  currency: z.string().regex(/^[A-Z]{3}$/),
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

export const DEFAULT_SHOP: Shop = { timeZone: DEFAULT_TIME_ZONE, currency: 'CNY', simulated: false };

export interface App {
  readonly config: AppConfig;
  readonly shop: Shop;
  readonly store: Store;
  readonly clock: Clock;
  close(): Promise<void>;
}

/** Opens the store of an initialised home folder. */
export async function openApp(config: AppConfig, clock: Clock = systemClock): Promise<App> {
  const shop = readShop(config.home);
  if (shop === undefined) {
    throw new AppError('not_found', `There is no Tagcast home in ${config.home}.`, { hint: 'Run `tagcast init` first, or `npm run quickstart` for the demo shop.' });
  }
  const store = await openStore(config.databaseUrl === undefined ? { dataDir: paths.store(config.home) } : { databaseUrl: config.databaseUrl }, { clock });
  return { config, shop, store, clock, close: () => store.close() };
}
