/** `tagcast features …`: the catalogue, one customer's values, the matrix as Parquet, the snapshot. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { parseLocalDate, startOfDay } from '../../../base/time.ts';
import { paths } from '../../../environment.ts';
import { featuresOfCustomer } from '../../../features/customer.ts';
import { formatValue } from '../../../features/format.ts';
import { UNITS } from '../../../features/units.ts';
import type { Unit } from '../../../features/units.ts';
import { exportFeatures } from '../../../jobs/exportFeatures.ts';
import { refreshSnapshot } from '../../../store/snapshot/refresh.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { findCustomer } from '../customers.ts';
import { formatInteger, table } from '../terminal.ts';

function unitWords(here: Context, unit: Unit, currency: string): string {
  if (unit === 'money') return currency;
  const words = UNITS[unit];
  return words.style === 'percent' ? '%' : inWords(here, words.zh, words.en[1]);
}

/** Before the work, not after it. */
function checkTarget(file: string): void {
  if (statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory() !== true) throw new AppError('invalid_input', `There is no folder ${dirname(file)}.`, { hint: 'Make it first, or choose another path.' });
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new AppError('invalid_input', `${file} is a folder.`, { hint: 'Name a file in it, for example features.parquet.' });
}

export const features: CommandModule = (program, context) => {
  const command = program.command('features').description('what is known about a customer as of a day');
  command
    .command('list')
    .description('every feature with its unit and meaning')
    .action(async () => {
      const here = context();
      await withApp(here, (app) => {
        const { definitions } = app.plan;
        answer(here, definitions.map(({ name, group, label, unit, meaning, missing, sensitivity }) => ({ name, group, label, unit, meaning, missing, sensitivity })), () => {
          for (const line of table([{ title: inWords(here, '特征', 'feature') }, { title: inWords(here, '组', 'group') }, { title: inWords(here, '名称', 'name') }, { title: inWords(here, '单位', 'unit') }, { title: inWords(here, '含义', 'meaning') }], definitions.map((one) => [one.name, one.group, said(here, one.label), unitWords(here, one.unit, app.shop.currency), said(here, one.meaning)]))) here.output.print(line);
          here.output.print(inWords(here, `共 ${definitions.length} 个特征`, `${definitions.length} features`));
        });
        return Promise.resolve();
      });
    });
  command
    .command('preview')
    .description('every feature of one customer')
    .argument('<customer>', 'the shop\'s own customer id')
    .option('--as-of <date>', 'from before this day (default: today)')
    .action(async (id: string, options: { asOf?: string }) => {
      const here = context();
      await withApp(here, async (app) => {
        const customer = await findCustomer(app, id);
        const asOf = options.asOf === undefined ? await app.today() : parseLocalDate(options.asOf, '--as-of');
        const { matrix } = await featuresOfCustomer(app.store, app.plan, customer.customerId, startOfDay(asOf, app.shop.timeZone));
        if (matrix.rows === 0) throw new AppError('not_found', `Nothing was known of this customer before ${asOf}.`, { hint: 'Choose a later day with --as-of.' });
        const byName = new Map(app.plan.definitions.map((definition) => [definition.name, definition]));
        const values = matrix.columns.map(({ name, values: [value] }) => ({ name, value: Number.isNaN(value) ? null : value }));
        answer(here, { customer: customer.externalId, asOf, features: values }, () => {
          here.output.print(inWords(here, `截至 ${asOf} 的特征`, `Features as of ${asOf}`));
          for (const line of table([{ title: inWords(here, '特征', 'feature') }, { title: inWords(here, '名称', 'name') }, { title: inWords(here, '值', 'value'), align: 'right' }], values.map(({ name, value }) => {
            const definition = byName.get(name);
            if (definition === undefined) return [name, '', String(value)];
            const text = said(here, formatValue(definition, value ?? Number.NaN));
            return [name, said(here, definition.label), definition.unit === 'money' && value !== null ? `${text} ${app.shop.currency}` : text];
          }))) here.output.print(line);
        });
      });
    });
  command
    .command('export')
    .description('the features of everyone as of a day, as a Parquet file for notebooks')
    .argument('<file>', 'path that ends in .parquet')
    .option('--as-of <date>', 'from before this day (default: today)')
    .action(async (file: string, options: { asOf?: string }) => {
      const here = context();
      checkTarget(resolve(file));
      await withApp(here, async (app) => {
        const asOf = options.asOf === undefined ? await app.today() : parseLocalDate(options.asOf, '--as-of');
        const snapshotDir = paths.snapshot(here.config.home);
        await refreshSnapshot(app.store, snapshotDir, workOf(here));
        const report = await exportFeatures({ snapshotDir, plan: app.plan, ...workOf(here) }, { file: resolve(file), asOf });
        answer(here, { ...report, asOf }, () => { here.output.print(`${formatInteger(report.customers)} customers × ${report.features} features as of ${asOf} → ${report.file}`); });
      });
    });
  command
    .command('refresh')
    .description('bring the column snapshot up to date with the store')
    .option('--full', 'read everything again')
    .action(async (options: { full?: boolean }) => {
      const here = context();
      await withApp(here, async (app) => {
        const info = await refreshSnapshot(app.store, paths.snapshot(here.config.home), { ...workOf(here), full: options.full === true });
        answer(here, info, () => { here.output.print(`Snapshot: ${formatInteger(info.rows)} events of ${formatInteger(info.customers)} customers, ${formatInteger(info.added)} read now.`); });
      });
    });
};
