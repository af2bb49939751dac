/** `tagcast quickstart`: the simulated demo shop from nothing to served tags, with a summary at the end. */
import { AppError } from '../../../base/errors.ts';
import { paths, readShop } from '../../../environment.ts';
import type { App } from '../../../app.ts';
import { loadDemoShop } from '../../../jobs/demo.ts';
import { nightly } from '../../../jobs/nightly.ts';
import { requirePublished } from '../../../jobs/scoring/batch.ts';
import { trainPreferencesNow } from '../../../jobs/preferences/training.ts';
import { trainModels } from '../../../jobs/training/job.ts';
import { champions } from '../../../registry/aliases.ts';
import { DEMO_SHOP, simulateShop } from '../../../simulator/shop.ts';
import { refreshSnapshot } from '../../../store/snapshot/refresh.ts';
import { listSegment } from '../../../segments/list.ts';
import { startOfDay } from '../../../base/time.ts';
import { servingPreferences } from '../../../store/repositories/preferenceModels.ts';
import { tagsOf } from '../../../store/repositories/tagReads.ts';
import { answer, withApp, workOf } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { showTrained } from '../modelCards.ts';
import { showPreferences } from '../preferenceReport.ts';
import { startServing } from '../serving.ts';
import { detailOfTag, labelOf, valueOfTag } from '../tagWords.ts';
import type { TagWords } from '../tagWords.ts';
import { formatInteger } from '../terminal.ts';
import { firstKey, initialise } from './init.ts';
import { wholeNumber } from './wholeNumber.ts';
import { showBands } from './score.ts';

const SEED = 1;

export const quickstart: CommandModule = (program, context) => {
  program
    .command('quickstart')
    .description('a simulated demo shop: import, train, score, publish, serve')
    .option('--customers <number>', 'customers of the simulated shop', wholeNumber, DEMO_SHOP.customers)
    .option('--no-serve', 'stop after the summary')
    .option('--port <number>', 'port of the API', wholeNumber, 8080)
    .action(async (options: { customers: number; serve: boolean; port: number }) => {
      const here = context();
      const known = readShop(here.config.home);
      if (known !== undefined && !known.simulated) {
        throw new AppError('conflict', `${here.config.home} holds a shop of your own; the demo shop would be mixed with it.`, { hint: 'Choose another folder: `TAGCAST_HOME=./demo npm run quickstart`.' });
      }
      // One JSON document instead of the story: the story is not told then.
      const shown: Context = here.json ? { ...here, output: { ...here.output, print: () => undefined } } : here;
      const started = here.clock.now();
      heading(here, 1, 'A store for the demo shop. Everything in it is simulated (模拟数据).');
      initialise(here, { timeZone: DEMO_SHOP.timeZone, currency: 'CNY', historic: true, simulated: true }, false);
      await withApp(here, async (app) => {
        heading(here, 2, `${formatInteger(DEMO_SHOP.days)} days of ${formatInteger(options.customers)} simulated customers: browsing, orders, refunds, messages, campaigns`);
        const demo = await loadDemoShop({ store: app.store, ...workOf(here) }, simulateShop({ ...DEMO_SHOP, customers: options.customers }));
        here.output.remark(`  ${formatInteger(demo.events + demo.known)} events of ${formatInteger(demo.customers)} customers${demo.known > 0 ? `, ${formatInteger(demo.known)} of them were there already` : ''}`);
        const asOf = await app.today();
        heading(here, 3, 'Training the models on the past, testing each once on the last period');
        const serving = await champions(app.store);
        const missing = app.models.map(({ name }) => name).filter((name) => !serving.has(name));
        if (missing.length > 0) showTrained(shown, app, await trainModels(app.training(workOf(here)), { models: missing, end: asOf, seed: SEED, threads: 2, actor: 'quickstart' }));
        else here.output.remark('  all of them serve already');
        if ((await servingPreferences(app.store.db)) === undefined) {
          await refreshSnapshot(app.store, paths.snapshot(here.config.home), workOf(here));
          showPreferences(shown, await trainPreferencesNow(app.training(workOf(here)), { end: asOf, seed: SEED }));
        }
        heading(here, 4, `Scoring everyone as of ${asOf} and publishing the tags`);
        const { score: report } = await nightly(app.scoring(workOf(here)), { asOf });
        requirePublished(report);
        shown.output.print(`  ${formatInteger(report.customers)} customers, ${formatInteger(report.tags.reduce((sum, tag) => sum + tag.customers, 0))} tags`);
        showBands(shown, app.shop, (await app.catalogue()).tags, report);
        await showTen(shown, app, asOf);
        shown.output.print(`\nDone in ${Math.round((here.clock.now() - started) / 1000)} s. These customers are simulated; your own shop: README, "Bring your own data".`);
        whereNext(shown);
        // Made last: a key of a run that was stopped half-way would never have been seen.
        const key = await firstKey(app);
        if (key !== undefined) shown.output.print(`\nAPI key (role admin), shown only this once: ${key}`);
        const document = { home: here.config.home, simulated: true, customers: demo.customers, events: demo.events + demo.known, models: Object.fromEntries(await champions(app.store)), score: report, ...(key === undefined ? {} : { apiKey: key }) };
        if (!options.serve) {
          answer(here, document, () => undefined);
          return;
        }
        const server = await startServing(app, { port: options.port });
        answer(here, { ...document, url: server.url }, () => undefined);
        shown.output.print(`\nThe API listens on ${server.url}; documentation: ${server.url}/docs\n  curl -H 'Authorization: Bearer ${key ?? '<key>'}' ${server.url}/v1/customers/SIM-000001/tags\nStop with Ctrl-C.`);
        if (!here.signal.aborted) await new Promise<void>((resolve) => here.signal.addEventListener('abort', () => { resolve(); }, { once: true }));
        await server.close();
      });
    });
};

