import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { encodeArtefact } from '../../../src/estimators/codec.ts';
import { prepareBackend, readyBackend } from '../../../src/estimators/neural/backend.ts';
import { outputsOf } from '../../../src/estimators/neural/forward.ts';
import { registerGradients } from '../../../src/estimators/neural/gradients.ts';
import { layersOf, newNetwork, type NetworkInput } from '../../../src/estimators/neural/network.ts';
import { neuralTabular } from '../../../src/estimators/neural/neuralTabular.ts';
import { asTensors, forward } from '../../../src/estimators/neural/tensors.ts';
import { shopRows } from '../../support/estimatorTasks.ts';

await prepareBackend();
const answer = readyBackend();
if (!answer.ok) throw new Error(answer.detail);
const { tf, name } = answer.backend;

const ROWS = 9;
const rng = seededRandom('backend test');
const single = (length: number): Float32Array => Float32Array.from({ length }, () => rng.normal());
const input: NetworkInput = { rows: ROWS, values: single(3 * ROWS), codes: [Int32Array.from({ length: ROWS }, (_, i) => i % 4)], series: { steps: 3, channels: 2, values: single(6 * ROWS) } };
const network = newNetwork({ inputs: 3, codes: [4], recurrent: { channels: 2, state: 3 }, hidden: [5, 4], outputs: [0.3, -0.2] }, seededRandom('network'));
const tensorsOf = () => layersOf(network).flatMap(({ inputs, outputs, weights, bias }) => [tf.tensor2d(Float32Array.from(weights), [inputs, outputs]), tf.tensor2d(Float32Array.from(bias), [1, outputs])]);
const rows = { input, targets: new Float64Array(ROWS), weights: new Float64Array(ROWS).fill(1), hashes: new Float64Array(ROWS) };
const every = Int32Array.from({ length: ROWS }, (_, i) => i);

test('what training differentiates is what predicting computes', () => {
  const trained = tf.tidy(() => forward(tf, network, tensorsOf(), asTensors(tf, rows, every, network)).dataSync());
  const predicted = outputsOf(network, input);
  expect(trained).toHaveLength(predicted.length);
  expect(predicted.every((v, i) => Math.abs(v - trained[i]) < 1e-5)).toBe(true);
});

