import * as fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { BERNOULLI, GAMMA, GAUSSIAN, POISSON, tweedieFamily, type Family } from '../../../src/estimators/linear/families.ts';
import { glmLoss } from '../../../src/estimators/linear/glmLoss.ts';
import { solveGlm } from '../../../src/estimators/linear/glmSolver.ts';
import { multinomialLoss } from '../../../src/estimators/linear/multinomialLoss.ts';
import type { SmoothLoss } from '../../../src/estimators/linear/smoothLoss.ts';

const FAMILIES: Readonly<Record<string, Family>> = { bernoulli: BERNOULLI, gaussian: GAUSSIAN, poisson: POISSON, gamma: GAMMA, tweedie: tweedieFamily(1.4) };

function rowsOf(name: string, rows: number, terms: number, seed: number) {
  const rng = seededRandom('optimality', name, rows, terms, seed);
  const shared = Float64Array.from({ length: rows }, () => rng.normal());
  const columns = Array.from({ length: terms }, () => shared.map((v) => 0.6 * v + rng.normal()));
  // Of many terms each says less: counts of millions are nobody's.
  const size = 0.4 * Math.min(1, Math.sqrt(14 / terms));
  const beta = columns.map((_, t) => (t % 3 === 0 ? 0 : size * rng.normal()));
  const z = shared.map((_, i) => columns.reduce((sum, column, t) => sum + beta[t] * column[i], 0.2));
  const y = z.map((score) => {
    const u = rng.next();
    if (name === 'bernoulli') return u < 1 / (1 + Math.exp(-score)) ? 1 : 0;
    if (name === 'gaussian') return score + rng.normal();
    if (name === 'gamma') return Math.exp(score) * (0.05 + 2 * u);
    if (name === 'multinomial') return Math.min(2, Math.floor(3 * u + 0.2 * score + 0.5 * rng.next() * 0)) < 0 ? 0 : Math.max(0, Math.min(2, Math.floor(3 * u + 0.4 * score)));
    return u < 0.3 ? 0 : Math.round(Math.exp(score) * 2 * u);
  });
  return { design: { rows, columns }, from: 0, to: rows, y, weights: Float64Array.from({ length: rows }, () => 0.5 + rng.next()) };
}

/**
 * How far a solution is from the conditions of the optimum (Friedman, Hastie & Tibshirani 2010): slope + λ(1−α)β = −λα·sign(β) where β ≠ 0,
 * |slope| ≤ λα where β = 0, slope = 0 of an intercept; per unit of weight.
 */
function violation(loss: SmoothLoss, lambda: number, l1Ratio: number, at: Float64Array): number {
  const gradient = new Float64Array(loss.size);
  loss.evaluate(at, gradient);
  let most = 0;
  for (let t = 0; t < loss.size; t++) {
    const slope = gradient[t] / loss.weight;
    if (t >= loss.penalised) most = Math.max(most, Math.abs(slope));
    else if (at[t] !== 0) most = Math.max(most, Math.abs(slope + lambda * ((1 - l1Ratio) * at[t] + l1Ratio * Math.sign(at[t]))));
    else most = Math.max(most, Math.abs(slope) - lambda * l1Ratio);
  }
  return most;
}

const cases = fc.record({
  name: fc.constantFrom(...Object.keys(FAMILIES), 'multinomial'),
  rows: fc.integer({ min: 60, max: 1300 }),
  terms: fc.integer({ min: 1, max: 14 }),
  seed: fc.nat(),
  lambda: fc.constantFrom(1e-4, 1e-3, 0.01, 0.05, 0.3),
  l1Ratio: fc.constantFrom(0, 0.1, 0.5, 0.9, 1),
});

test('solutions meet the conditions of the optimum to 1e-8, cold and along a path', () => {
  fc.assert(fc.property(cases, ({ name, rows, terms, seed, lambda, l1Ratio }) => {
    const data = rowsOf(name, rows, terms, seed);
    const family = FAMILIES[name];
    const loss = family === undefined ? multinomialLoss(3, data, false) : glmLoss(family, data);
    const memory = { last: undefined };
    let start = new Float64Array(loss.size);
    for (const factor of [10, 2, 1]) {
      const solution = solveGlm(loss, { lambda: factor * lambda * loss.weight, l1Ratio }, start, () => undefined, { memory });
      expect(solution.converged).toBe(true);
      expect(violation(loss, factor * lambda, l1Ratio, solution.parameters)).toBeLessThan(1e-8);
      start = Float64Array.from(solution.parameters);
    }
    const cold = solveGlm(loss, { lambda: lambda * loss.weight, l1Ratio }, new Float64Array(loss.size), () => undefined);
    expect(violation(loss, lambda, l1Ratio, cold.parameters)).toBeLessThan(1e-8);
  }), { numRuns: 60, seed: 20260101 });
});

