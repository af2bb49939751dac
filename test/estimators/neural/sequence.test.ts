import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { logisticRegression } from '../../../src/estimators/linear/logisticRegression.ts';
import { neuralSequence } from '../../../src/estimators/neural/neuralSequence.ts';
import { fitSeries, seriesRows } from '../../../src/estimators/neural/series.ts';
import { rocAuc } from '../../../src/math/metrics/index.ts';
import { activityRows } from '../../support/activityRows.ts';

await neuralSequence.prepare?.();

test('nested windows become rates between their edges, oldest first', () => {
  const columns = [
    { name: 'orders_10d', values: Float64Array.of(1, 0) },
    { name: 'orders_40d', values: Float64Array.of(4, 0) },
    { name: 'orders_100d', values: Float64Array.of(10, NaN) },
    { name: 'views_10d', values: Float64Array.of(9, 9) },
    { name: 'views_20d', values: Float64Array.of(9, 9) },
  ];
  const series = fitSeries(columns, Float64Array.of(1, 1));
  // Two windows of views make no channel.
  expect(series).toMatchObject({ edges: [100, 40, 10, 0], channels: [{ name: 'orders', windows: [10, 40, 100], columns: [0, 1, 2] }] });
  if (series === undefined) throw new Error('no series');
  const { steps, channels, values } = seriesRows(series, columns, 0, 2);
  expect([steps, channels]).toEqual([3, 2]);
  // By hand: 6 orders in 60 days, 3 in 30, 1 in 10 are 3 per 30 days each: ln 4, standardised over these and three zeros to +1; none at all to −1.
  const expected = [1, Math.log(2) / 2, 1, 0, 1, Math.log(1 / 3) / 2, -1, Math.log(2) / 2, -1, 0, -1, Math.log(1 / 3) / 2];
  expect(Array.from(values).every((v, i) => Math.abs(v - expected[i]) < 1e-6)).toBe(true);
  expect(values).toHaveLength(12);
});

test('a channel with coarser windows is spread over finer steps, and unknown beyond its longest', () => {
  const columns = ['a_7d', 'a_30d', 'a_90d', 'b_30d', 'b_60d', 'b_365d'].map((name, c) => ({ name, values: Float64Array.of(c, 2 * c + 1) }));
  const series = fitSeries(columns, Float64Array.of(1, 1));
  if (series === undefined) throw new Error('no series');
  expect(series.edges).toEqual([365, 90, 60, 30, 7, 0]);
  const { values, channels } = seriesRows(series, columns, 0, 1);
  const channel = (c: number): number[] => Array.from({ length: 5 }, (_, step) => values[step * channels + c]);
  expect(channel(0)[0]).toBe(0);
  expect(channel(0)[1]).toBe(channel(0)[2]);
  expect(channel(1)[3]).toBe(channel(1)[4]);
});

test('a burst of the last week is found that a linear model on the same columns misses', () => {
  const { train } = activityRows(2500, 1);
  const later = activityRows(3000, 2);
  const outcome = neuralSequence.fit(train, { ...neuralSequence.defaults, units: 24, state: 6 }, { rng: seededRandom(1) });
  const linear = logisticRegression.fit(train, logisticRegression.defaults, { rng: seededRandom(1) });
  if (!outcome.ok || !linear.ok) throw new Error('no model');
  expect(outcome.report).toMatchObject({ channels: 2, steps: 4 });
  const auc = (predicted: Float64Array): number => rocAuc(later.train.y, predicted) ?? NaN;
  expect(auc(neuralSequence.predict(outcome.artefact, later.train.x))).toBeGreaterThan(auc(logisticRegression.predict(linear.artefact, later.train.x)) + 0.003);
});

test('columns without windows are answered with what is needed', () => {
  const { x, y } = activityRows(200, 3).train;
  const outcome = neuralSequence.fit({ x: { rows: 200, columns: x.columns.filter(({ name }) => name === 'noise') }, y }, neuralSequence.defaults, { rng: seededRandom(1) });
  expect(outcome).toMatchObject({ ok: false, reason: 'missing_column', detail: expect.stringContaining('orders_7d') as string });
});
