/** `tagcast init`: makes the home folder, the store and the first API key. */
import { Option } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { checkTimeZone } from '../../../base/time.ts';
import { contractSettingsSchema, DEFAULT_SHOP, readShop, shopSchema, writeShop } from '../../../environment.ts';
import type { Shop } from '../../../environment.ts';
import type { App } from '../../../app.ts';
import { createApiKey, listApiKeys } from '../../../store/repositories/apiKeys.ts';
import { answer, withApp } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';

/** The first key of a store, or undefined where there is one already. Shown once and never again. */
export async function firstKey(app: App): Promise<string | undefined> {
  if ((await listApiKeys(app.store.db)).some((key) => key.revokedAt === null)) return undefined;
  return (await createApiKey(app.store.db, { name: 'first admin', role: 'admin', at: app.clock.now() })).key;
}

/** What the flags say about contracts; nothing where they say nothing. */
function contractsOf({ contracts, graceDays }: { readonly contracts?: string | boolean; readonly graceDays?: string }): Pick<Shop, 'contracts'> {
  if (contracts === undefined) {
    if (graceDays === undefined) return {};
    throw new AppError('invalid_input', 'Grace days belong to contracts.', { hint: 'For example `tagcast init --contracts --grace-days 14`.' });
  }
  if (contracts === false) return { contracts: undefined };
  const parsed = contractSettingsSchema.safeParse({ ...(typeof contracts === 'string' ? { horizonsDays: contracts.split(',').map(Number) } : {}), ...(graceDays === undefined ? {} : { graceDays: Number(graceDays) }) });
  if (!parsed.success) throw new AppError('invalid_input', `These are no settings of contracts: ${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? ''}.`, { hint: 'For example `tagcast init --contracts 30,90 --grace-days 14`: whole days, horizons from 1 to 365.' });
  return { contracts: parsed.data };
}

export function initialise(context: Context, wish: Partial<Shop>, force: boolean): Shop {
  const known = readShop(context.config.home);
  const parsed = shopSchema.safeParse({ ...(known ?? DEFAULT_SHOP), ...wish });
  if (!parsed.success) throw new AppError('invalid_input', `The settings of the shop are not valid: ${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? ''}.`, { hint: 'For example `tagcast init --time-zone Asia/Shanghai --currency CNY`.' });
  checkTimeZone(parsed.data.timeZone);
  const changed = known !== undefined && JSON.stringify(known) !== JSON.stringify(parsed.data);
  if (changed && !force) {
    throw new AppError('conflict', `There is a Tagcast home in ${context.config.home} already, with other settings.`, { hint: 'Keep it, choose another folder with TAGCAST_HOME, or change its settings with `tagcast init --force` (nothing is deleted; train and score again afterwards).' });
  }
  if (known === undefined || changed) writeShop(context.config.home, parsed.data);
  return parsed.data;
}

export const init: CommandModule = (program, context) => {
  program
    .command('init')
    .description('make the home folder, the store and the first API key')
    .option('--time-zone <name>', 'business time zone, IANA name (default Asia/Shanghai)')
    .option('--currency <code>', 'ISO 4217 code of the amounts (default CNY)')
    .option('--historic', 'the data end in the past: the day after the last event counts as today')
    .option('--no-historic', 'today is today')
    .option('--contracts [days]', 'customers pay for periods: predict renewals of contracts that end within these days (default 30,90)')
    .option('--no-contracts', 'there are no contracts')
    .option('--grace-days <days>', 'with --contracts: days after the end within which a new period is a renewal (default 14)')
    .addOption(new Option('--force', 'change the settings of an existing home'))
    .action(async (options: { timeZone?: string; currency?: string; historic?: boolean; contracts?: string | boolean; graceDays?: string; force?: boolean }) => {
      const here = context();
      const shop = initialise(here, { ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }), ...(options.currency === undefined ? {} : { currency: options.currency }), ...(options.historic === undefined ? {} : { historic: options.historic }), ...contractsOf(options) }, options.force === true);
      await withApp(here, async (app) => {
        const key = await firstKey(app);
        answer(here, { home: here.config.home, store: app.store.dialect, ...shop, ...(key === undefined ? {} : { apiKey: key }) }, () => {
          here.output.print(`Tagcast is ready in ${here.config.home} (${app.store.dialect === 'pglite' ? 'embedded store' : 'PostgreSQL'}, ${shop.timeZone}, ${shop.currency}).`);
          if (key !== undefined) here.output.print(`\nAPI key (role admin), shown only this once: ${key}\n`);
          here.output.print('Next: `tagcast import orders.csv --customer <column> --time <column> --amount <column> --order <column>`');
        });
      });
    });
};
