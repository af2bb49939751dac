/** The rows of an experiment as arrays: features from before each customer's assignment, covariates as they came with it, outcome of the window after it. */
import type { FeatureMatrix } from '../../features/matrix.ts';
import { covariateColumn, upliftMatrix } from '../../estimators/uplift/matrix.ts';
import type { UpliftColumn } from '../../estimators/uplift/matrix.ts';
import type { UpliftData } from '../../estimators/uplift/index.ts';
import type { ExperimentRow } from '../../store/repositories/experimentRows.ts';
import type { Covariate } from '../../store/repositories/experiments.ts';

/** A feature of the plan: what stands where nothing was known of a customer. */
export interface PlannedColumn {
  readonly name: string;
  readonly missing: 'missing' | number;
}

export interface UpliftDataset {
  readonly data: UpliftData;
  readonly columns: readonly UpliftColumn[];
}

/**
 * @param parts rows by the business day of their assignment, with the features of everybody as of the beginning of that day
 * Columns that say the same of every row are left out. Rows are in the order of the parts.
 */
export function upliftDataset(parts: readonly { readonly rows: readonly ExperimentRow[]; readonly features: FeatureMatrix }[], plan: readonly PlannedColumn[], covariates: readonly Covariate[]): UpliftDataset {
  const rows = parts.flatMap((part) => part.rows);
  const values = new Map(plan.map(({ name, missing }) => [name, new Float64Array(rows.length).fill(missing === 'missing' ? Number.NaN : missing)]));
  let at = 0;
  for (const { rows: own, features } of parts) {
    const rowOf = new Map(Array.from(features.customerIds, (id, row) => [id, row]));
    const places = own.map(({ customerId }) => rowOf.get(customerId));
    for (const { name, values: known } of features.matrix.columns) {
      const column = values.get(name);
      if (column !== undefined) places.forEach((row, i) => { if (row !== undefined) column[at + i] = known[row]; });
    }
    at += own.length;
  }
  const given = covariates.map(({ name, kind }) => {
    if (kind === 'quantity') return covariateColumn(name);
    const texts = new Set(rows.flatMap(({ covariates: own }) => (typeof own?.[name] === 'string' ? [own[name]] : [])));
    return covariateColumn(name, [...texts].sort());
  });
  const columns: UpliftColumn[] = [...plan.map(({ name }): UpliftColumn => ({ name, from: 'feature', source: name })), ...given];
  const all = upliftMatrix(columns, rows.length, (name) => values.get(name) ?? new Float64Array(rows.length).fill(Number.NaN), (row, name) => rows[row].covariates?.[name]);
  const kept = all.columns.map(({ values: own }) => varies(own));
  return {
    data: { x: { rows: rows.length, columns: all.columns.filter((_, c) => kept[c]) }, y: Float64Array.from(rows, ({ outcome }) => outcome), treated: Uint8Array.from(rows, ({ treated }) => (treated ? 1 : 0)) },
    columns: columns.filter((_, c) => kept[c]),
  };
}

function varies(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], values[0])) return true;
  return false;
}