test('derivatives of the whole network agree with differences', () => {
  const flat = layersOf(network).flatMap(({ weights, bias }) => [weights, bias]);
  // Away from zero, where a rectifier has no derivative; the sum of squares reaches every operation.
  const loss = (): number => outputsOf(network, input).reduce((sum, v) => sum + v * v, 0);
  const gradients = tf.tidy(() => {
    const batch = asTensors(tf, rows, every, network);
    return tf.grads((...tensors) => tf.sum(tf.mul(forward(tf, network, tensors as ReturnType<typeof tensorsOf>, batch), forward(tf, network, tensors as ReturnType<typeof tensorsOf>, batch))))(tensorsOf()).map((one) => Float32Array.from(one.dataSync()));
  });
  const wrong: string[] = [];
  flat.forEach((values, k) => values.forEach((value, i) => {
    const step = 1e-4;
    values[i] = value + step;
    const up = loss();
    values[i] = value - step;
    const difference = (up - loss()) / (2 * step);
    values[i] = value;
    if (Math.abs(difference - gradients[k][i]) > 1e-3 * Math.max(1, Math.abs(difference))) wrong.push(`array ${k}, weight ${i}: ${gradients[k][i]}, by differences ${difference}`);
  }));
  expect(wrong).toEqual([]);
  expect(flat.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(100);
});

test.each(['RealDiv', 'Sub', 'Softplus', 'Log', 'Slice'] as const)('derivative of %s', (kernel) => {
  const of = {
    RealDiv: (x: ReturnType<typeof tf.tensor2d>) => tf.div(x, tf.add(x, tf.ones([1, 1]))),
    Sub: (x: ReturnType<typeof tf.tensor2d>) => tf.sub(tf.ones([1, 1]), tf.mul(x, x)),
    Softplus: (x: ReturnType<typeof tf.tensor2d>) => tf.softplus(x),
    Log: (x: ReturnType<typeof tf.tensor2d>) => tf.log(x),
    Slice: (x: ReturnType<typeof tf.tensor2d>) => tf.mul(tf.slice(x, [0, 1], [2, 1]), tf.slice(x, [0, 0], [2, 1])),
  }[kernel];
  const at = [0.5, 1.5, 2.5, 3.5];
  const value = (values: number[]): number => tf.tidy(() => tf.sum(of(tf.tensor2d(values, [2, 2]))).dataSync()[0]);
  const gradient = tf.tidy(() => Array.from(tf.grad((x) => tf.sum(of(x as ReturnType<typeof tf.tensor2d>)))(tf.tensor2d(at, [2, 2])).dataSync()));
  const differences = at.map((_, i) => (value(at.with(i, at[i] + 0.01)) - value(at.with(i, at[i] - 0.01))) / 0.02);
  expect(gradient.map((v, i) => Math.abs(v - differences[i]) < 5e-3)).toEqual([true, true, true, true]);
});

test('a derivative that is known already stays', () => {
  const before = tf.getGradient('Relu');
  registerGradients(tf);
  expect(tf.getGradient('Relu')).toBe(before);
});

describe('training', () => {
  const { train } = shopRows(400, 5);
  const quick = { ...neuralTabular.defaults, units: 8, epochs: 3, batchRows: 100 };

  test('leaves no tensor behind, finished or cancelled', () => {
    const before = tf.memory().numTensors;
    expect(neuralTabular.fit(train, quick, { rng: seededRandom(1) }).ok).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    let asked = 0;
    // Fires after some batches.
    const signal = { get aborted() { return ++asked > 6; } } as AbortSignal;
    expect(() => neuralTabular.fit(train, quick, { rng: seededRandom(1), signal })).toThrow(expect.objectContaining({ code: 'cancelled' }));
    expect(asked).toBe(7);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('runs on the WASM backend, names it in the report, and another number of threads changes no byte', () => {
    const outcomes = [1, 4].map((threads) => neuralTabular.fit(train, quick, { rng: seededRandom(1), threads }));
    const [one, four] = outcomes.map((outcome) => (outcome.ok ? encodeArtefact(outcome.artefact) : outcome.detail));
    expect(four).toBe(one);
    expect(outcomes[0]).toMatchObject({ ok: true, report: { backend: name } });
    expect(name).toBe('wasm');
  });

  test('the plain JavaScript backend fits the same model within single precision', async () => {
    const fit = () => neuralTabular.fit(train, quick, { rng: seededRandom(1) });
    const wasm = fit();
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    try {
      const cpu = fit();
      if (!wasm.ok || !cpu.ok) throw new Error('no model');
      const [a, b] = [wasm, cpu].map(({ artefact }) => neuralTabular.predict(artefact, train.x));
      expect(a.every((p, i) => Math.abs(p - b[i]) < 1e-3)).toBe(true);
    } finally {
      await tf.setBackend('wasm');
    }
  });
});

describe('without a backend', () => {
  const { train } = shopRows(400, 5);
  afterEach(() => {
    vi.doUnmock('@tensorflow/tfjs-core');
    vi.resetModules();
  });

  test('a fit before prepare() says so', async () => {
    vi.resetModules();
    const { neuralTabular: unprepared } = await import('../../../src/estimators/neural/neuralTabular.ts');
    expect(unprepared.fit(train, unprepared.defaults, { rng: seededRandom(1) })).toMatchObject({ ok: false, reason: 'not_available', detail: expect.stringContaining('prepare()') as string });
  });

  test('missing packages are a reason with the command that brings them', async () => {
    vi.resetModules();
    vi.doMock('@tensorflow/tfjs-core', () => {
      throw new Error('Cannot find package');
    });
    const { neuralTabular: alone } = await import('../../../src/estimators/neural/neuralTabular.ts');
    await alone.prepare?.();
    expect(alone.fit(train, alone.defaults, { rng: seededRandom(1) })).toMatchObject({ ok: false, reason: 'not_available', detail: expect.stringContaining('npm install') as string });
  });

  test('the public surface, and with it scoring, loads no TensorFlow', { timeout: 30_000 }, () => {
    const code = `import('./src/index.ts').then(async () => { const { default: Module } = await import('node:module'); console.log(Object.keys(Module._cache).some((file) => file.includes('tensorflow'))); })`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe('false');
  });
});
