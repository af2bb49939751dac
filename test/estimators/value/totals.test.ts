/** The mean of amounts whose truth is known: heavy tails, many zeros, and shapes that a model's own distribution does not have. */
import { describe, expect, test } from 'vitest';
import * as fc from '../../support/properties.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { Random } from '../../../src/base/random.ts';
import type { FitOutcome, TrainingData } from '../../../src/estimators/contract.ts';
import { neuralValue } from '../../../src/estimators/neural/neuralValue.ts';
import { boostedTrees } from '../../../src/estimators/trees/boostedTrees.ts';
import { shrunkTotalScale } from '../../../src/estimators/value/amounts.ts';
import { twoPart } from '../../../src/estimators/value/twoPart.ts';
import { zeroInflatedLognormal } from '../../../src/estimators/value/zeroInflatedLognormal.ts';

await neuralValue.prepare?.();

/** An amount with mean 1. */
const SHAPES: Readonly<Record<string, (rng: Random) => number>> = {
  'lognormal, σ = 1': (rng) => Math.exp(rng.normal() - 0.5),
  // The square of a normal is gamma distributed with shape 1/2: many amounts near 0, a lighter tail.
  'gamma of shape 1/2': (rng) => rng.normal() ** 2,
  // One buyer in thirty is a wholesaler, and no column says so.
  wholesalers: (rng) => (Math.exp(rng.normal() - 0.5) * (rng.next() < 1 / 30 ? 10 : 1)) / 1.3,
};

interface World { readonly train: TrainingData; readonly mean: number; readonly drawn: number }

/** Spenders and sizes follow two columns; `zeros` of the rows are 0, about. */
function world(shape: string, rows: number, seed: number, zeros: number): World {
  const rng = seededRandom('totals', shape, rows, seed);
  const [a, b, c] = [0, 1, 2].map(() => Float64Array.from({ length: rows }, () => rng.normal()));
  let [mean, drawn] = [0, 0];
  const y = a.map((value, i) => {
    const spends = 1 / (1 + Math.exp(-(1.15 * Math.log((1 - zeros) / zeros) + 0.8 * value - 0.4 * b[i])));
    const size = 50 * Math.exp(0.4 * b[i] + 0.3 * value);
    const amount = rng.next() < spends ? size * SHAPES[shape](rng) : 0;
    mean += (spends * size) / rows;
    drawn += amount / rows;
    return amount;
  });
  return { train: { x: { rows, columns: [{ name: 'a', values: a }, { name: 'b', values: b }, { name: 'c', values: c }] }, y }, mean, drawn };
}

const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const artefactOf = <A>(outcome: FitOutcome<A>): A => {
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome.artefact;
};
const rng = () => seededRandom(3);

describe.each([['lognormal, σ = 1', 0.5], ['gamma of shape 1/2', 0.7], ['wholesalers', 0.3]] as const)('%s, %f of nothing', (shape, zeros) => {
  const known = world(shape, 2500, 1, zeros);
  const later = world(shape, 6000, 2, zeros);
  /** Mean of later predictions ÷ true mean, less what the sample's own mean was off by. */
  const apart = (predicted: Float64Array): number => Math.abs(mean(predicted) / later.mean - known.drawn / known.mean);

  test('trees with a log link keep the total of what they learned from, and later predictions have it', () => {
    const fit = (objective: 'tweedie' | 'gamma', train: TrainingData) => artefactOf(boostedTrees.fit(train, { ...boostedTrees.defaults, objective }, { rng: rng() }));
    const given = spenders(known.train);
    const [all, sizes] = [fit('tweedie', known.train), fit('gamma', given)];
    expect(mean(boostedTrees.predict(all, known.train.x)) / mean(known.train.y)).toBeCloseTo(1, 8);
    expect(mean(boostedTrees.predict(sizes, given.x)) / mean(given.y)).toBeCloseTo(1, 8);
    expect(apart(boostedTrees.predict(all, later.train.x))).toBeLessThan(0.06);
  });

  test('two parts, and the zero-inflated lognormal', () => {
    const parts = artefactOf(twoPart.fit(known.train, { ...twoPart.defaults, amountModel: 'boosted', probabilityModel: 'boosted' }, { rng: rng() }));
    const lognormal = artefactOf(zeroInflatedLognormal.fit(known.train, { ...zeroInflatedLognormal.defaults, model: 'boosted' }, { rng: rng() }));
    for (const predicted of [twoPart.predict(parts, later.train.x), zeroInflatedLognormal.predict(lognormal, later.train.x)]) expect(apart(predicted)).toBeLessThan(0.08);
  });

  test('the network, whose own mean is a quarter and more off where amounts are no lognormal', () => {
    const artefact = artefactOf(neuralValue.fit(known.train, { ...neuralValue.defaults, units: 16, steps: 24 }, { rng: rng() }));
    const { total = Number.NaN } = artefact;
    expect(apart(neuralValue.predict(artefact, later.train.x))).toBeLessThan(0.12);
    expect(shape === 'gamma of shape 1/2' ? 1 / total : 1.25).toBeGreaterThan(1.2);
    // An artefact from before the factor was learned predicts what it always did.
    const { total: _total, ...before } = artefact;
    expect(neuralValue.predict(before, later.train.x)[0] * total).toBeCloseTo(neuralValue.predict(artefact, later.train.x)[0], 6);
  });
});

