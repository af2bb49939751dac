/** A model that was trained elsewhere, judged by the same periods as every other candidate: its fit is always the artefact that was brought. */
import { AppError } from '../base/errors.ts';
import type { AnyEstimator } from './candidate.ts';
import type { ModelDefinition } from './define.ts';

export interface Imported {
  readonly horizonDays: number;
  /** Kind of the estimator that reads the artefact. */
  readonly estimator: string;
  readonly artefact: { readonly kind: string };
  /** Columns that it reads. */
  readonly columns: readonly string[];
}

export const IMPORTED = 'imported';

/**
 * The declaration with the imported model as its only candidate. Nothing is fitted, so no number of rows is too small to try it.
 * @throws AppError `model_mismatch` naming the columns that the model `definition` does not have, `conflict` where its baseline is of the same kind.
 */
export function withImported(definition: ModelDefinition, estimators: Readonly<Record<string, AnyEstimator>>, names: readonly string[], imported: Imported): { readonly definition: ModelDefinition; readonly estimators: Readonly<Record<string, AnyEstimator>> } {
  const missing = imported.columns.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new AppError('model_mismatch', `The imported model reads ${missing.length} column(s) that are no features of "${definition.name}": ${missing.slice(0, 10).join(', ')}.`, {
      details: { missing }, hint: 'Train it on the columns of `tagcast features export`, under their names, without those that the file in models/ leaves out.',
    });
  }
  const { estimator: kind, artefact, columns } = imported;
  if (definition.baseline.estimator === kind) throw new AppError('conflict', `The baseline of "${definition.name}" is itself a ${kind}; an imported one cannot stand beside it.`, { hint: 'Choose a simpler baseline in the file of the model.' });
  const estimator = estimators[kind];
  return {
    definition: { ...definition, candidates: [{ name: IMPORTED, rung: 'boosting', estimator: kind, labelFree: true, columns }], minimum: { rows: 0, positives: 0 } },
    estimators: { ...estimators, [kind]: { ...estimator, fit: () => ({ ok: true, artefact, report: {} }) } },
  };
}
