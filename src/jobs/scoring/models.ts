/** Models from the registry, checked and ready to score; and what the registry needs to know of estimators to check them. */
import { checkArtefact, decodeArtefact, encodeArtefact } from '../../estimators/codec.ts';
import type { HazardTreesArtefact } from '../../estimators/hazard/hazardTrees.ts';
import { personalCycles } from '../../estimators/repurchaseCycle/index.ts';
import type { RepurchaseCycleArtefact } from '../../estimators/repurchaseCycle/index.ts';
import { AppError } from '../../base/errors.ts';
import type { FeaturePlan } from '../../features/plan.ts';
import { VISIT_COLUMNS } from '../../features/visit/columns.ts';
import { champions } from '../../registry/aliases.ts';
import { requireColumns } from '../../registry/columns.ts';
import type { LiveColumn } from '../../registry/columns.ts';
import type { ModelChecks } from '../../registry/envelope.ts';
import { loadModel } from '../../registry/models.ts';
import { goldenPredictions, readyModel } from '../../scoring/model.ts';
import type { LoadedModel, ServingEstimators } from '../../scoring/model.ts';
import type { CyclesFrom } from '../../scoring/facts.ts';
import type { Store } from '../../store/connection.ts';
import { trainedModelSchema } from '../../training/trained.ts';

/** How the registry checks models, with these estimators. */
export function modelChecks(estimators: ServingEstimators): ModelChecks {
  return {
    encode: encodeArtefact,
    decode(text) {
      const content = decodeArtefact(text, trainedModelSchema);
      const heads = content.heads.map((head) => {
        const estimator = Object.hasOwn(estimators, head.estimator) ? estimators[head.estimator] : undefined;
        if (estimator === undefined) {
          throw new AppError('artefact_invalid', `The model needs the estimator "${head.estimator.slice(0, 60)}", which this version of Tagcast does not have.`, { hint: 'Train again: `tagcast train`.' });
        }
        return { ...head, artefact: checkArtefact(head.artefact, estimator.schema) };
      });
      return { ...content, heads };
    },
    predictGolden: (content) => goldenPredictions(content, estimators),
  };
}

/** The columns of the plan, and those of visits, as the registry compares them. */
export function liveColumns(plan: FeaturePlan): LiveColumn[] {
  return [...plan.definitions, ...VISIT_COLUMNS].map(({ name, unit, missing }) => ({ name, unit, missing }));
}

/** Personal cycles from the renewal model, which serves itself or inside of the hazards; other estimators have none. */
export const cyclesFrom: CyclesFrom = ({ head, artefact }, x) => {
  if (head.estimator === 'repurchase_cycle') return personalCycles(artefact as RepurchaseCycleArtefact, x);
  return head.estimator === 'hazard_trees' ? personalCycles((artefact as HazardTreesArtefact).cycle, x) : undefined;
};

/** Versions by model name. */
export type Pinned = Readonly<Record<string, number>>;

/** The champions that serve now; models without one are absent. */
export async function pinChampions(store: Store, names: readonly string[]): Promise<Pinned> {
  const all = await champions(store);
  return Object.fromEntries(names.flatMap((name) => {
    const version = all.get(name);
    return version === undefined ? [] : [[name, version]];
  }));
}

/** One version, checked against the live features. @throws AppError `artefact_invalid`, `model_mismatch`. */
export async function loadForScoring(store: Store, name: string, version: number, plan: FeaturePlan, estimators: ServingEstimators): Promise<LoadedModel> {
  const { content } = await loadModel(store, name, version, modelChecks(estimators));
  requireColumns(name, version, content, liveColumns(plan));
  return readyModel(name, version, content, estimators);
}
