/** Puts the report of a version together from what is stored: its card, what was kept of its test, its aliases and the newest scores. */
import { AppError } from '../base/errors.ts';
import type { Bilingual } from '../base/text.ts';
import { populationStability, stabilityNoise } from '../math/metrics/index.ts';
import { listModels } from '../registry/models.ts';
import type { ModelCard } from '../registry/models.ts';
import { visitColumns } from '../features/visit/columns.ts';
import type { VisitColumn } from '../features/visit/columns.ts';
import type { Store } from '../store/connection.ts';
import { latestScores, modelReport } from '../store/repositories/modelReports.ts';
import { listAliases } from '../store/repositories/models.ts';
import { DIAGNOSTICS_VERSION, diagnosticsSchema } from '../training/diagnostics/schema.ts';
import type { Diagnostics, HeadDiagnostics } from '../training/diagnostics/schema.ts';
import { headCardSchema, REPORT_FORMAT, REPORT_VERSION } from './document.ts';
import { ORDERS_UNIT } from './format.ts';
import type { HeadCard, Latest, Report } from './document.ts';

/** Names of models and features as the declarations have them. */
export interface ReportWords {
  readonly models: readonly { readonly name: string; readonly label: Bilingual; readonly description?: Bilingual }[];
  readonly features: readonly { readonly name: string; readonly label: Bilingual }[];
}

/** @throws AppError `not_found` for a version that does not exist, `artefact_invalid` where what was kept cannot be read. */
export async function readReport(store: Store, name: string, version: number, words: ReportWords): Promise<Report> {
  const found = (await listModels(store, name)).find((one) => one.version === version);
  if (found === undefined) throw new AppError('not_found', `There is no version ${version} of a model "${name.slice(0, 60)}".`, { hint: 'See `tagcast models list`.' });
  const kept = await storedDiagnostics(store, name, version);
  const diagnostics = kept?.heads ?? [];
  const { card } = found;
  const declared = words.models.find((model) => model.name === name);
  const labels = new Map([...words.features, ...visitWords(card.observations)].map((feature) => [feature.name, feature.label]));
  const heads: Report['heads'] = [];
  for (const head of card.heads) {
    const own = diagnostics.find((one) => one.horizonDays === head.horizonDays) ?? null;
    heads.push({ ...headCard(head), diagnostics: own, latest: own === null ? null : await latestOf(store, name, own) });
  }
  return {
    format: REPORT_FORMAT,
    schemaVersion: REPORT_VERSION,
    name,
    label: declared === undefined ? null : { ...declared.label },
    description: declared?.description === undefined ? null : { ...declared.description },
    version,
    aliases: (await listAliases(store.db, name)).filter((row) => row.version === version).map(({ alias }) => alias),
    createdAt: new Date(found.createdAt).toISOString(),
    sha256: found.sha256,
    target: card.target, observations: card.observations, population: card.population,
    columns: card.columns.map((column) => ({ name: column.name, unit: column.unit, label: labelOf(labels, column.name) })),
    timeZone: card.timeZone, currency: card.target.kind === 'orders' ? ORDERS_UNIT : card.currency, seed: card.seed, data: card.data, readiness: card.readiness,
    heads,
    promotion: kept === undefined ? null : { gate: kept.gate ?? null, comparison: kept.comparison ?? null },
  };
}

/** Columns of a visit are no features of a customer on a day; those of channels and devices are called as the version has them. */
function visitWords({ at, channels, devices }: ModelCard['observations']): readonly VisitColumn[] {
  const names = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : []);
  return at === 'visit' ? visitColumns({ channels: names(channels), devices: names(devices) }) : [];
}

function labelOf(labels: ReadonlyMap<string, Bilingual>, name: string): Bilingual | null {
  const label = labels.get(name);
  return label === undefined ? null : { ...label };
}

async function storedDiagnostics(store: Store, name: string, version: number): Promise<Diagnostics | undefined> {
  const stored = await modelReport(store.db, name, version);
  if (stored === undefined) return undefined;
  const parsed = diagnosticsSchema.safeParse(stored.document);
  if (parsed.success) return parsed.data;
  throw new AppError('artefact_invalid', `What was kept of the test of model "${name}" version ${version} cannot be read (form ${stored.schemaVersion}, this program reads ${DIAGNOSTICS_VERSION}).`, {
    hint: 'Start the version of Tagcast that wrote it, or train again: `tagcast train`.',
  });
}

const CARD_FIELDS = Object.keys(headCardSchema.shape);

/** The documented fields and no others, whatever else the registry keeps beside them. */
function headCard(head: ModelCard['heads'][number]): HeadCard {
  return Object.fromEntries(Object.entries(head).filter(([field]) => CARD_FIELDS.includes(field))) as HeadCard;
}

const LEAST_SCORED = 30;

async function latestOf(store: Store, name: string, { horizonDays, scores, task }: HeadDiagnostics): Promise<Latest | null> {
  // Everyone is scored: beside those alone who came back they would always look changed.
  if (scores.edges.length < 3 || (task === 'duration' && scores.of !== 'everyone')) return null;
  const latest = await latestScores(store.db, name, horizonDays, scores.edges);
  if (latest === undefined || latest.customers < LEAST_SCORED) return null;
  const tested = scores.rows.reduce((sum, rows) => sum + rows, 0);
  const filled = scores.rows.filter((rows, bin) => rows + latest.rows[bin] > 0).length;
  return { ...latest, rows: [...latest.rows], quantiles: [...latest.quantiles], psi: populationStability(scores.rows, latest.rows), noise: stabilityNoise(tested, latest.customers, filled, 0.99) };
}
