import { describe, expect, test } from 'vitest';
import type { Matrix } from '../../../src/base/matrix.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { encodeArtefact } from '../../../src/estimators/codec.ts';
import { distributionAt } from '../../../src/estimators/neural/heads.ts';
import { networkOutputs } from '../../../src/estimators/neural/artefact.ts';
import { neuralValue, type NeuralValueArtefact } from '../../../src/estimators/neural/neuralValue.ts';

await neuralValue.prepare?.();

interface Truth {
  readonly train: TrainingData;
  readonly probability: Float64Array;
  readonly mu: Float64Array;
  readonly sigma: Float64Array;
}

/** Not in the order of the alphabet, and one that nobody uses. */
const CHANNELS = ['web', 'catalogue', 'app', 'shop'];
const USED = [2, 3, 0];

/** Amounts from a zero-inflated lognormal distribution whose three parameters depend on two quantities and a category. `unit`: how many of the currency are one. */
function simulated(rows: number, seed: number, unit = 1): Truth {
  const rng = seededRandom('ziln', seed);
  const make = (): Float64Array => new Float64Array(rows);
  const [a, b, channel, y, probability, mu, sigma] = [make(), make(), make(), make(), make(), make(), make()];
  for (let i = 0; i < rows; i++) {
    a[i] = rng.normal();
    b[i] = rng.normal();
    const kind = rng.int(3);
    channel[i] = USED[kind];
    probability[i] = 1 / (1 + Math.exp(0.3 - a[i] - [0, 1, -1][kind]));
    mu[i] = Math.log(unit) + 3 + 0.8 * b[i] + [0, 0.5, 1][kind];
    sigma[i] = a[i] > 0 ? 0.9 : 0.5;
    y[i] = rng.next() < probability[i] ? Math.exp(mu[i] + sigma[i] * rng.normal()) : 0;
  }
  const columns = [{ name: 'a', values: a }, { name: 'b', values: b }, { name: 'channel', values: channel, categories: CHANNELS }];
  return { train: { x: { rows, columns }, y, period: Int32Array.from({ length: rows }, (_, i) => (i < 0.75 * rows ? 0 : 1)) }, probability, mu, sigma };
}

function fitted(train: TrainingData, params: Partial<typeof neuralValue.defaults> = {}): NeuralValueArtefact {
  const outcome = neuralValue.fit(train, { ...neuralValue.defaults, ...params }, { rng: seededRandom(7) });
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome.artefact;
}

