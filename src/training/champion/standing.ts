/** In what form the champion can stand the test of a new version without having seen its outcomes. */
import { canonicalJson } from '../../base/json.ts';
import type { AnyEstimator } from '../candidate.ts';
import type { Dataset } from '../dataset.ts';
import type { Candidate, ModelDefinition } from '../define.ts';
import { IMPORTED } from '../imported.ts';
import type { TimeSplit } from '../splits.ts';
import type { HeadChampion, Refusal } from './champion.ts';
import { refusals } from './words.ts';

export type Standing =
  /** All that it learned was over by the test cut-off: it is measured as it serves. */
  | { readonly as: 'artefact'; readonly champion: HeadChampion }
  /** It knows outcomes of the test period: its method is fitted on what the new version learned from. */
  | { readonly as: 'recipe'; readonly champion: HeadChampion; readonly candidate: Candidate; readonly definition: ModelDefinition; readonly estimators: Readonly<Record<string, AnyEstimator>> }
  | { readonly as: 'none'; readonly champion: HeadChampion; readonly refusal: Refusal };

export function standingOf(champion: HeadChampion, split: Pick<TimeSplit, 'test'>, test: Pick<Dataset, 'x'>): Standing {
  const { version, end, head, definition, estimators } = champion;
  const gone = missingColumns(champion, test);
  if (gone.length > 0) return { as: 'none', champion, refusal: refusals.columns_missing(version, gone) };
  const estimator = Object.hasOwn(estimators, head.estimator) ? estimators[head.estimator] : undefined;
  if (estimator === undefined) return { as: 'none', champion, refusal: refusals.not_fitted(version, head.candidate, `"${head.estimator}" is not there`) };
  if (end <= split.test) return { as: 'artefact', champion };
  const candidate = candidateOf(champion, definition);
  if (candidate === undefined) return { as: 'none', champion, refusal: refusals.method_unknown(version, end, head.candidate) };
  if (head.candidate !== IMPORTED) return { as: 'recipe', champion, candidate, definition, estimators };
  // What was brought is never fitted: only its level and calibration are learned anew.
  const artefact = head.artefact as { readonly kind: string };
  return { as: 'recipe', champion, candidate, definition: { ...definition, minimum: { rows: 0, positives: 0 } }, estimators: { ...estimators, [head.estimator]: { ...estimator, fit: () => ({ ok: true, artefact, report: {} }) } } };
}

/** Columns that the champion reads and rows no longer have, or have in another unit or with another rule for what is missing. */
function missingColumns({ columns, live }: HeadChampion, { x }: Pick<Dataset, 'x'>): string[] {
  const present = new Set(x.columns.map(({ name }) => name));
  const described = new Map(live.map((column) => [column.name, column]));
  return columns.filter(({ name, unit, missing }) => {
    const now = described.get(name);
    return !present.has(name) || (now !== undefined && canonicalJson([now.unit, now.missing]) !== canonicalJson([unit, missing]));
  }).map(({ name }) => name);
}

/** The champion's candidate as it was fitted; versions that kept no recipe are taken as they are declared today. */
function candidateOf({ head, columns }: HeadChampion, { baseline, candidates }: ModelDefinition): Candidate | undefined {
  const { candidate: name, rung, estimator, recipe, search } = head;
  const all = columns.map((column) => column.name);
  if (recipe !== undefined) return { name, rung, estimator, params: recipe.params, labelFree: recipe.labelFree, columns: recipe.columns ?? all };
  const found = search?.found.find((one) => one.candidate === name);
  const declared = [baseline, ...candidates].find((one) => one.estimator === estimator && (one.name === name || one.name === name.replace(/_found$/, '')));
  if (declared === undefined) return undefined;
  return { ...declared, name, rung, ...(found === undefined ? {} : { params: found.params }), columns: declared.columns ?? all };
}
