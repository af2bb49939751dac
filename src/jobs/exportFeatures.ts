/** Writes the feature matrix as of a day to a Parquet file, in ranges of customers so that memory stays bounded. The customer id is the store's own number. */
import { rename, rm } from 'node:fs/promises';
import { AppError, throwIfCancelled } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import { startOfDay } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import { buildFeatures } from '../features/build.ts';
import type { FeatureMatrix } from '../features/matrix.ts';
import type { FeaturePlan } from '../features/plan.ts';
import { numbersOf, openEngine, sqlText } from '../store/columns/columns.ts';
import { openColumns } from '../store/snapshot/open.ts';

export interface ExportReport {
  readonly file: string;
  readonly customers: number;
  readonly features: number;
}

const RANGE = 20_000;

/** @throws AppError `disk_full`, `invalid_input` (the path cannot be written), `cancelled`, `not_found` without a snapshot. */
export async function exportFeatures(deps: { readonly snapshotDir: string; readonly plan: FeaturePlan; readonly progress: Progress; readonly signal?: AbortSignal }, args: { readonly file: string; readonly asOf: LocalDate }): Promise<ExportReport> {
  const { plan, signal } = deps;
  // One thread: sums of doubles then have the same last bit every time.
  const columns = await openColumns(deps.snapshotDir, { threads: 1 });
  const engine = await openEngine({});
  const connection = await engine.connect();
  const partial = `${args.file}.partial`;
  let customers = 0;
  try {
    const names = plan.features.map(({ definition }) => definition.name);
    // Feature names are snake_case by the definition's own check; the quotes are for words that SQL keeps for itself.
    await connection.run(`CREATE TABLE features (customer_id BIGINT, as_of DATE, ${names.map((name) => `"${name}" DOUBLE`).join(', ')})`);
    const last = numbersOf(await columns.query('SELECT max(customer_id)::DOUBLE AS last FROM (SELECT customer_id FROM customers UNION ALL SELECT customer_id FROM events)'), 'last')[0];
    for (let from = 0; from <= last; from += RANGE) {
      throwIfCancelled(signal, 'The export');
      const part = await buildFeatures(columns, plan, { asOf: startOfDay(args.asOf, plan.timeZone), customers: { from, to: from + RANGE }, ...(signal === undefined ? {} : { signal }) });
      await append(connection, part, args.asOf);
      customers += part.matrix.rows;
      deps.progress({ step: 'export features', done: Math.min(last, from + RANGE), total: last, unit: 'ids' });
    }
    await connection.run(`COPY features TO ${sqlText(partial)} (FORMAT parquet, COMPRESSION zstd)`);
    await rename(partial, args.file);
    return { file: args.file, customers, features: names.length };
  } catch (error) {
    throw error instanceof AppError ? error : writeError(error);
  } finally {
    connection.closeSync();
    engine.closeSync();
    columns.close();
    await rm(partial, { force: true });
  }
}

function writeError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/no space left|ENOSPC/i.test(message)) return new AppError('disk_full', 'The disk is full: the features could not be written.', { hint: 'Free some space, or choose another path, then run the same command again.', cause: error });
  if (/permission denied|read-only file system|EACCES|EPERM|EROFS|EISDIR/i.test(message)) return new AppError('invalid_input', 'The file for the features cannot be written there.', { hint: 'Choose a path that this user may write to.', cause: error });
  return error;
}

async function append(connection: Awaited<ReturnType<Awaited<ReturnType<typeof openEngine>>['connect']>>, part: FeatureMatrix, asOf: LocalDate): Promise<void> {
  const appender = await connection.createAppender('features');
  const [year, month, day] = asOf.split('-').map(Number);
  const { DuckDBDateValue } = await import('@duckdb/node-api');
  const date = DuckDBDateValue.fromParts({ year, month, day });
  for (let row = 0; row < part.matrix.rows; row++) {
    appender.appendBigInt(BigInt(part.customerIds[row]));
    appender.appendDate(date);
    for (const { values } of part.matrix.columns) {
      if (Number.isNaN(values[row])) appender.appendNull();
      else appender.appendDouble(values[row]);
    }
    appender.endRow();
  }
  appender.closeSync();
}
