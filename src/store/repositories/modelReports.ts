/** Reports of model versions as documents: what they mean is the business of reports. */
import type { Knex } from 'knex';
import { selectRows, storableJson, storableText } from './bulk.ts';

export interface ModelReportRow {
  readonly schemaVersion: number;
  readonly document: unknown;
}

/** Beside a version that exists, in the transaction that wrote it. */
export async function insertModelReport(trx: Knex.Transaction, report: ModelReportRow & { readonly name: string; readonly version: number }): Promise<void> {
  await trx.raw('INSERT INTO model_reports (name, version, schema_version, document) VALUES (?, ?, ?, ?::jsonb)', [report.name, report.version, report.schemaVersion, storableJson(report.document)]);
}

/** Undefined for a version that was trained before reports were kept. */
export async function modelReport(db: Knex, name: string, version: number): Promise<ModelReportRow | undefined> {
  return (await selectRows<ModelReportRow>(db, 'SELECT schema_version AS "schemaVersion", document FROM model_reports WHERE name = ? AND version = ?', [storableText(name), version]))[0];
}

/** What the promotion gate said of a version, beside what is kept of its test; nothing where no report is kept. */
export async function recordGate(db: Knex, name: string, version: number, gate: unknown): Promise<void> {
  await db.raw(`UPDATE model_reports SET document = jsonb_set(document, '{gate}', ?::jsonb) WHERE name = ? AND version = ?`, [storableJson(gate), storableText(name), version]);
}

export interface PromotionRow {
  readonly comparison: unknown;
  readonly gate: unknown;
}

/** The two parts of a report that say whether and why a version serves, without the rest; null where there is none. */
export async function promotionRow(db: Knex, name: string, version: number): Promise<PromotionRow | undefined> {
  return (await selectRows<PromotionRow>(db, `SELECT document -> 'comparison' AS comparison, document -> 'gate' AS gate FROM model_reports WHERE name = ? AND version = ?`, [storableText(name), version]))[0];
}

export interface AdmissionRow {
  readonly name: string;
  readonly version: number;
  /** What the promotion gate said; null where no answer is kept. */
  readonly gate: unknown;
  readonly champion: boolean;
  readonly challenger: boolean;
  /** It has been the champion at some time. */
  readonly served: boolean;
}

/** Every version with what decided about it; `name` narrows to one model. */
export async function admissionRows(db: Knex, name?: string): Promise<AdmissionRow[]> {
  const wanted = name === undefined ? null : storableText(name);
  return selectRows<AdmissionRow>(
    db,
    `SELECT m.name, m.version, r.document -> 'gate' AS gate,
            EXISTS (SELECT FROM model_aliases a WHERE a.name = m.name AND a.alias = 'champion' AND a.version = m.version) AS champion,
            EXISTS (SELECT FROM model_aliases a WHERE a.name = m.name AND a.alias = 'challenger' AND a.version = m.version) AS challenger,
            EXISTS (SELECT FROM model_alias_history h WHERE h.name = m.name AND h.alias = 'champion' AND h.to_version = m.version) AS served
     FROM models m LEFT JOIN model_reports r USING (name, version) WHERE (?::text IS NULL OR m.name = ?) ORDER BY m.name, m.version`,
    [wanted, wanted] as Knex.RawBinding[],
  );
}

export interface LatestScores {
  /** Business day of the run. */
  readonly asOf: string;
  readonly version: number;
  readonly customers: number;
  /** Customers per bin of the edges that were asked for; what lies beyond the ends counts to the outermost bins. */
  readonly rows: readonly number[];
  readonly mean: number;
  /** 5, 25, 50, 75 and 95 %. */
  readonly quantiles: readonly number[];
}

/** The newest finished run that has scores of this head, whatever version made them. `edges`: ascending, at least two. */
export async function latestScores(db: Knex, model: string, horizonDays: number, edges: readonly number[]): Promise<LatestScores | undefined> {
  const [run] = await selectRows<{ runId: number; asOf: string }>(
    db,
    `SELECT run_id AS "runId", as_of AS "asOf" FROM runs r WHERE state = 'done' AND EXISTS (SELECT FROM scores s WHERE s.run_id = r.run_id AND s.model = ? AND s.horizon_days = ? AND s.status = 'ok')
     ORDER BY as_of DESC, run_id DESC LIMIT 1`,
    [storableText(model), horizonDays],
  );
  if (run === undefined) return undefined;
  const bins = edges.length - 1;
  // Between the inner edges: everything below the first counts to the first bin, everything above the last to the last.
  const inner = edges.slice(1, -1);
  const counted = await selectRows<{ bin: number; customers: number }>(
    db,
    `SELECT width_bucket(value, ?::float8[]) AS bin, count(*)::int AS customers FROM scores WHERE run_id = ? AND model = ? AND horizon_days = ? AND status = 'ok' AND value IS NOT NULL GROUP BY 1`,
    [`{${inner.join(',')}}`, run.runId, model, horizonDays],
  );
  const [summary] = await selectRows<{ customers: number; mean: number | null; version: number | null; quantiles: number[] | null }>(
    db,
    `SELECT count(*)::int AS customers, avg(value) AS mean, max(version) AS version, percentile_cont(ARRAY[0.05, 0.25, 0.5, 0.75, 0.95]::float8[]) WITHIN GROUP (ORDER BY value) AS quantiles
     FROM scores WHERE run_id = ? AND model = ? AND horizon_days = ? AND status = 'ok' AND value IS NOT NULL`,
    [run.runId, model, horizonDays],
  );
  if (summary === undefined || summary.mean === null || summary.quantiles === null) return undefined;
  const rows = Array.from({ length: bins }, (_, bin) => counted.find((one) => one.bin === bin)?.customers ?? 0);
  return { asOf: run.asOf, version: summary.version ?? 0, customers: summary.customers, rows, mean: summary.mean, quantiles: summary.quantiles };
}
