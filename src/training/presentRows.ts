/** The customers that the model speaks of on the last day it knows: as far as one can look before the outcome is there. */
import { takeRows } from '../base/matrix.ts';
import type { LocalDate } from '../base/time.ts';
import { populationRows } from './dataset.ts';
import type { Dataset, TrainingSource } from './dataset.ts';
import type { ModelDefinition } from './define.ts';

/** Rows as of the day with the columns named, without outcomes. Undefined where events open the rows: there is none before it happens. */
export async function presentRows(source: TrainingSource, definition: ModelDefinition, columns: readonly string[], day: LocalDate, horizonDays = Infinity): Promise<Dataset | undefined> {
  if (definition.observations.at !== 'cutoffs') return undefined;
  const all = await source.features(day);
  const rows = populationRows(all.matrix, definition.population, definition.name, horizonDays);
  const byName = new Map(all.matrix.columns.map((column) => [column.name, column]));
  const picked = columns.map((name) => byName.get(name)).filter((column) => column !== undefined);
  if (picked.length !== columns.length) return undefined;
  return {
    x: takeRows({ rows: all.matrix.rows, columns: picked }, rows),
    y: new Float64Array(rows.length),
    customerIds: Float64Array.from(rows, (row) => all.customerIds[row]),
    period: new Int32Array(rows.length),
    cutoffs: [day],
    overlapping: false,
  };
}
