/** What an export is about, checked as a whole before its first byte, and how it is written down. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/json.ts';
import { AppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { silentProgress } from '../../base/progress.ts';
import type { Progress } from '../../base/progress.ts';
import { startOfDay } from '../../base/time.ts';
import type { LocalDate } from '../../base/time.ts';
import type { ConditionNames } from '../../conditions/names.ts';
import { exportColumns, personalColumns } from '../../segments/export/columns.ts';
import type { ExportColumn } from '../../segments/export/columns.ts';
import { exportRows } from '../../segments/export/rows.ts';
import type { Cell, ExportSubject } from '../../segments/export/rows.ts';
import type { Store } from '../../store/connection.ts';
import { recordAudit } from '../../store/repositories/audit.ts';
import { liveBuilds } from '../../store/repositories/segments.ts';
import { loadCatalogue } from '../../tags/catalogue/catalogue.ts';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly timeZone: string;
  readonly names?: Pick<ConditionNames, 'attributes' | 'eventKinds'>;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface ExportOptions {
  readonly subject: ExportSubject;
  readonly columns: readonly string[];
  readonly format: ExportFormat;
  /** Business day that windows end at and tags are fresh on. */
  readonly asOf: LocalDate;
  /** Who is written into the audit log: a key id, or `cli`. */
  readonly actor: string;
  /** Whether attributes and identities may leave with it. */
  readonly personal: boolean;
  readonly gzip?: boolean;
  /** CSV only: for Excel, which reads Chinese only in a file that begins so. */
  readonly bom?: boolean;
  readonly holdout?: 'only' | 'without';
  readonly limit?: number;
}

export interface ExportPlan {
  readonly columns: readonly ExportColumn[];
  /** Each call reads from the beginning; `rows` tells how many it has given so far. */
  readonly begin: () => { readonly pages: AsyncGenerator<Cell[][]>; readonly rows: () => number };
  /** Writes to the audit log. */
  record(action: 'segment.export' | 'segment.exported' | 'segment.export_stopped', details: Readonly<Record<string, unknown>>): Promise<void>;
}

function checkOptions({ format, gzip, bom, limit }: ExportOptions): void {
  const wrong = (message: string, hint: string): never => { throw new AppError('invalid_input', message, { hint }); };
  if (format === 'parquet' && gzip === true) wrong('A Parquet file is compressed already.', 'Leave gzip out.');
  if (format !== 'csv' && bom === true) wrong(`A byte order mark has no place in a ${format} file.`, 'Leave it out; it is for CSV files that Excel opens.');
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) wrong('The most rows of an export must be a whole number of at least 1.', 'Leave it out to export everybody.');
}

/** @throws AppError `invalid_input`, `unknown_name`, `forbidden` for columns that the caller may not see */
export async function planExport(deps: ExportDeps, options: ExportOptions): Promise<ExportPlan> {
  checkOptions(options);
  const { store, clock, timeZone } = deps;
  const { subject, limit, holdout } = options;
  const catalogue = await loadCatalogue(store.db, deps.names);
  const context = { asOf: startOfDay(options.asOf, timeZone), timeZone, names: catalogue.names };
  const columns = exportColumns(options.columns, context, new Map(catalogue.tags.map(({ key, valueType }) => [key, valueType])));
  const personal = personalColumns(columns);
  if (!options.personal && personal.length > 0) {
    throw new AppError('forbidden', `This role may not export attributes and identities, and ${personal.length} of the columns are.`, { details: { columns: personal }, hint: 'Leave them out, or use a key of the role marketer.' });
  }
  const total = 'segment' in subject ? (await liveBuilds(store.db)).get(subject.segment)?.members : undefined;
  // A condition may hold a name or a number of a person: the log keeps its hash.
  const about = {
    format: options.format, columns: options.columns, asOf: options.asOf,
    ...('segment' in subject ? {} : { conditionSha256: createHash('sha256').update(canonicalJson(subject.condition)).digest('hex') }), ...(holdout === undefined ? {} : { holdout }), ...(limit === undefined ? {} : { limit }),
  };
  return {
    columns,
    begin() {
      let rows = 0;
      async function* counted(): AsyncGenerator<Cell[][]> {
        for await (const page of exportRows(store, { subject, columns, ...(limit === undefined ? {} : { limit }), ...(holdout === undefined ? {} : { holdout }), ...(deps.signal === undefined ? {} : { signal: deps.signal }) }, context)) {
          rows += page.length;
          (deps.progress ?? silentProgress)({ step: 'export', done: rows, unit: 'customers', ...(total === undefined ? {} : { total }) });
          yield page;
        }
      }
      return { pages: counted(), rows: () => rows };
    },
    record: (action, details) => recordAudit(store.db, { at: clock.now(), actor: options.actor, action, object: 'segment' in subject ? subject.segment : 'condition', details: { ...about, ...details } }),
  };
}
