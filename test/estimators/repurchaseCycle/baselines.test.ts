import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/base/json.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { FitOutcome, TrainingData } from '../../../src/estimators/contract.ts';
import { globalGap, personalMeanGap, repurchaseCycle } from '../../../src/estimators/repurchaseCycle/index.ts';
import { rowsAt, simulateShop, stack } from '../../support/renewalShop.ts';

const context = { rng: seededRandom(1) };

function artefactOf<A>(outcome: FitOutcome<A>): A {
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.artefact;
}

function rows(silence: number[], y: number[], observed: number[] = y.map(() => 1)): TrainingData {
  return { x: { rows: y.length, columns: [{ name: 'days_since_last_order', values: Float64Array.from(silence) }] }, y: Float64Array.from(y), observed: Uint8Array.from(observed) };
}

describe('global gap', () => {
  test('Kaplan–Meier by hand: 6 rows, times 1 2+ 3 4+ 5 6', () => {
    // Survival: 5/6 at 1, then 5/6 · 3/4 = 0.625 at 3, 0.3125 at 5, 0 at 6. The median is 5.
    const data = rows([1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6], [1, 0, 1, 0, 1, 1]);
    const artefact = artefactOf(globalGap.fit(data, globalGap.defaults, context));
    expect(artefact.edges).toEqual([]);
    expect(artefact.curves[0].days).toEqual([1, 3, 5, 6]);
    [5 / 6, 0.625, 0.3125, 0].forEach((golden, i) => expect(artefact.curves[0].survival[i]).toBeCloseTo(golden, 12));
    expect([...globalGap.predict(artefact, data.x)]).toEqual([5, 5, 5, 5, 5, 5]);
  });

  test('classes of silence have their own medians; a class that stays above one half gets its exponential tail', () => {
    const silence = [...Array.from({ length: 50 }, (_, i) => i), ...Array.from({ length: 50 }, (_, i) => 500 + i)];
    const data = rows(silence, silence.map((s, i) => (s < 100 ? 10 + (i % 5) : 90)), silence.map((s, i) => Number(s < 100 || i % 10 === 0)));
    const artefact = artefactOf(globalGap.fit(data, { ...globalGap.defaults, classes: 2 }, context));
    expect(artefact.edges).toEqual([500]);
    const [short, long] = globalGap.predict(artefact, rows([3, 600], [1, 1]).x);
    expect(short).toBe(12);
    expect(long).toBeGreaterThan(90);
    const all = globalGap.quantiles?.(artefact, rows([600], [1]).x, [0.1, 0.5, 0.9]) ?? new Float64Array();
    expect(all).toHaveLength(3);
    expect([...all].sort((a, b) => a - b)).toEqual([...all]);
    expect(globalGap.schema.parse(JSON.parse(canonicalJson(artefact)))).toEqual(artefact);
  });

  test('answers what it cannot do', () => {
    expect(globalGap.fit(rows([], []), globalGap.defaults, context)).toMatchObject({ ok: false, reason: 'too_few_rows' });
    expect(globalGap.fit(rows([1, 1, 1, 1, 1], [1, 2, 3, 4, 5], [0, 0, 0, 0, 0]), globalGap.defaults, context)).toMatchObject({ ok: false, reason: 'one_class' });
    expect(globalGap.fit({ x: { rows: 0, columns: [] }, y: new Float64Array() }, globalGap.defaults, context)).toMatchObject({ ok: false, reason: 'missing_column' });
  });
});

describe('personal mean gap', () => {
  const data: TrainingData = {
    x: {
      rows: 4,
      columns: [
        { name: 'gap_mean_days', values: Float64Array.of(30, 30, NaN, 10) },
        { name: 'gap_count', values: Float64Array.of(3, 3, 0, 1) },
        { name: 'days_since_last_order', values: Float64Array.of(12, 70, 5, 10) },
      ],
    },
    y: Float64Array.of(18, 20, 30, 10),
  };

  test('last order + own gap, the next multiple when that has passed, the shop gap for one-order customers', () => {
    const artefact = artefactOf(personalMeanGap.fit(data, personalMeanGap.defaults, context));
    expect(artefact.shopGapDays).toBeCloseTo(70 / 3, 12);
    const predicted = personalMeanGap.predict(artefact, data.x);
    expect(predicted[0]).toBe(18);
    expect(predicted[1]).toBe(20);
    expect(predicted[2]).toBeCloseTo(70 / 3 - 5, 12);
    expect(predicted[3]).toBe(10);
  });

  test('no rows', () => {
    const empty = { x: { rows: 0, columns: data.x.columns.map(({ name }) => ({ name, values: new Float64Array() })) }, y: new Float64Array() };
    expect(personalMeanGap.fit(empty, personalMeanGap.defaults, context)).toMatchObject({ ok: false, reason: 'too_few_rows' });
  });
});

test('the model beats both baselines on a simulated shop (mean absolute error, returning customers)', () => {
  const customers = simulateShop({ seed: 8, customers: 1500, family: 'gamma', cycleDays: 45, cycleSpread: 0.6, cv: [0.4, 1], dropOut: 0, arrivalDays: 700 });
  const train = stack([360, 540].map((cutoff) => rowsAt(customers, cutoff, 180)));
  const later = rowsAt(customers, 720, Infinity);
  const error = (predicted: Float64Array): number => predicted.reduce((sum, days, i) => sum + Math.abs(days - later.y[i]), 0) / later.x.rows;
  const model = error(repurchaseCycle.predict(artefactOf(repurchaseCycle.fit(train, { ...repurchaseCycle.defaults, maxRows: 1500 }, context)), later.x));
  expect(model).toBeLessThan(0.95 * error(globalGap.predict(artefactOf(globalGap.fit(train, globalGap.defaults, context)), later.x)));
  expect(model).toBeLessThan(0.95 * error(personalMeanGap.predict(artefactOf(personalMeanGap.fit(train, personalMeanGap.defaults, context)), later.x)));
});
