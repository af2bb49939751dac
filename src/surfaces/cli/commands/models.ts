/** `tagcast train` and `tagcast models …`. */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { AppError } from '../../../base/errors.ts';
import { parseLocalDate } from '../../../base/time.ts';
import { liveColumns } from '../../../jobs/scoring/models.ts';
import { trainAll } from '../../../jobs/training/all.ts';
import { aliasesOf, promoteModel, rollbackModel } from '../../../registry/aliases.ts';
import { listModels } from '../../../registry/models.ts';
import { readPromotion } from '../../../reports/promotion.ts';
import { versionStates } from '../../../reports/versionStates.ts';
import type { App } from '../../../app.ts';
import { answer, inWords, said, withApp, workOf } from '../context.ts';
import type { CommandModule, Context } from '../context.ts';
import { addModelExchange } from './modelExchange.ts';
import { metricText, SHOWN_METRICS } from '../metrics.ts';
import { gradeWords, showCard, showPromotion, showTrained } from '../modelCards.ts';
import { table } from '../terminal.ts';
import { showPreferences } from '../preferenceReport.ts';
import { wholeNumber } from './wholeNumber.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([smh])$/.exec(text.trim()) ?? [];
  if (amount === undefined || unit === undefined || Number(amount) === 0) throw new InvalidArgumentError('Write it as 90s, 10m or 1h.');
  return Number(amount) * UNITS[unit];
}

export const train: CommandModule = (program, context) => {
  program
    .command('train')
    .description('train models from the events before a day, test them on the last period, and put them into the registry')
    .argument('[models...]', 'names of models, `preferences` for preference tags (default: all)')
    .option('--end <date>', 'first day that training must not know (default: today)')
    .option('--seed <number>', 'seed of every random choice', wholeNumber, 1)
    .option('--threads <number>', 'models trained side by side', wholeNumber, Math.min(2, availableParallelism()))
    .option('--trials <number>', 'look for better parameters first: so many trials for each model', wholeNumber)
    .option('--budget <time>', 'look for better parameters first, for about this long in all: 90s, 10m, 1h', milliseconds)
    .action(async (models: string[], options: { end?: string; seed: number; threads: number; trials?: number; budget?: number }) => {
      const here = context();
      await withApp(here, async (app) => {
        const end = options.end === undefined ? await app.today() : parseLocalDate(options.end, '--end');
        const { models: results, preferences } = await trainAll(app.training(workOf(here)), { ...(models.length === 0 ? {} : { models }), end, seed: options.seed, threads: options.threads, actor: 'cli', ...(options.trials === undefined ? {} : { trials: options.trials }), ...(options.budget === undefined ? {} : { budgetMs: options.budget }) });
        const failed = results.filter((result) => !result.outcome.ok);
        answer(here, [...results.map(({ model, outcome }) => (outcome.ok ? { model, version: outcome.version, champion: outcome.admission.champion, gate: outcome.admission.gate, comparison: outcome.comparison ?? null, heads: outcome.content.heads.map(({ artefact: _a, serving: _s, typical: _t, ...head }) => head) } : { model, error: outcome })), ...(preferences === undefined ? [] : [preferences.ok ? { model: 'preferences', version: preferences.version, champion: true, whyItServes: preferences.whyItServes, report: preferences.report } : { model: 'preferences', error: preferences }])], () => {
          showTrained(here, app, results);
          if (preferences !== undefined) showPreferences(here, preferences);
        });
        const nothing = preferences?.ok === true ? undefined : preferences;
        if (failed.length === results.length && (results.length > 0 ? preferences?.ok !== true : nothing !== undefined)) {
          if (nothing !== undefined && results.length === 0) throw new AppError(nothing.code, nothing.message, { details: nothing.details, ...(nothing.hint === undefined ? {} : { hint: nothing.hint }) });
          const [first] = failed;
          if (!first.outcome.ok) throw new AppError(first.outcome.code, first.outcome.message, { details: first.outcome.details, ...(first.outcome.hint === undefined ? {} : { hint: first.outcome.hint }) });
        }
      });
    });
};

/** The version that was asked for, else the champion, else the newest. */
export async function chosenVersion(app: App, name: string, wish: number | undefined): Promise<number> {
  if (!app.models.some((model) => model.name === name)) throw new AppError('unknown_name', `There is no model "${name.slice(0, 60)}".`, { hint: `There are: ${app.models.map((model) => model.name).join(', ')}.` });
  const versions = await listModels(app.store, name);
  const version = wish ?? (await aliasesOf(app.store, name)).champion ?? versions[0]?.version;
  if (version === undefined || !versions.some((one) => one.version === version)) {
    throw new AppError('not_found', `Model "${name}" has ${versions.length === 0 ? 'not been trained yet' : `no version ${version ?? ''}`}.`, { hint: versions.length === 0 ? `Run \`tagcast train ${name}\`.` : `Versions: ${versions.map((one) => one.version).join(', ')}.` });
  }
  return version;
}

