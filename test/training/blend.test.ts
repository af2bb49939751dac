import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { sigmoid } from '../../src/math/stats/index.ts';
import { applyClassBlend, applyNumberBlend, applyProbabilityBlend, blendClasses, blendNumbers, blendProbabilities } from '../../src/training/blend.ts';
import { chooseSimplest, pairedError } from '../../src/training/choice.ts';
import { logLoss, multiclassLogLoss } from '../../src/math/metrics/index.ts';

const rng = seededRandom(11);
const draw = (n: number): Float64Array => Float64Array.from({ length: n }, () => rng.normal());

describe('blends', () => {
  const n = 4000;
  const [a, b, noise] = [draw(n), draw(n), draw(n)];
  const y = a.map((value, i) => (rng.next() < sigmoid(0.8 * value + 0.4 * b[i] - 0.5) ? 1 : 0));

  test('find the weights that made the outcomes, and silence what says nothing', () => {
    const predictions = [a.map(sigmoid), b.map(sigmoid), noise.map((value) => sigmoid(-Math.abs(value)))];
    const blend = blendProbabilities(predictions, y);
    expect(blend.weights[0]).toBeCloseTo(0.8, 0);
    expect(blend.weights[1]).toBeCloseTo(0.4, 0);
    expect(blend.weights[2]).toBeLessThan(0.15);
    expect(blend.intercept).toBeCloseTo(-0.5, 0);
    expect(logLoss(y, applyProbabilityBlend(blend, predictions))).toBeLessThan(Math.min(...predictions.map((p) => logLoss(y, p))));
  });
  test('a model that says the opposite gets no weight, never a negative one', () => {
    const blend = blendProbabilities([a.map(sigmoid), a.map((value, i) => sigmoid(noise[i] - value))], y);
    expect(blend.weights[1]).toBe(0);
    expect(blend.weights[0]).toBeGreaterThan(0.5);
  });
  test('numbers: least squares with weights at or above 0', () => {
    const z = a.map((value, i) => 3 + 2 * value + 0.5 * b[i] + 0.1 * noise[i]);
    const blend = blendNumbers([a, b, noise.map((value) => -value)], z);
    expect(blend.weights[0]).toBeCloseTo(2, 1);
    expect(blend.weights[1]).toBeCloseTo(0.5, 1);
    expect(blend.weights[2]).toBe(0);
    expect(applyNumberBlend(blend, [a, b, noise])[0]).toBeCloseTo(z[0], 0);
  });
  test('classes: the better model weighs more, probabilities sum to one', () => {
    const place = Float64Array.from({ length: 600 }, () => rng.int(3));
    const good = Float64Array.from({ length: 1800 }, (_, i) => (i % 3 === place[Math.floor(i / 3)] ? 0.6 : 0.2));
    const flat = new Float64Array(1800).fill(1 / 3);
    const blend = blendClasses([flat, good], place, 3);
    const p = applyClassBlend(blend, [flat, good], 3);
    expect(blend.weights[1]).toBeGreaterThan(1);
    expect(p[0] + p[1] + p[2]).toBeCloseTo(1, 12);
    expect(multiclassLogLoss(place, p, 3)).toBeLessThan(multiclassLogLoss(place, good, 3));
  });
});

describe('the choice', () => {
  const base = Float64Array.from({ length: 400 }, (_, i) => 0.5 + 0.1 * Math.sin(i));
  const noisy = (by: number, spread: number): Float64Array => base.map((value, i) => value + by + spread * Math.cos(i * 1.7));
  test('is the simplest within one standard error', () => {
    const trees = { name: 'trees', rung: 'boosting' as const, losses: base };
    expect(chooseSimplest([{ name: 'line', rung: 'linear', losses: noisy(0.001, 0.1) }, trees])).toBe('line');
    expect(chooseSimplest([{ name: 'line', rung: 'linear', losses: noisy(0.05, 0.1) }, trees])).toBe('trees');
  });
  test('the error is that of the paired difference', () => {
    expect(pairedError(base, noisy(3, 0))).toBeCloseTo(0, 12);
    expect(pairedError(base, noisy(0, 0.1))).toBeCloseTo(0.1 / Math.SQRT2 / 20, 3);
  });
});