function heading(here: Context, step: number, text: string): void {
  here.output.remark(`[${step}] ${text}`);
}

type Listed = Awaited<ReturnType<typeof listSegment>>['rows'][number];

/** Ten valuable customers who are about to leave, with reasons: what a marketer would call first. */
async function showTen(here: Context, app: App, asOf: string): Promise<void> {
  const { print } = here.output;
  const catalogue = await app.catalogue();
  const words: TagWords = { language: here.language, currency: app.shop.currency, tags: catalogue.tags };
  const value = catalogue.tags.filter(({ key }) => key.startsWith('clv_pred_')).at(-1)?.key ?? 'clv_total';
  /** Customers at risk in these tiers of future value, the most valuable first: of somebody who is long gone, what was bought once is no reason to call. */
  const atRisk = async (tiers: readonly string[]): Promise<Listed[]> => {
    const { rows } = await listSegment(
      app.store,
      { all: [{ tag: 'churn_risk_band', field: 'band', op: 'in', values: ['at_risk', 'critical'] }, { tag: 'clv_tier', field: 'band', op: 'in', values: [...tiers] }] },
      { asOf: startOfDay(asOf, app.shop.timeZone), timeZone: app.shop.timeZone, names: catalogue.names },
      { limit: 1000, tags: [value] },
    );
    const amount = (row: Listed): number => Number(row.tags[value]?.value ?? 0);
    return rows.toSorted((a, b) => amount(b) - amount(a));
  };
  const ten = [...(await atRisk(['top', 'high'])), ...(await atRisk(['middle']))].slice(0, 10);
  print(here.language === 'zh' ? '\n十位高价值、可能流失的客户，以及原因' : '\nTen valuable customers who may leave, and why');
  for (const row of ten) {
    const tags = new Map((await tagsOf(app.store.db, row.customerId)).map((tag) => [tag.key, tag]));
    const said = ['churn_prob_90d', 'churn_risk_band', value, 'next_order_date'].flatMap((key) => {
      const tag = tags.get(key);
      return tag === undefined || tag.status !== 'ok' ? [] : [`${labelOf(words, key)} ${valueOfTag(words, tag)}`];
    });
    const risk = tags.get('churn_prob_90d');
    print(`  ${row.externalId}  ${said.join(' · ')}${risk === undefined ? '' : ` · ${detailOfTag(words, risk)}`}`);
    const reasons = tags.get('churn_risk_band')?.reasons ?? [];
    for (const reason of (reasons.length > 0 ? reasons : (risk?.reasons ?? [])).slice(0, 4)) print(`      ${reason.direction === 'up' ? '▲' : '▼'} ${reason.text[here.language]}`);
  }
}

function whereNext(here: Context): void {
  const { print } = here.output;
  print('Where to look next:');
  print('  npx tagcast customer SIM-000001            everything about one customer');
  print('  npx tagcast tags distribution churn_risk_band');
  print("  npx tagcast segment list --condition 'tag.churn_risk_band.band = critical and tag.clv_tier.band in (high, top)'");
  print('  npx tagcast evaluate                       how good the models were, beside simple baselines');
}
