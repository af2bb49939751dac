/** `tagcast doctor`: looks at everything that can be wrong and says what to do. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { existsSync } from 'node:fs';
import { describeError } from '../../../base/errors.ts';
import { addDays } from '../../../base/time.ts';
import { paths, readShop } from '../../../environment.ts';
import { openApp } from '../../../app.ts';
import type { App } from '../../../app.ts';
import { treeKernelCompiled } from '../../../jobs/treeKernel.ts';
import { aliasesOf } from '../../../registry/aliases.ts';
import { readPromotion } from '../../../reports/promotion.ts';
import { listApiKeys } from '../../../store/repositories/apiKeys.ts';
import { countCustomers } from '../../../store/repositories/customers.ts';
import { countEvents } from '../../../store/repositories/events.ts';
import { listAlerts } from '../../../store/repositories/quality.ts';
import { listRuns } from '../../../store/repositories/runs.ts';
import { snapshotSummary } from '../../../store/snapshot/open.ts';
import { DEFAULT_LIFECYCLE, rulesHash } from '../../../tags/lifecycle/rules.ts';
import { answer } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { formatInteger } from '../terminal.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly hint?: string;
}

/** Which version serves, and which one waits for a person, and why. */
async function modelCheck({ store }: App, { name, optional }: App['models'][number]): Promise<Check> {
  const { champion, challenger } = await aliasesOf(store, name);
  // One that is older than the champion was overtaken and waits for nobody.
  const waiting = challenger !== undefined && challenger > (champion ?? 0) ? challenger : undefined;
  const why = waiting === undefined ? undefined : (await readPromotion(store, name, waiting)).gate?.why.en;
  const serves = champion === undefined ? `no serving version${optional === true ? '; it serves shops that have whom it is meant for' : ''}` : `version ${champion} serves`;
  const hint = waiting !== undefined ? `Look at it with \`tagcast models show ${name} ${waiting}\`; \`tagcast models promote ${name} ${waiting}\` lets it serve.` : champion === undefined ? `Run \`tagcast train ${name}\`.` : undefined;
  return { name: `model ${name}`, ok: champion !== undefined || optional === true, found: `${serves}${waiting === undefined ? '' : `; version ${waiting} waits${why === undefined ? '' : `: ${why}`}`}`, ...(hint === undefined ? {} : { hint }) };
}

async function checksOf(context: Context): Promise<Check[]> {
  const { home } = context.config;
  const checks: Check[] = [{ name: 'node', ok: true, found: process.versions.node }];
  const compiled = treeKernelCompiled();
  checks.push({ name: 'tree kernel', ok: true, found: compiled ? 'compiled' : 'not compiled: its TypeScript twin serves, same models, slower', ...(compiled ? {} : { hint: 'Run `npm run build`.' }) });
  const folder = existsSync(home) ? home : dirname(home);
  const disk = await statfs(folder).then((stats) => stats.bavail * stats.bsize, () => undefined);
  if (disk !== undefined) checks.push({ name: 'free disk', ok: disk > 1e9, found: `${(disk / 1e9).toFixed(1)} GB`, ...(disk > 1e9 ? {} : { hint: 'Free some space: the store and the snapshot need room for a second copy of what changes.' }) });
  const attempt = async (name: string, check: () => Promise<Check>): Promise<void> => {
    try {
      checks.push(await check());
    } catch (error) {
      const { message, hint } = describeError(error);
      checks.push({ name, ok: false, found: message, ...(hint === undefined ? {} : { hint }) });
    }
  };
  await attempt('home', () => Promise.resolve(readShop(home) === undefined ? { name: 'home', ok: false, found: `none in ${home}`, hint: 'Run `tagcast init`, or `npm run quickstart` for the demo shop.' } : { name: 'home', ok: true, found: home }));
  if (checks.at(-1)?.ok !== true) return checks;
  const rules = readShop(home)?.lifecycle ?? DEFAULT_LIFECYCLE;
  const same = rulesHash(rules) === rulesHash(DEFAULT_LIFECYCLE);
  checks.push({ name: 'lifecycle rules', ok: true, found: `${same ? 'the defaults' : 'the shop\'s own'}: slipping, dormant, churned after ${rules.slippingAfterCycles}, ${rules.dormantAfterCycles}, ${rules.churnedAfterCycles} cycles; loyal from ${rules.loyalFromOrders} orders` });
  await attempt('store', async () => {
    const app = await openApp(context.config, context.clock);
    try {
      checks.push({ name: 'store', ok: true, found: app.store.dialect === 'pglite' ? 'embedded, lock free, schema up to date' : 'PostgreSQL, schema up to date' });
      const [customers, events] = [await countCustomers(app.store.db), await countEvents(app.store.db)];
      checks.push({ name: 'data', ok: events > 0, found: `${formatInteger(customers)} customers, ${formatInteger(events)} events`, ...(events > 0 ? {} : { hint: 'Import orders: `tagcast import orders.csv`.' }) });
      if (app.store.dialect === 'pglite' && events > 5_000_000) checks.push({ name: 'size', ok: false, found: 'more than 5 million events in the embedded store', hint: 'Set TAGCAST_DATABASE_URL to a PostgreSQL database and import again.' });
      for (const model of app.models) checks.push(await modelCheck(app, model));
      const summary = await snapshotSummary(paths.snapshot(home));
      checks.push({ name: 'snapshot', ok: summary !== undefined && summary.rows === events, found: summary === undefined ? 'none' : `${formatInteger(summary.rows)} events`, ...(summary !== undefined && summary.rows === events ? {} : { hint: 'The next `tagcast score` or `tagcast features refresh` brings it up to date.' }) });
      // What was asked for by name in the course of the day (`rules:…`, `standards:…`) says nothing of the nights.
      const last = (await listRuns(app.store.db, { limit: 200 })).find(({ job }) => !job.includes(':'));
      const today = await app.today();
      const fresh = last !== undefined && last.state === 'done' && last.asOf >= addDays(today, -1);
      checks.push({ name: 'last run', ok: fresh, found: last === undefined ? 'none' : `${last.asOf}: ${last.state}`, ...(fresh ? {} : { hint: 'Run `tagcast nightly`.' }) });
      const alerts = await listAlerts(app.store.db, { open: true, limit: 100 });
      checks.push({ name: 'data quality', ok: alerts.length === 0, found: alerts.length === 0 ? 'no open alert' : `open alerts: ${alerts.slice(0, 5).map(({ key, openedOn }) => `${key} since ${openedOn}`).join(', ')}${alerts.length > 5 ? ` and ${alerts.length - 5} more` : ''}`, ...(alerts.length === 0 ? {} : { hint: 'Look with `tagcast quality status`.' }) });
      const keys = (await listApiKeys(app.store.db)).filter(({ revokedAt }) => revokedAt === null).length;
      return { name: 'API keys', ok: keys > 0, found: String(keys), ...(keys > 0 ? {} : { hint: 'Make one: `tagcast keys create --name me --role admin`.' }) };
    } finally {
      await app.close();
    }
  });
  return checks;
}

export const doctor: CommandModule = (program, context) => {
  program
    .command('doctor')
    .description('look at the home folder, store, models, snapshot, runs and keys, and say what to do')
    .action(async () => {
      const here = context();
      const checks = await checksOf(here);
      answer(here, checks, () => {
        for (const check of checks) {
          here.output.print(`${check.ok ? '✓' : '✗'} ${check.name}: ${check.found}`);
          if (check.hint !== undefined) here.output.print(`    ${check.hint}`);
        }
      });
      if (checks.some((check) => !check.ok)) process.exitCode = 1;
    });
};
