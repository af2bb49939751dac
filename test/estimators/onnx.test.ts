/** ONNX files: what is let through, what is refused, and the one error where the runtime is missing. With onnxruntime-node installed the numbers of test/golden/interchange are met as well. */
import { createRequire } from 'node:module';
import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/random.ts';
import { estimatorOf } from '../../src/estimators/index.ts';
import { onnxArtefact } from '../../src/estimators/onnx/bring.ts';
import { inspectOnnx } from '../../src/estimators/onnx/inspect.ts';
import { onnx, onnxSchema } from '../../src/estimators/onnx/onnx.ts';
import { INSTALL } from '../../src/estimators/onnx/runtime.ts';
import { farthest, onnxGolden } from '../support/interchange.ts';

const { columns, rows, models } = onnxGolden();
const bytesOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(models[name].bytes, 'base64'));
const FOREST = 'random forest classifier';
const x = { rows: rows.length, columns: columns.map((name, c) => ({ name, values: Float64Array.from(rows, (row) => row[c]) })) };
const installed = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
})();
/** One text for another of its length, wherever it stands. */
function replaced(bytes: Uint8Array, text: string, other: string): Uint8Array {
  const copy = Buffer.from(bytes);
  if (!copy.includes(text) || text.length !== other.length) throw new Error(`${text} is not there`);
  for (let at = copy.indexOf(text); at >= 0; at = copy.indexOf(text)) copy.write(other, at);
  return new Uint8Array(copy);
}

describe('onnx', () => {
  test.each(Object.keys(models))('%s: inputs and outputs are found', (name) => {
    const summary = inspectOnnx(bytesOf(name));
    expect(summary).toMatchObject({ inputs: [{ width: 4 }], outputs: [expect.stringMatching(/prob|variable/)] });
  });

  test('operators that are not on the list, damage and size are refused with the reason', () => {
    const forest = bytesOf(FOREST);
    expect(inspectOnnx(replaced(forest, 'TreeEnsembleClassifier', 'ThreeEnsembleClassifie'))).toMatchObject({ problem: expect.stringContaining('ThreeEnsembleClassifie') as string });
    expect(inspectOnnx(replaced(forest, 'ai.onnx.ml', 'my.own.ops'))).toMatchObject({ problem: expect.stringContaining('my.own.ops') as string });
    expect(inspectOnnx(forest.subarray(0, 2000))).toMatchObject({ problem: expect.stringContaining('announced') as string });
    expect(inspectOnnx(new Uint8Array(64 * 1024 * 1024 + 1))).toMatchObject({ problem: expect.stringContaining('at most') as string });
    expect(inspectOnnx(new TextEncoder().encode('tree\nversion=v4'))).toHaveProperty('problem');
  });

  test('data in another file is refused', () => {
    // GraphProto { initializer: TensorProto { name: "w", data_location: EXTERNAL } } inside ModelProto.graph.
    const tensor = [0x42, 1, 0x77, 0x70, 1];
    const graph = [0x2a, tensor.length, ...tensor];
    expect(inspectOnnx(Uint8Array.of(0x3a, graph.length, ...graph))).toMatchObject({ problem: 'it keeps data in another file' });
  });

  test('changed bytes never do worse than being refused', () => {
    let refused = 0;
    fc.assert(fc.property(fc.constantFrom(...Object.keys(models)), fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { minLength: 1, maxLength: 8 }), (name, changes) => {
      const bytes = bytesOf(name);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const summary = inspectOnnx(bytes);
      if ('problem' in summary) refused++;
      expect('problem' in summary ? summary.problem : summary.inputs[0].name).toEqual(expect.any(String));
    }), { numRuns: 300, seed: 5 });
    expect(refused).toBeGreaterThan(20);
  });

  test('an artefact whose columns or output do not go with its bytes is refused, and nothing is fitted', () => {
    const good = { kind: 'onnx', task: 'binary', columns, inputs: [{ name: 'X', width: 4 }], output: 'probabilities', link: 'identity', bytes: bytesOf(FOREST) };
    expect(onnxSchema.safeParse(good).success).toBe(true);
    for (const change of [{ columns: columns.slice(1) }, { output: 'label' }, { inputs: [{ name: 'Y', width: 4 }] }, { bytes: new Uint8Array(3) }]) expect(onnxSchema.safeParse({ ...good, ...change }).success).toBe(false);
    expect(estimatorOf('onnx').fit({ x, y: new Float64Array(rows.length) }, {}, { rng: seededRandom(1) })).toMatchObject({ ok: false, reason: 'not_available' });
    expect(() => onnxArtefact(bytesOf(FOREST), columns.slice(1), 'binary')).toThrow(/takes 4 columns and 3 are named/);
  });

  test('predicts what the program that made the model predicts, or says how to install the runtime', () => {
    const answers = Object.entries(models).map(([name, { predicted }]) => {
      try {
        const artefact = onnxArtefact(bytesOf(name), columns, name.includes('regressor') ? 'amount' : 'binary');
        return farthest(onnx.predict(artefact, x), predicted.map((value) => [value]));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return error.hint ?? '';
      }
    });
    // Single precision throughout.
    expect(answers.every((answer) => (installed ? Number(answer) < 1e-6 : String(answer).includes(INSTALL)))).toBe(true);
  });
});
