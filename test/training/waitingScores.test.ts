/** C-index and Brier scores of waiting times in a world whose waits are known. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { Matrix } from '../../src/base/matrix.ts';
import type { RowDistributions } from '../../src/estimators/contract.ts';
import { kaplanMeier } from '../../src/math/metrics/index.ts';
import type { AnyEstimator, Fitted } from '../../src/training/candidate.ts';
import { datasetRows } from '../../src/training/dataset.ts';
import type { Dataset } from '../../src/training/dataset.ts';
import { judgedSample, waitingScores } from '../../src/training/waitingScores.ts';

const WINDOW = 90;

/** Customer i waits exponentially, `means[i]` days on average; who waits longer than the window is censored at its end. */
function world(seed: number, count = 1500): Dataset {
  const rng = seededRandom('waiting scores', seed);
  const means = Float64Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 15 : 120));
  const wait = means.map((mean) => -mean * Math.log1p(-rng.next()));
  return {
    x: { rows: count, columns: [{ name: 'mean', values: means }] },
    y: wait.map((days) => Math.min(days, WINDOW)), observed: Uint8Array.from(wait, (days) => Number(days < WINDOW)), customerIds: Float64Array.from(wait.keys()), period: new Int32Array(count), cutoffs: ['2026-01-01'], overlapping: false,
  };
}

/** Says P(wait ≤ t) = `cdf`(t, mean of the customer). */
function saying(cdf: ((days: number, mean: number) => number) | undefined): Fitted {
  const estimator = {
    kind: 'x', tasks: ['duration'], schema: {}, defaults: {}, fit: () => ({ ok: false, reason: 'no_columns', detail: '' }),
    predict: (_: unknown, x: Matrix) => x.columns[0].values.slice(),
    ...(cdf === undefined ? {} : { distribution: (_: unknown, x: Matrix): RowDistributions => ({ rows: x.rows, cdf: (days) => days.map((at, row) => cdf(at, x.columns[0].values[row])), quantiles: (levels) => new Float64Array(levels.length) }) }),
  } as unknown as AnyEstimator;
  return { candidate: { name: 'x', rung: 'rule', estimator: 'x' }, estimator, artefact: { kind: 'x' } };
}

const exponential = (days: number, mean: number): number => -Math.expm1(-days / mean);
const rng = seededRandom('intervals');