test('a penalty above the largest slope leaves no term, one just below leaves the steepest', () => {
  const loss = glmLoss(GAUSSIAN, rowsOf('gaussian', 300, 8, 3));
  const level = solveGlm(loss, { lambda: 1e9, l1Ratio: 1 }, new Float64Array(9), () => undefined).parameters;
  expect(Array.from(level.subarray(0, 8))).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  const gradient = new Float64Array(9);
  loss.evaluate(level, gradient);
  const slopes = Array.from(gradient.subarray(0, 8), Math.abs);
  const most = Math.max(...slopes);
  const found = solveGlm(loss, { lambda: 0.999 * most, l1Ratio: 1 }, level, () => undefined).parameters;
  expect(Array.from(found.subarray(0, 8), (v) => v !== 0)).toEqual(slopes.map((slope) => slope === most));
});

test('more terms than rows: what is found over the rows is what is found over the terms; equal rows and rows of no weight included', () => {
  for (const name of ['bernoulli', 'gaussian', 'poisson']) {
    const made = rowsOf(name, 60, 170, 7);
    const repeated = made.design.columns.map((column) => column.map((v, i) => (i === 1 ? column[0] : v)));
    const data = { ...made, design: { rows: 60, columns: repeated }, weights: made.weights.map((w, i) => (i % 9 === 5 ? 0 : w)) };
    const loss = glmLoss(FAMILIES[name], data);
    const found = [loss, { ...loss, narrow: () => undefined }].map((one) => solveGlm(one, { lambda: 0.02 * loss.weight, l1Ratio: 0 }, new Float64Array(loss.size), () => undefined));
    expect(found.map(({ converged }) => converged)).toEqual([true, true]);
    const apart = found[0].parameters.map((v, t) => Math.abs(v - found[1].parameters[t]));
    expect(Math.max(...apart)).toBeLessThan(1e-8);
  }
});

test('a start on a sample of many rows, good or bad, does not move the optimum', () => {
  for (const name of [...Object.keys(FAMILIES), 'multinomial', 'rare']) {
    const made = rowsOf(name === 'rare' ? 'bernoulli' : name, 12_000, 25, 11);
    // So few ones that samples of blocks have next to none.
    const data = name === 'rare' ? { ...made, y: made.y.map((v, i) => (i % 1700 === 3 ? 1 : v * 0)) } : made;
    const family = name === 'rare' ? BERNOULLI : FAMILIES[name];
    const loss = family === undefined ? multinomialLoss(3, data, false) : glmLoss(family, data);
    const solution = solveGlm(loss, { lambda: 1e-5 * loss.weight, l1Ratio: 0 }, new Float64Array(loss.size), () => undefined);
    expect(solution.converged, name).toBe(true);
    expect(violation(loss, 1e-5, 0, solution.parameters), name).toBeLessThan(1e-8);
  }
});

test('with far more terms than join a step at once, the optimum is the same', () => {
  fc.assert(fc.property(fc.constantFrom('bernoulli', 'gaussian', 'poisson'), fc.integer({ min: 150, max: 260 }), fc.constantFrom(0.005, 0.02), fc.constantFrom(0.5, 1), fc.nat(), (name, terms, lambda, l1Ratio, seed) => {
    const data = rowsOf(name, 200, terms, seed);
    const loss = glmLoss(FAMILIES[name], data);
    const solution = solveGlm(loss, { lambda: lambda * loss.weight, l1Ratio }, new Float64Array(loss.size), () => undefined);
    expect(solution.converged).toBe(true);
    const first = new Float64Array(loss.size);
    loss.evaluate(new Float64Array(loss.size), first);
    expect(first.filter((slope) => Math.abs(slope) > lambda * l1Ratio * loss.weight).length).toBeGreaterThan(40);
    // Slopes are in units of the counts.
    expect(violation(loss, lambda, l1Ratio, solution.parameters)).toBeLessThan(1e-8 * Math.max(1, ...data.y));
  }), { numRuns: 12 });
});
