/** What the machine tells the program: time, environment variables, and the shop's settings in the home folder. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Clock } from './base/clock.ts';
import { AppError } from './base/errors.ts';
import { checkTimeZone, DEFAULT_TIME_ZONE } from './base/time.ts';
import { SILENCE_LIMITS, SILENCE_MINUTES } from './features/visit/kinds.ts';
import { DEFAULT_LIFECYCLE, lifecycleSchema } from './tags/lifecycle/rules.ts';
import { contractSettingsSchema } from './training/contractSettings.ts';

export { contractSettingsSchema };

/** AES-256. */
const SECRET_KEY_BYTES = 32;

export const systemClock: Clock = { now: () => Date.now() };

/** What `tagcast init` decides once for a shop; lives in config.json in the home folder. */
export const shopSchema = z.strictObject({
  timeZone: z.string(),
  /** ISO 4217 code shown beside amounts. */
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be a code of three capital letters, such as CNY'),
  /** The data end in the past: the day after the last event counts as today, so that tags of an old file are not stale. */
  historic: z.boolean().default(false),
  /** Set for the demo shop only, so that every surface can say that its customers are simulated. */
  simulated: z.boolean().default(false),
  /** Rules of the lifecycle stages; the next night goes by what stands here. */
  lifecycle: lifecycleSchema.default(DEFAULT_LIFECYCLE),
  /** How long nothing must happen until a visit is over; the next training goes by what stands here, and serving by what was trained with. */
  visits: z.strictObject({ silenceMinutes: z.int().min(SILENCE_LIMITS.least).max(SILENCE_LIMITS.most) }).default({ silenceMinutes: SILENCE_MINUTES }),
  /** `by_hand`: a newly trained version that passes its gate waits for `tagcast models promote` all the same. */
  promotion: z.enum(['automatic', 'by_hand']).default('automatic'),
  /** Absent: there are no contracts, and nothing of them is computed. */
  contracts: contractSettingsSchema.optional(),
});
export type Shop = z.infer<typeof shopSchema>;

export interface AppConfig {
  /** Folder of the embedded store, the snapshot, quarantine files and reports. */
  readonly home: string;
  /** PostgreSQL instead of the embedded store. */
  readonly databaseUrl?: string;
  /** Hosts that webhooks may go to whatever their addresses, comma-separated (src/webhooks/address.ts). */
  readonly webhookHosts?: string;
  /** Base64 of 32 bytes that secrets are kept under; absent: a file in the home folder. */
  readonly secretKey?: string;
}

const given = (text: string | undefined): string | undefined => (text === undefined || text === '' ? undefined : text);

/** Settings from the environment: TAGCAST_HOME (default ./data), TAGCAST_DATABASE_URL, TAGCAST_WEBHOOK_HOSTS, TAGCAST_SECRET_KEY. */
export function configFromEnvironment(env: NodeJS.ProcessEnv, cwd: string): AppConfig {
  const home = resolve(cwd, env.TAGCAST_HOME ?? 'data');
  const [databaseUrl, webhookHosts, secretKey] = [env.TAGCAST_DATABASE_URL, env.TAGCAST_WEBHOOK_HOSTS, env.TAGCAST_SECRET_KEY].map(given);
  return { home, ...(databaseUrl === undefined ? {} : { databaseUrl }), ...(webhookHosts === undefined ? {} : { webhookHosts }), ...(secretKey === undefined ? {} : { secretKey }) };
}

export const paths = {
  config: (home: string) => join(home, 'config.json'),
  secretKey: (home: string) => join(home, 'secret.key'),
  store: (home: string) => join(home, 'store'),
  snapshot: (home: string) => join(home, 'snapshot'),
  quarantine: (home: string) => join(home, 'quarantine'),
  reports: (home: string) => join(home, 'reports'),
} as const;

/** Names every part of the file that is wrong, and how. */
function invalidConfig(file: string, { issues }: z.ZodError): AppError {
  const faults = issues.map(({ path, message }) => `${path.length === 0 ? 'the file' : path.join('.')} ${message.replace(/^Invalid input: /, '')}`);
  return new AppError('invalid_config', `${file} is not a valid configuration: ${faults.slice(0, 5).join('; ')}.`, {
    details: { faults: issues.map(({ path, message }) => ({ path: path.join('.'), message })) },
    hint: 'Mend these parts of the file; what is left out takes its default. `tagcast lifecycle rules` shows the rules of the stages, `tagcast doctor` checks again.',
  });
}

export function readShop(home: string): Shop | undefined {
  const file = paths.config(home);
  if (!existsSync(file)) return undefined;
  try {
    const parsed = shopSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!parsed.success) throw invalidConfig(file, parsed.error);
    checkTimeZone(parsed.data.timeZone);
    return parsed.data;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid_config', `${file} is not a valid configuration.`, { hint: 'Mend the file, or write it anew with `tagcast init --force`.', cause });
  }
}

export function writeShop(home: string, shop: Shop): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(paths.config(home), `${JSON.stringify(shop, null, 2)}\n`, { mode: 0o600 });
}

/**
 * The key that secrets are kept under. It is not in the store, so that a copy of the store alone gives nothing away; two processes on one server of PostgreSQL need the same one.
 * @throws AppError `invalid_config`
 */
export function readSecretKey({ home, secretKey }: AppConfig): Buffer {
  const file = paths.secretKey(home);
  if (secretKey === undefined && !existsSync(file)) {
    try {
      writeFileSync(file, `${randomBytes(SECRET_KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    } catch (cause) {
      // Another process may have been faster; then its key is the one.
      if (!existsSync(file)) throw new AppError('invalid_config', `${file} cannot be written.`, { hint: 'Make the folder writable for this user, or set TAGCAST_SECRET_KEY.', cause });
    }
  }
  const key = Buffer.from(secretKey ?? readFileSync(file, 'utf8'), 'base64');
  if (key.length !== SECRET_KEY_BYTES) throw new AppError('invalid_config', `${secretKey === undefined ? file : 'TAGCAST_SECRET_KEY'} is not the base64 of ${SECRET_KEY_BYTES} bytes.`, { hint: 'Make one with `openssl rand -base64 32`; secrets of webhooks have to be rotated after it was changed.' });
  return key;
}

export const DEFAULT_SHOP: Shop = { timeZone: DEFAULT_TIME_ZONE, currency: 'CNY', historic: false, simulated: false, lifecycle: DEFAULT_LIFECYCLE, visits: { silenceMinutes: SILENCE_MINUTES }, promotion: 'automatic' };

/** Version of the product, as package.json has it. */
export const PRODUCT_VERSION = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