describe('waiting times of everyone', () => {
  const data = world(1);
  const right = waitingScores(saying(exponential), data, WINDOW, rng);

  test('the right model: a C-index as the world has it, a Brier score below that of one curve for all, both with intervals that hold them', () => {
    // Two equal halves: pairs within a half are ties and half of all; between them the shorter mean comes first with 120 ÷ 135, which censoring at 90 days raises a little.
    const { c_index: order, integrated_brier: own, integrated_brier_km: same, integrated_brier_skill: skill } = right.metrics;
    expect(order.value).toBeGreaterThan(0.66);
    expect(order.value).toBeLessThan(0.74);
    expect(own.value).toBeLessThan(same.value);
    expect(skill.value).toBeCloseTo(1 - own.value / same.value, 12);
    for (const { value, low, high } of [order, own, skill]) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    expect((order.high ?? 1) - (order.low ?? 0)).toBeLessThan(0.05);
    expect(right.brier?.length).toBe(44);
    // What the world itself leaves open: the mean over customers and days of S(1 − S).
    const days = right.brier?.map(([day]) => day) ?? [];
    const open = days.reduce((sum, day) => sum + [15, 120].reduce((both, mean) => both + exponential(day, mean) * Math.exp(-day / mean), 0) / 2, 0) / days.length;
    expect(own.value).toBeCloseTo(open, 1);
  });

  test('the curve of all itself saves nothing, and a model that is sure and wrong is worse than it', () => {
    const curve = kaplanMeier(data.y, data.observed ?? []);
    const marginal = waitingScores(saying((days) => 1 - curve(days)), data, WINDOW, rng).metrics;
    expect(marginal.integrated_brier_skill.value).toBeCloseTo(0, 12);
    expect(marginal.c_index.value).toBe(0.5);
    expect(waitingScores(saying((days, mean) => exponential(days, 135 - mean)), data, WINDOW, rng).metrics.integrated_brier_skill.high).toBeLessThan(0);
  });

  test('censoring within the window leaves the scores where they are, up to chance', () => {
    const cut = seededRandom('censoring');
    const at = data.y.map(() => (cut.next() < 0.5 ? WINDOW * cut.next() : WINDOW));
    const censored = { ...data, y: data.y.map((days, row) => Math.min(days, at[row])), observed: Uint8Array.from(data.y, (days, row) => (days <= at[row] ? (data.observed?.[row] ?? 0) : 0)) };
    const { metrics } = waitingScores(saying(exponential), censored, WINDOW, rng, 0);
    expect(metrics.integrated_brier.value).toBeCloseTo(right.metrics.integrated_brier.value, 1);
    expect(Math.abs(metrics.integrated_brier_skill.value - right.metrics.integrated_brier_skill.value)).toBeLessThan(0.05);
    expect(metrics.integrated_brier.low).toBeUndefined();
  });

  test('one number per customer has an order and no Brier score; nobody, and nobody who came back, have neither', () => {
    const { metrics, brier } = waitingScores(saying(undefined), data, WINDOW, rng);
    expect(Object.keys(metrics)).toEqual(['c_index']);
    expect(metrics.c_index.value).toBeCloseTo(right.metrics.c_index.value, 12);
    expect(brier).toBeUndefined();
    const nobody = { ...data, y: data.y.map(() => WINDOW), observed: new Uint8Array(data.y.length) };
    expect(waitingScores(saying(exponential), nobody, WINDOW, rng).metrics).toEqual({});
    const empty = { ...data, x: { rows: 0, columns: [{ name: 'mean', values: new Float64Array(0) }] }, y: new Float64Array(0), observed: new Uint8Array(0), customerIds: new Float64Array(0) };
    expect(waitingScores(saying(exponential), empty, WINDOW, rng)).toEqual({ metrics: {} });
    expect(waitingScores(saying(exponential), data, 1, rng).metrics.integrated_brier).toBeUndefined();
  });

  test('of a large shop a sample of the customers is judged, whatever the order of the rows', () => {
    const large = world(2, 60_000);
    const { metrics } = waitingScores(saying(exponential), large, WINDOW, rng, 0);
    const rows = judgedSample(large).y.length;
    expect(rows).toBeGreaterThan(28_000);
    expect(rows).toBeLessThan(32_000);
    expect(Math.abs(metrics.integrated_brier.value - right.metrics.integrated_brier.value)).toBeLessThan(0.01);
    const turned = datasetRows(large, Int32Array.from(large.y.keys()).toReversed());
    expect(waitingScores(saying(exponential), turned, WINDOW, rng, 0).metrics.c_index.value).toBeCloseTo(metrics.c_index.value, 9);
  });

  test('rows of one customer are drawn together: repeated, they say no more', () => {
    const twice = { x: { rows: 2 * data.y.length, columns: [{ name: 'mean', values: Float64Array.of(...data.x.columns[0].values, ...data.x.columns[0].values) }] }, y: Float64Array.of(...data.y, ...data.y), observed: Uint8Array.of(...(data.observed ?? []), ...(data.observed ?? [])), customerIds: Float64Array.of(...data.customerIds, ...data.customerIds), period: new Int32Array(2 * data.y.length), cutoffs: ['2026-01-01', '2026-02-01'], overlapping: false };
    const width = ({ low, high }: { low?: number | undefined; high?: number | undefined }): number => (high ?? 0) - (low ?? 0);
    const [once, both] = [right.metrics, waitingScores(saying(exponential), twice, WINDOW, rng).metrics];
    expect(both.integrated_brier.value).toBeCloseTo(once.integrated_brier.value, 12);
    expect(width(both.integrated_brier) / width(once.integrated_brier)).toBeGreaterThan(0.75);
  });
});
