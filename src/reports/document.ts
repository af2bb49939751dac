/** A report as a document: everything the page shows, and what `--json` prints. Reading it needs nothing else. */
import { z } from 'zod';
import { headSchema, trainedModelSchema } from '../training/trained.ts';
import { headDiagnosticsSchema } from '../training/diagnostics/schema.ts';
import { promotionSchema } from './promotion.ts';

export const REPORT_FORMAT = 'tagcast.report';
export const REPORT_VERSION = 1;

const bilingual = z.strictObject({ zh: z.string(), en: z.string() });
const { shape: model } = trainedModelSchema;

/** Scores of the newest finished run, in the bins of the test period. */
export const latestSchema = z.strictObject({
  asOf: z.string(),
  /** Version that made them. */
  version: z.int(),
  customers: z.int(),
  mean: z.number(),
  quantiles: z.array(z.number()).length(5),
  rows: z.array(z.int()),
  /** Stability index of the scores against the test period, and what it stays below by chance in 99 of 100 cases. */
  psi: z.number(),
  noise: z.number(),
});
export type Latest = z.infer<typeof latestSchema>;

/** A head without weights. */
export const headCardSchema = headSchema.omit({ artefact: true, serving: true, typical: true });
export type HeadCard = z.infer<typeof headCardSchema>;

export const reportHeadSchema = headCardSchema.extend({
  /** null: the version was trained before reports were kept. */
  diagnostics: headDiagnosticsSchema.nullable(),
  /** null: nothing has been scored with this model yet. */
  latest: latestSchema.nullable(),
});
export type ReportHead = z.infer<typeof reportHeadSchema>;

export const reportSchema = z.strictObject({
  format: z.literal(REPORT_FORMAT),
  schemaVersion: z.literal(REPORT_VERSION),
  name: z.string(),
  label: bilingual.nullable(),
  description: bilingual.nullable(),
  version: z.int().positive(),
  aliases: z.array(z.string()),
  createdAt: z.string(),
  sha256: z.string(),
  target: model.target,
  observations: model.observations,
  population: model.population,
  columns: z.array(z.strictObject({ name: z.string(), unit: z.string(), label: bilingual.nullable() })),
  timeZone: z.string(),
  /** Of amounts; `orders` where they are numbers of orders. */
  currency: z.string(),
  seed: z.int(),
  data: model.data,
  readiness: model.readiness,
  heads: z.array(reportHeadSchema).min(1),
  /** Why the version serves or not. Absent in documents from before it was kept; null: nothing is known. */
  promotion: promotionSchema.nullable().optional(),
});
export type Report = z.infer<typeof reportSchema>;

/** What is missing of a version that was trained before reports were kept, and how to get it. */
export function missingParts(report: Report): { readonly message: string; readonly hint: string } | undefined {
  if (report.heads.some(({ diagnostics }) => diagnostics !== null)) return undefined;
  return {
    message: `Version ${report.version} of model "${report.name}" was trained before reports were kept: its curves, explanations, segments and warnings are not there, and are never worked out again from the test period.`,
    hint: `Run \`tagcast train ${report.name}\`; the new version has them.`,
  };
}
