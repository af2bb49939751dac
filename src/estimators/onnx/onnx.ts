/**
 * Models of other programs as ONNX bytes, run by onnxruntime-node where it is installed (docs/adr/onnx.md). They are brought, not fitted: `fit` refuses. Values
 * are rounded to single precision on their way in, as the format asks; a missing value is NaN.
 */
import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import type { Matrix } from '../../base/matrix.ts';
import { sigmoid } from '../../math/stats/index.ts';
import { uint8Block } from '../codec.ts';
import { columnsNamed, defineEstimator, refuse } from '../rows.ts';
import { inspectOnnx } from './inspect.ts';
import { openSession, type OnnxSession } from './runtime.ts';

export const onnxSchema = z
  .object({
    kind: z.literal('onnx'),
    task: z.enum(['binary', 'amount']),
    columns: z.array(z.string()).min(1),
    /** Inputs of the file with the number of columns that each takes, in the order of `columns`. */
    inputs: z.array(z.object({ name: z.string(), width: z.int().positive() })).min(1),
    output: z.string(),
    /** What the runtime leaves to us. */
    link: z.enum(['identity', 'logistic']),
    bytes: uint8Block,
  })
  .superRefine(({ columns, inputs, output, bytes }, context) => {
    const wrong = onnxProblem(columns, inputs, output, bytes);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
  });
export type OnnxArtefact = z.infer<typeof onnxSchema>;

function onnxProblem(columns: readonly string[], inputs: OnnxArtefact['inputs'], output: string, bytes: Uint8Array): string | undefined {
  const summary = inspectOnnx(bytes);
  if ('problem' in summary) return summary.problem;
  const width = inputs.reduce((sum, one) => sum + one.width, 0);
  if (width !== columns.length) return `its inputs take ${width} columns and ${columns.length} are named`;
  if (new Set(columns).size !== columns.length) return 'two columns have one name';
  if (inputs.length !== summary.inputs.length || inputs.some(({ name }, i) => name !== summary.inputs[i].name)) return 'its inputs are others than those named';
  return summary.outputs.includes(output) ? undefined : `it has no output ${output.slice(0, 60)}`;
}

/** Rows per call of the runtime. */
const BLOCK = 8192;
const sessions = new WeakMap<OnnxArtefact, OnnxSession>();

/** Throws `artefact_invalid` when the answer is not one number per row, or not one probability. */
export function predictOnnx(artefact: OnnxArtefact, x: Matrix): Float64Array {
  const columns = columnsNamed(x, artefact.columns);
  if (x.rows === 0) return new Float64Array(0);
  const session = sessions.get(artefact) ?? openSession(artefact.bytes);
  sessions.set(artefact, session);
  const predicted = new Float64Array(x.rows);
  for (let start = 0; start < x.rows; start += BLOCK) {
    const rows = Math.min(BLOCK, x.rows - start);
    let first = 0;
    const inputs = artefact.inputs.map(({ name, width }) => {
      const values = new Float32Array(rows * width);
      for (let c = 0; c < width; c++) for (let i = 0; i < rows; i++) values[i * width + c] = columns[first + c][start + i];
      first += width;
      return { name, values, width };
    });
    const { data, dims } = session.run(inputs, rows, artefact.output);
    const each = data.length / rows;
    if (dims[0] !== rows || (each !== 1 && !(each === 2 && artefact.task === 'binary'))) {
      throw new AppError('artefact_invalid', `The ONNX model answers ${data.length} numbers for ${rows} rows; it must answer one each${artefact.task === 'binary' ? ', or the probabilities of both classes' : ''}.`, { hint: 'Choose the output of probabilities when converting it.' });
    }
    for (let i = 0; i < rows; i++) predicted[start + i] = served(artefact, Number(data[(i + 1) * each - 1]));
  }
  return predicted;
}

function served({ task, link }: OnnxArtefact, raw: number): number {
  const value = link === 'logistic' ? sigmoid(raw) : raw;
  if (task === 'amount') return Math.max(value, 0);
  // Single precision may step over an end by its last digit.
  if (value >= -1e-6 && value <= 1 + 1e-6) return Math.min(Math.max(value, 0), 1);
  throw new AppError('artefact_invalid', `The ONNX model answers ${value}, which is no probability.`, { hint: 'Convert it with its probabilities, not with its scores.' });
}

export const onnx = defineEstimator<OnnxArtefact, Record<string, never>>({
  kind: 'onnx',
  tasks: ['binary', 'amount'],
  schema: onnxSchema,
  defaults: {},
  fit: () => refuse('not_available', 'ONNX models are trained elsewhere and imported: `tagcast models import`.'),
  predict: predictOnnx,
});
