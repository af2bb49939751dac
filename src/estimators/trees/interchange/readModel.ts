/** A file of another program, whichever it is. */
import { AppError } from '../../../base/errors.ts';
import type { Forest } from '../forest.ts';
import { readLightgbm } from './lightgbmRead.ts';
import { readXgboost } from './xgboostRead.ts';
import { LIMITS } from './sourceTree.ts';

export interface ForeignModel {
  readonly format: 'lightgbm' | 'xgboost';
  readonly forest: Forest;
  /** The program's own name for the objective. */
  readonly objective: string;
}

/** @throws AppError `artefact_invalid` for what is neither, or damaged. */
export function readForeignModel(bytes: Uint8Array): ForeignModel {
  if (bytes.length > LIMITS.text) throw new AppError('artefact_invalid', `The file has ${bytes.length} bytes; at most ${LIMITS.text} are read.`, { hint: 'Use fewer or smaller trees.' });
  const text = new TextDecoder('utf-8').decode(bytes);
  const start = text.slice(0, 200).trimStart();
  if (/^tree\r?\n/.test(start)) return { format: 'lightgbm', ...readLightgbm(text) };
  if (start.startsWith('{')) return { format: 'xgboost', ...readXgboost(text) };
  throw new AppError('artefact_invalid', 'The file is neither a LightGBM text model nor an XGBoost model in JSON.', {
    hint: 'Write it with booster.save_model("model.txt") in LightGBM or booster.save_model("model.json") in XGBoost.',
  });
}
