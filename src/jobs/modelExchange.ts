/** Models on their way to and from other programs. */
import { AppError } from '../base/errors.ts';
import type { LocalDate } from '../base/time.ts';
import { boostedTrees, checkArtefact } from '../estimators/index.ts';
import { onnxArtefact } from '../estimators/onnx/bring.ts';
import { asBoostedTrees } from '../estimators/trees/interchange/asArtefact.ts';
import { writeLightgbm } from '../estimators/trees/interchange/lightgbmWrite.ts';
import { readForeignModel } from '../estimators/trees/interchange/readModel.ts';
import type { ModelChecks } from '../registry/envelope.ts';
import { loadModel } from '../registry/models.ts';
import type { Store } from '../store/connection.ts';
import { taskOf } from '../training/define.ts';
import type { ModelDefinition } from '../training/define.ts';
import { trainModels } from './training/job.ts';
import type { TrainingDeps, TrainingResult } from './training/job.ts';

/** LightGBM's names for the objectives whose link has several. */
const LIGHTGBM_OBJECTIVES: Readonly<Record<string, string>> = { tweedie: 'tweedie', gamma: 'gamma', poisson: 'poisson' };

/**
 * The trees of one head as a LightGBM text model: raw predictions, before level, calibration and intervals.
 * @throws AppError `not_found`, `artefact_invalid`, `invalid_input` for a head that is no forest.
 */
export async function exportLightgbm(store: Store, checks: ModelChecks, which: { readonly name: string; readonly version: number; readonly horizonDays?: number }): Promise<{ readonly text: string; readonly horizonDays: number; readonly trees: number }> {
  const { content } = await loadModel(store, which.name, which.version, checks);
  const head = which.horizonDays === undefined ? content.heads[0] : content.heads.find(({ horizonDays }) => horizonDays === which.horizonDays);
  if (head === undefined) {
    throw new AppError('not_found', `Version ${which.version} of "${which.name}" has no horizon of ${which.horizonDays} days.`, { hint: `It has: ${content.heads.map(({ horizonDays }) => horizonDays).join(', ')}.` });
  }
  if (head.estimator !== boostedTrees.kind) {
    throw new AppError('invalid_input', `The horizon of ${head.horizonDays} days of "${which.name}" version ${which.version} is served by ${head.estimator}; only boosted_trees can be written for LightGBM.`, { hint: 'Choose another version or horizon: `tagcast models show`.' });
  }
  const { forest, objective } = checkArtefact(head.artefact, boostedTrees.schema);
  return { text: writeLightgbm(forest, LIGHTGBM_OBJECTIVES[objective.name]), horizonDays: head.horizonDays, trees: forest.starts.length - 1 };
}

export interface ImportArgs {
  readonly model: string;
  /** The primary horizon when absent. */
  readonly horizonDays?: number;
  /** ONNX only, which does not name its columns: the features in the order in which it was trained on them. */
  readonly columns?: readonly string[];
  readonly end: LocalDate;
  readonly seed: number;
  readonly threads: number;
  readonly actor: string;
}

/**
 * Makes a version of a declared model whose head of one horizon is a model from elsewhere. It is calibrated on a period of its own, tested once on the last
 * period beside the baseline and let through the same gate as a trained version; the other horizons are trained as always.
 * @throws AppError `artefact_invalid`, `unknown_name`, and what training throws. A file that does not fit the features is an outcome with `model_mismatch`.
 */
export async function importModel(deps: TrainingDeps, bytes: Uint8Array, args: ImportArgs): Promise<TrainingResult> {
  const definition = definitionOf(deps.models, args.model);
  if (definition.observations.at === 'visit') throw new AppError('invalid_input', `"${definition.name}" reads the visit under way, of which there is no file of features to train on elsewhere.`, { hint: `Train it here: \`tagcast train ${definition.name}\`.` });
  const horizonDays = args.horizonDays ?? definition.horizons[0];
  if (!definition.horizons.includes(horizonDays)) {
    throw new AppError('invalid_input', `"${definition.name}" has no horizon of ${horizonDays} days.`, { hint: `It has: ${definition.horizons.join(', ')}.` });
  }
  const { artefact, columns } = artefactOf(bytes, definition, args.columns);
  const { end, seed, threads, actor } = args;
  const [result] = await trainModels(deps, { models: [definition.name], end, seed, threads, actor, imported: { horizonDays, estimator: artefact.kind, artefact, columns } });
  return result;
}

/** The first field of an ONNX file is the number of its format. */
const ONNX_START = 0x08;

function artefactOf(bytes: Uint8Array, definition: ModelDefinition, columns: readonly string[] | undefined): { readonly artefact: { readonly kind: string }; readonly columns: readonly string[] } {
  const task = taskOf(definition.target);
  if (bytes[0] !== ONNX_START) {
    const { forest, objective } = readForeignModel(bytes);
    return { artefact: asBoostedTrees(forest, objective, task), columns: forest.columns };
  }
  if (task === 'duration') throw new AppError('invalid_input', `"${definition.name}" predicts days with a distribution, which an ONNX model does not have.`, { hint: 'Import models of probabilities or amounts.' });
  if (columns === undefined) throw new AppError('invalid_input', 'An ONNX model does not name its columns.', { hint: 'Name the features in the order in which it was trained on them: `--columns orders_90d,days_since_last_order`.' });
  return { artefact: onnxArtefact(bytes, columns, task), columns };
}

function definitionOf(models: readonly ModelDefinition[], name: string): ModelDefinition {
  const found = models.find((model) => model.name === name);
  if (found === undefined) throw new AppError('unknown_name', `There is no model "${name.slice(0, 60)}".`, { hint: `There are: ${models.map((model) => model.name).join(', ')}.` });
  return found;
}