function spenders({ x, y }: TrainingData): TrainingData {
  const rows = Int32Array.from(y.keys()).filter((row) => y[row] > 0);
  return { x: { rows: rows.length, columns: x.columns.map(({ name, values }) => ({ name, values: Float64Array.from(rows, (row) => values[row]) })) }, y: Float64Array.from(rows, (row) => y[row]) };
}

describe('the factor on a total', () => {
  const amounts = fc.array(fc.tuple(fc.double({ min: 0, max: 1e4, noNaN: true }), fc.double({ min: 1e-3, max: 1e4, noNaN: true })), { minLength: 1, maxLength: 60 });
  test('lies between nothing and the whole difference, within a half and the double, in any unit; a weight of 2 is the row twice', () => {
    fc.assert(fc.property(amounts, (rows) => {
      const [y, raw] = [Float64Array.from(rows, ([v]) => v), Float64Array.from(rows, ([, v]) => v)];
      const one = new Float64Array(rows.length).fill(1);
      const factor = shrunkTotalScale(raw, y, one);
      const whole = mean(y) / mean(raw);
      expect(factor).toBeGreaterThanOrEqual(Math.max(0.5, Math.min(1, whole)) - 1e-9);
      expect(factor).toBeLessThanOrEqual(Math.min(2, Math.max(1, whole)) + 1e-9);
      expect(shrunkTotalScale(raw.map((v) => 163 * v), y.map((v) => 163 * v), one)).toBeCloseTo(factor, 9);
      expect(shrunkTotalScale(raw, y, one.map(() => 2))).toBeCloseTo(shrunkTotalScale(Float64Array.of(...raw, ...raw), Float64Array.of(...y, ...y), Float64Array.of(...one, ...one)), 9);
    }));
  });

  test('chance is left alone, a wrong level is taken out, one giant amount says nothing', () => {
    const random = seededRandom('factor');
    const sample = (rows: number, level: number): number => {
      const raw = Float64Array.from({ length: rows }, () => 20 + 40 * random.next());
      return shrunkTotalScale(raw, raw.map((v) => (random.next() < 0.4 ? (level * v * Math.exp(random.normal() - 0.5)) / 0.4 : 0)), new Float64Array(rows).fill(1));
    };
    const right = Array.from({ length: 200 }, () => sample(400, 1));
    expect(right.filter((factor) => factor === 1).length).toBeGreaterThan(150);
    expect(Math.abs(mean(Float64Array.from(right)) - 1)).toBeLessThan(0.02);
    expect(sample(4000, 1.4)).toBeGreaterThan(1.25);
    expect(sample(4000, 0.7)).toBeLessThan(0.78);
    const [flat, one] = [new Float64Array(500).fill(10), new Float64Array(500).fill(1)];
    expect(shrunkTotalScale(flat, flat.map((v, i) => (i === 0 ? 1e6 : v)), one)).toBe(1);
    expect(shrunkTotalScale(flat, new Float64Array(500), one)).toBe(1);
    expect(shrunkTotalScale(new Float64Array(500), flat, one)).toBe(1);
  });
});
