/** Models and runs, read only. */
import type { z } from 'zod';
import { AppError } from '../../../base/errors.ts';
import { listModels } from '../../../registry/models.ts';
import type { ModelSummary } from '../../../registry/models.ts';
import { aliasHistory, listAliases } from '../../../store/repositories/models.ts';
import { listRuns } from '../../../store/repositories/runs.ts';
import type { AppDeps } from '../deps.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { Report, reportSchema } from '../../../reports/document.ts';
import { reportPage } from '../../../reports/page.ts';
import { readPromotion } from '../../../reports/promotion.ts';
import { readReport } from '../../../reports/read.ts';
import { versionStates } from '../../../reports/versionStates.ts';
import type { VersionState } from '../../../reports/versionStates.ts';
import { headCardSchema } from '../schemas/models.ts';
import type { modelListSchema, modelParams, modelSchema, modelVersionSchema, reportQuery, runsQuery, runsSchema, versionLineSchema, versionParams } from '../schemas/models.ts';

type Head = ModelSummary['card']['heads'][number];
type VersionLine = z.input<typeof versionLineSchema>;
type Json = z.input<typeof modelVersionSchema>['target'];

const values = (metrics: Head['evaluation']['metrics']): Record<string, number> => Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));

function versionLine({ version, createdAt, sha256, card }: ModelSummary, aliases: readonly string[], promotion: VersionState): VersionLine {
  return {
    version,
    createdAt: instantText(createdAt),
    sha256,
    aliases: [...aliases],
    trainedUntil: card.data.end,
    promotion,
    heads: card.heads.map(({ horizonDays, task, candidate, rung, grade, confidence, beatsBaseline, evaluation, baseline }) => ({
      horizonDays, task, candidate, rung, grade, confidence, beatsBaseline, metrics: values(evaluation.metrics), baselineMetrics: values(baseline.evaluation.metrics),
    })),
  };
}

/** Version → its aliases, and alias → version, of one model. */
async function aliasesOf(deps: AppDeps, name: string): Promise<{ readonly byAlias: Record<string, number>; of(version: number): string[] }> {
  const rows = await listAliases(deps.store.db, name);
  return { byAlias: Object.fromEntries(rows.map(({ alias, version }) => [alias, version])), of: (version) => rows.filter((row) => row.version === version).map(({ alias }) => alias) };
}

export async function readModels(_call: unknown, deps: AppDeps): Promise<z.input<typeof modelListSchema>> {
  const versions = await listModels(deps.store);
  const stateOf = await versionStates(deps.store);
  const models: z.input<typeof modelListSchema>['models'] = [];
  for (const name of new Set(versions.map((row) => row.name))) {
    const aliases = await aliasesOf(deps, name);
    const own = versions.filter((row) => row.name === name);
    const line = (wanted: number | undefined): VersionLine | null => {
      const found = own.find(({ version }) => version === wanted);
      return found === undefined ? null : versionLine(found, aliases.of(found.version), stateOf(name, found.version));
    };
    models.push({ name, label: labelOf(deps, name), aliases: aliases.byAlias, versions: own.length, champion: line(aliases.byAlias.champion), challenger: line(aliases.byAlias.challenger) });
  }
  return { models };
}

function labelOf(deps: AppDeps, name: string): z.input<typeof modelSchema>['label'] {
  return deps.models.find((model) => model.name === name)?.label ?? null;
}

async function versionsOf(deps: AppDeps, name: string): Promise<ModelSummary[]> {
  const versions = await listModels(deps.store, name);
  if (versions.length === 0) throw new AppError('not_found', 'There is no model of this name.', { hint: 'GET /v1/models lists the models; `tagcast train` makes their first versions.' });
  return versions;
}

export async function readModel({ params }: Call<z.output<typeof modelParams>, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof modelSchema>> {
  const versions = await versionsOf(deps, params.name);
  const aliases = await aliasesOf(deps, params.name);
  const history = await aliasHistory(deps.store.db, params.name);
  const stateOf = await versionStates(deps.store, params.name);
  return {
    name: params.name,
    label: labelOf(deps, params.name),
    aliases: aliases.byAlias,
    versions: versions.map((row) => versionLine(row, aliases.of(row.version), stateOf(row.name, row.version))),
    history: history.map(({ alias, from, to, movedAt, reason }) => ({ alias, from, to, movedAt: instantText(movedAt), reason })),
  };
}

const CARD_FIELDS = Object.keys(headCardSchema.shape);

/** The documented fields of a head and no others, whatever else a later version of the registry keeps beside them. */
function headCard(head: Head): z.input<typeof headCardSchema> {
  return Object.fromEntries(Object.entries(head).filter(([field]) => CARD_FIELDS.includes(field))) as z.input<typeof headCardSchema>;
}

export async function readVersion({ params }: Call<z.output<typeof versionParams>, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof modelVersionSchema>> {
  const found = (await versionsOf(deps, params.name)).find(({ version }) => version === params.version);
  if (found === undefined) throw new AppError('not_found', `The model has no version ${params.version}.`, { hint: `GET /v1/models/${params.name} lists its versions.` });
  const { card } = found;
  return {
    name: found.name,
    version: found.version,
    createdAt: instantText(found.createdAt),
    sha256: found.sha256,
    bytes: found.bytes,
    aliases: (await aliasesOf(deps, params.name)).of(found.version),
    target: card.target as Json,
    population: card.population as Json[],
    columns: card.columns,
    featureSetHash: card.featureSetHash,
    timeZone: card.timeZone,
    currency: card.currency,
    seed: card.seed,
    data: card.data,
    readiness: card.readiness,
    heads: card.heads.map(headCard),
    promotion: await readPromotion(deps.store, found.name, found.version),
  };
}

function reportOf(deps: AppDeps, { name, version }: z.output<typeof versionParams>): Promise<Report> {
  return readReport(deps.store, name, version, { models: deps.models, features: deps.plan.features.map(({ definition }) => definition) });
}

export async function readReportDocument({ params }: Call<z.output<typeof versionParams>, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof reportSchema>> {
  return reportOf(deps, params);
}

export async function readReportPage({ params, query }: Call<z.output<typeof versionParams>, z.output<typeof reportQuery>, unknown>, deps: AppDeps): Promise<string> {
  return reportPage(await reportOf(deps, params), query.lang ?? 'zh');
}

export async function readRuns({ query }: Call<unknown, z.output<typeof runsQuery>, unknown>, deps: AppDeps): Promise<z.input<typeof runsSchema>> {
  const { job, state, limit = 20 } = query;
  const runs = await listRuns(deps.store.db, { limit, ...(job === undefined ? {} : { job }), ...(state === undefined ? {} : { state }) });
  return {
    runs: runs.map((run) => ({
      run: run.runId,
      job: run.job,
      asOf: run.asOf,
      state: run.state,
      startedAt: instantText(run.startedAt),
      finishedAt: run.finishedAt === null ? null : instantText(run.finishedAt),
      details: run.details as Json,
    })),
  };
}
