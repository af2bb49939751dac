import { AppError } from '../../base/errors.ts';
import { checkArtefact } from '../codec.ts';
import { inspectOnnx } from './inspect.ts';
import { onnxSchema, predictOnnx, type OnnxArtefact } from './onnx.ts';
import { openSession } from './runtime.ts';

/** Rows that a logistic regressor is tried on: far apart in every column. */
const PROBES = 64;

/**
 * The artefact of an ONNX file. A file does not name columns: `columns` are the features in the order in which it was trained on them.
 * @throws AppError `artefact_invalid` for a file that asks for more than mapping floats to numbers, and where the runtime is missing.
 */
export function onnxArtefact(bytes: Uint8Array, columns: readonly string[], task: OnnxArtefact['task']): OnnxArtefact {
  const summary = inspectOnnx(bytes);
  if ('problem' in summary) throw new AppError('artefact_invalid', `The ONNX model cannot be read: ${summary.problem}.`, { hint: 'Convert it again with skl2onnx or onnxmltools, one input of floats, zipmap=False.' });
  const single = summary.inputs.length === 1;
  const inputs = summary.inputs.map(({ name, width }) => ({ name, width: single ? columns.length : (width ?? 1) }));
  const asked = summary.inputs[0].width;
  if (single && asked !== undefined && asked !== columns.length) throw new AppError('artefact_invalid', `The ONNX model takes ${asked} columns and ${columns.length} are named.`, { hint: 'Name the columns that it was trained on, in their order: `--columns a,b,c`.' });
  const plain = { kind: 'onnx' as const, task, columns: [...columns], inputs, output: summary.outputs[summary.outputs.length - 1], link: 'identity' as const, bytes };
  const artefact = checkArtefact(plain, onnxSchema);
  openSession(bytes);
  if (task !== 'binary' || !summary.logisticRegressor) return artefact;
  // Runtimes leave the logistic transform of a tree regressor out; scores then leave the interval of probabilities.
  const probes = columns.map((name, c) => ({ name, values: Float64Array.from({ length: PROBES }, (_, i) => (i === 0 ? 0 : (((i * (c + 3)) % 17) - 8) * 10 ** ((i % 5) - 2))) }));
  const scores = predictOnnx({ ...artefact, task: 'amount' }, { rows: PROBES, columns: probes });
  return scores.every((score) => score > 0 && score < 1) ? artefact : { ...artefact, link: 'logistic' };
}