/** A night publishes tags; what is asked on demand follows at once. */
function whenServes({ models: declared }: App, name: string): string {
  const onDemand = declared.find((model) => model.name === name)?.observations.at === 'visit';
  return onDemand ? 'the next question on.' : 'the next scoring on. Run `tagcast score --force` to publish its tags now.';
}

async function showVersion(context: Context, app: App, name: string, wish: number | undefined): Promise<void> {
  const version = await chosenVersion(app, name, wish);
  const found = (await listModels(app.store, name)).find((one) => one.version === version);
  if (found === undefined) return;
  const aliases = await aliasesOf(app.store, name);
  const promotion = await readPromotion(app.store, name, version);
  answer(context, { ...found, aliases, promotion }, () => {
    showCard(context, app, found.card, version, aliases);
    showPromotion(context, found.card.observations, promotion);
  });
}

export const models: CommandModule = (program, context) => {
  const command = program.command('models').description('the model registry');
  command
    .command('list')
    .description('declared models and their versions')
    .action(async () => {
      const here = context();
      await withApp(here, async (app) => {
        const versions = await listModels(app.store);
        const stateOf = await versionStates(app.store);
        const aliases = new Map(await Promise.all([...new Set(versions.map((one) => one.name))].map(async (name) => [name, await aliasesOf(app.store, name)] as const)));
        answer(here, { declared: app.models.map(({ name, label, horizons }) => ({ name, label, horizons })), versions: versions.map((one) => ({ ...one, aliases: Object.entries(aliases.get(one.name) ?? {}).filter(([, version]) => version === one.version).map(([alias]) => alias), promotion: stateOf(one.name, one.version) })) }, () => {
          const rows = app.models.flatMap((model) => {
            const own = versions.filter((one) => one.name === model.name);
            if (own.length === 0) return [[model.name, said(here, model.label), '–', inWords(here, '尚未训练', 'not trained'), '', '', '', '']];
            return own.map((one) => {
              const [head] = one.card.heads;
              const named = Object.entries(aliases.get(one.name) ?? {}).filter(([, version]) => version === one.version).map(([alias]) => alias).join(', ');
              const [{ key, title }] = SHOWN_METRICS[head.task];
              const metric = head.evaluation.metrics[key];
              return [model.name, said(here, model.label), String(one.version), named, said(here, stateOf(one.name, one.version).words), head.candidate, gradeWords(here, head.grade), metric === undefined ? '' : `${said(here, title)} ${metricText(key, metric.value)}`];
            });
          });
          for (const line of table([{ title: inWords(here, '模型', 'model') }, { title: inWords(here, '名称', 'name') }, { title: inWords(here, '版本', 'version'), align: 'right' }, { title: inWords(here, '别名', 'alias') }, { title: inWords(here, '状态', 'state') }, { title: inWords(here, '方法', 'method') }, { title: inWords(here, '评级', 'grade') }, { title: inWords(here, '最后一期', 'last period') }], rows)) here.output.print(line);
        });
      });
    });
  command
    .command('show')
    .description('the card of a version (default: the champion)')
    .argument('<model>')
    .argument('[version]', 'version number', wholeNumber)
    .action(async (name: string, version: number | undefined) => {
      const here = context();
      await withApp(here, (app) => showVersion(here, app, name, version));
    });
  command
    .command('promote')
    .description('let a version serve')
    .argument('<model>')
    .argument('<version>', 'version number', wholeNumber)
    .option('--reason <text>', 'kept in the history', 'promoted by hand')
    .action(async (name: string, version: number, options: { reason: string }) => {
      const here = context();
      await withApp(here, async (app) => {
        const moved = await promoteModel(app.store, name, version, liveColumns(app.plan), app.checks, { actor: 'cli', reason: options.reason });
        answer(here, { model: name, aliases: moved }, () => { here.output.print(`${name}: version ${version} serves from ${whenServes(app, name)}`); });
      });
    });
  addModelExchange(command, context, chosenVersion);
  command
    .command('rollback')
    .description('let the version before serve again')
    .argument('<model>')
    .option('--reason <text>', 'kept in the history', 'rolled back by hand')
    .action(async (name: string, options: { reason: string }) => {
      const here = context();
      await withApp(here, async (app) => {
        const moved = await rollbackModel(app.store, name, liveColumns(app.plan), app.checks, { actor: 'cli', reason: options.reason });
        answer(here, { model: name, aliases: moved }, () => { here.output.print(`${name}: version ${moved.champion ?? ''} serves again, from ${whenServes(app, name)}`); });
      });
    });
};