const rms = (values: Float64Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

describe('simulate, fit, recover', () => {
  const small = { units: 24 };
  const { train } = simulated(4000, 1);
  const artefact = fitted(train, small);
  const fresh = simulated(4000, 2);
  const outputs = networkOutputs(artefact, fresh.train.x);
  const found = Array.from({ length: 4000 }, (_, i) => distributionAt(outputs, 3 * i, artefact.scale));

  test('probability, location and spread come back', () => {
    expect(rms(fresh.probability.map((p, i) => found[i].probability - p))).toBeLessThan(0.05);
    expect(rms(fresh.mu.map((mu, i) => found[i].mu - mu))).toBeLessThan(0.15);
    expect(rms(fresh.sigma.map((sigma, i) => found[i].sigma - sigma))).toBeLessThan(0.15);
  });

  test('the total is right within a tenth, and nine in ten lie below the 90 % quantile', () => {
    const predicted = neuralValue.predict(artefact, fresh.train.x);
    const expected = fresh.probability.map((p, i) => p * Math.exp(fresh.mu[i] + fresh.sigma[i] ** 2 / 2));
    const sum = (values: Float64Array): number => values.reduce((total, v) => total + v, 0);
    expect(Math.abs(sum(predicted) / sum(expected) - 1)).toBeLessThan(0.1);
    const high = neuralValue.quantiles?.(artefact, fresh.train.x, [0.9]) ?? new Float64Array(0);
    const below = fresh.train.y.filter((v, i) => v <= high[i]).length / 4000;
    expect(Math.abs(below - 0.9)).toBeLessThan(0.025);
  });

  test('amounts in yen give the same total as in euros, times the rate', () => {
    const [euros, yen] = [1, 163].map((unit) => {
      const { train: rows } = simulated(1200, 3, unit);
      const predicted = neuralValue.predict(fitted(rows, { units: 12, epochs: 12 }), rows.x);
      return predicted.reduce((total, v) => total + v, 0) / unit;
    });
    expect(Math.abs(yen / euros - 1)).toBeLessThan(0.1);
  });

  test('columns far outside of what was seen give amounts below the cap', () => {
    const far: Matrix = { rows: 4, columns: [{ name: 'a', values: Float64Array.of(1e12, -1e12, 1e300, 0) }, { name: 'b', values: Float64Array.of(1e12, 1e12, -1e300, NaN) }, { name: 'channel', values: Float64Array.of(0, 1, 2, NaN), categories: CHANNELS }] };
    const amounts = [...neuralValue.predict(artefact, far), ...(neuralValue.quantiles?.(artefact, far, [0.5, 0.999]) ?? [])];
    expect(amounts.filter((v) => !(v >= 0 && v <= artefact.cap))).toEqual([]);
    expect(amounts).toHaveLength(12);
  });

  test('categories are known by name: another order of the names changes nothing, an unknown name is the unknown', () => {
    const names = ['shop', 'web', 'app'];
    const x = fresh.train.x;
    const turned = { rows: x.rows, columns: x.columns.map((column) => (column.name === 'channel' ? { ...column, values: column.values.map((code) => names.indexOf(CHANNELS[code])), categories: names } : column)) };
    expect(neuralValue.predict(artefact, turned)).toEqual(neuralValue.predict(artefact, x));
    const renamed = (name: string) => ({ rows: 1, columns: [{ name: 'a', values: Float64Array.of(0) }, { name: 'b', values: Float64Array.of(0) }, { name: 'channel', values: Float64Array.of(0), categories: [name] }] });
    expect(neuralValue.predict(artefact, renamed('catalogue'))).toEqual(neuralValue.predict(artefact, renamed('fair')));
    expect(neuralValue.predict(artefact, renamed('catalogue'))).not.toEqual(neuralValue.predict(artefact, renamed('web')));
  });
});

test('another coding of the same categories is the same artefact', () => {
  const { train } = simulated(300, 5);
  const names = ['shop', 'web', 'app'];
  const columns = train.x.columns.map((column) => (column.name === 'channel' ? { ...column, values: column.values.map((code) => names.indexOf(CHANNELS[code])), categories: names } : column));
  const quick = { units: 4, epochs: 2 };
  const artefact = fitted(train, quick);
  expect(encodeArtefact(fitted({ ...train, x: { rows: 300, columns } }, quick))).toBe(encodeArtefact(artefact));
  expect(artefact.inputs.categories).toEqual([{ column: 2, vocabulary: ['app', 'shop', 'web'] }]);
});

test.each([
  ['one amount for all who spend', Float64Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? 50 : 0))],
  ['everyone spends', Float64Array.from({ length: 300 }, (_, i) => 10 + (i % 7))],
  ['one spender', Float64Array.from({ length: 300 }, (_, i) => (i === 17 ? 1e9 : 0))],
  ['amounts over twelve orders of magnitude', Float64Array.from({ length: 300 }, (_, i) => 10 ** ((i % 13) - 3))],
])('%s: finite amounts', (_, y) => {
  const { x } = simulated(300, 4).train;
  const artefact = fitted({ x, y }, { units: 8, epochs: 5 });
  const amounts = [...neuralValue.predict(artefact, x), ...(neuralValue.quantiles?.(artefact, x, [0.1, 0.9]) ?? [])];
  expect(amounts.filter((v) => !(v >= 0 && Number.isFinite(v)))).toEqual([]);
  expect(amounts).toHaveLength(900);
});
