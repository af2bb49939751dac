/**
 * onnxruntime-node, when somebody has installed it. Its public calls are asynchronous wrappers of functions that are not; predicting is a plain function
 * here, so those functions are called as its own wrapper calls them. What it looks like inside is checked, not assumed.
 */
import { createRequire } from 'node:module';
import { AppError } from '../../base/errors.ts';

export const INSTALL = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node';

interface Tensor {
  readonly data: ArrayLike<number | bigint>;
  readonly dims: readonly number[];
}

interface NativeSession {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  run(feeds: Readonly<Record<string, Tensor>>, fetches: Readonly<Record<string, null>>, options: object): Readonly<Record<string, Tensor>>;
}

interface Runtime {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
  readonly session: () => NativeSession;
}

export interface OnnxSession {
  /** One output for rows of inputs that hold row-major floats. @throws AppError `artefact_invalid` when the runtime refuses the rows. */
  run(inputs: readonly { readonly name: string; readonly values: Float32Array; readonly width: number }[], rows: number, output: string): Tensor;
}

const require = createRequire(import.meta.url);
let runtime: Runtime | undefined;

const isInit = (value: unknown): value is () => void => typeof value === 'function';
const isSession = (value: unknown): value is new () => NativeSession => typeof value === 'function';
const isTensor = (value: unknown): value is Runtime['Tensor'] => typeof value === 'function';

function load(): Runtime {
  if (runtime !== undefined) return runtime;
  try {
    require.resolve('onnxruntime-node');
  } catch (cause) {
    throw new AppError('artefact_invalid', 'The model is an ONNX model, and the package onnxruntime-node that runs those is not installed.', { hint: `Install it: \`${INSTALL}\`.`, cause });
  }
  let inside: { readonly binding?: { readonly InferenceSession?: unknown }; readonly initOrt?: unknown };
  let outside: { readonly Tensor?: unknown };
  try {
    inside = require('onnxruntime-node/dist/binding.js') as typeof inside;
    outside = require('onnxruntime-node') as typeof outside;
  } catch (cause) {
    throw new AppError('artefact_invalid', 'onnxruntime-node is installed and cannot be loaded here.', { hint: `Install version 1 again for this machine: \`${INSTALL}\`.`, cause });
  }
  const { initOrt, binding } = inside;
  const Session = binding?.InferenceSession;
  const { Tensor } = outside;
  if (!isInit(initOrt) || !isSession(Session) || !isTensor(Tensor)) {
    throw new AppError('artefact_invalid', 'This version of onnxruntime-node is built in another way than the ones that are known (1.x).', { hint: `Install version 1: \`${INSTALL}@1\`.` });
  }
  initOrt();
  runtime = { Tensor, session: () => new Session() };
  return runtime;
}

/** A session over bytes that were inspected; nothing is read from disk. @throws AppError `artefact_invalid` without the package, or when it refuses the file. */
export function openSession(bytes: Uint8Array): OnnxSession {
  const { Tensor, session } = load();
  const native = session();
  const copy = bytes.slice();
  try {
    native.loadModel(copy.buffer, copy.byteOffset, copy.byteLength, { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', logSeverityLevel: 4 });
  } catch (cause) {
    throw new AppError('artefact_invalid', 'onnxruntime-node refuses the ONNX model.', { hint: 'Check the file with onnx.checker.check_model, and convert it again.', cause });
  }
  return {
    run(inputs, rows, output) {
      try {
        return native.run(Object.fromEntries(inputs.map(({ name, values, width }) => [name, new Tensor('float32', values, [rows, width])])), { [output]: null }, {})[output];
      } catch (cause) {
        throw new AppError('artefact_invalid', `onnxruntime-node refuses ${rows} rows of the ONNX model's columns.`, { hint: 'Check that the model takes one row of floats per customer.', cause });
      }
    },
  };
}
