/** Whether the live features still are what a model was trained on: only the columns that the model needs matter. */
import { AppError } from '../base/errors.ts';
import type { TrainedModel } from '../training/trained.ts';

/** The part of a feature that a model depends on. */
export interface LiveColumn {
  readonly name: string;
  readonly unit: string;
  readonly missing: 'missing' | number;
}

export interface ColumnDifference {
  readonly column: string;
  readonly why: 'missing' | 'unit' | 'missing_rule';
  readonly trained?: string;
  readonly live?: string;
}

/** What differs, in the model's column order. */
export function columnDifferences(content: Pick<TrainedModel, 'columns' | 'population'>, live: readonly LiveColumn[]): ColumnDifference[] {
  const byName = new Map(live.map((column) => [column.name, column]));
  const differences = content.columns.flatMap((column): ColumnDifference[] => {
    const now = byName.get(column.name);
    if (now === undefined) return [{ column: column.name, why: 'missing' }];
    if (now.unit !== column.unit) return [{ column: column.name, why: 'unit', trained: column.unit, live: now.unit }];
    if (now.missing !== column.missing) return [{ column: column.name, why: 'missing_rule', trained: String(column.missing), live: String(now.missing) }];
    return [];
  });
  const named = new Set(differences.map(({ column }) => column));
  const population = content.population.map(({ feature }) => feature).filter((feature) => !byName.has(feature) && !named.has(feature));
  return [...differences, ...population.map((column) => ({ column, why: 'missing' as const }))];
}

/** @throws AppError `model_mismatch` naming every column that differs and the command that helps. */
export function requireColumns(name: string, version: number, content: TrainedModel, live: readonly LiveColumn[]): void {
  const differences = columnDifferences(content, live);
  if (differences.length === 0) return;
  const words = differences.map(({ column, why, trained, live: now }) => (why === 'missing' ? `${column} (gone)` : `${column} (${why === 'unit' ? 'unit' : 'missing rule'} ${trained} → ${now})`));
  const shown = words.slice(0, 12).join(', ');
  throw new AppError('model_mismatch', `Model "${name}" version ${version} was trained on other features: ${shown}${words.length > 12 ? ` and ${words.length - 12} more` : ''}.`, {
    details: { model: name, version, differences },
    hint: `Train it again on the present features: \`tagcast train ${name}\`.`,
  });
}
