import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/base/json.ts';
import { takeRows } from '../../../src/base/matrix.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { Estimator, FitOutcome, TrainingData } from '../../../src/estimators/contract.ts';
import { bgBb, bgCnbdK, bgNbd, btydValue, discountedOrdersOfRows, discountedValueOfRows, expectedOrdersOfRows, gammaGamma, mbgCnbdK, mbgNbd, paretoNbd, shiftedBetaGeometric } from '../../../src/estimators/customerBase/index.ts';
import type { OrderArtefact, OrderEstimatorParams } from '../../../src/estimators/customerBase/index.ts';
import { btydTraining, simulateBtyd } from '../../support/btydShop.ts';
import { randomBeta, simulateNbd, simulatePareto } from '../../support/orderSimulators.ts';
import type { BtydRow } from '../../support/btydShop.ts';

/** All order models under one type. */
const orderModels = [bgNbd, mbgNbd, paretoNbd, mbgCnbdK, bgBb] as unknown as readonly Estimator<OrderArtefact, OrderEstimatorParams>[];
const paramsOf = (estimator: Estimator<OrderArtefact, OrderEstimatorParams>): OrderEstimatorParams => ({ ...estimator.defaults, k: 2 });

const context = { rng: seededRandom(1) };
const TRUTH = { model: 'bg_nbd', r: 0.6, alpha: 5, a: 0.8, b: 2.5, p: 6, q: 4, gamma: 15 } as const;

function artefactOf<A>(outcome: FitOutcome<A>): A {
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.artefact;
}

const rows = simulateBtyd(TRUTH, 1500, 5, 26);
const train = btydTraining(rows);

describe('predictions', () => {
  test('order and no_order are complements', () => {
    const order = bgNbd.predict(artefactOf(bgNbd.fit(train, bgNbd.defaults, context)), train.x);
    const noOrder = bgNbd.predict(artefactOf(bgNbd.fit(train, { ...bgNbd.defaults, output: 'no_order' }, context)), train.x);
    order.forEach((p, i) => expect(p + noOrder[i]).toBeCloseTo(1, 14));
  });

  test('scaling time leaves predictions unchanged', () => {
    const slow = btydTraining(rows.map((row) => ({ ...row, recencyDays: row.recencyDays * 24, ageDays: row.ageDays * 24 })));
    for (const estimator of orderModels) {
      const plain = estimator.predict(artefactOf(estimator.fit(train, { ...paramsOf(estimator), horizonDays: 90 }, context)), train.x);
      const scaled = estimator.predict(artefactOf(estimator.fit(slow, { ...paramsOf(estimator), horizonDays: 90 * 24, periodDays: 7 * 24 }, context)), slow.x);
      plain.forEach((p, i) => expect(Math.abs(scaled[i] / p - 1)).toBeLessThan(1e-5));
    }
  });

  test('scaling money scales the value', () => {
    const yen = btydTraining(rows.map((row) => ({ ...row, monetary: row.monetary * 20_000 })));
    const plain = btydValue.predict(artefactOf(btydValue.fit(train, btydValue.defaults, context)), train.x);
    const scaled = btydValue.predict(artefactOf(btydValue.fit(yen, btydValue.defaults, context)), yen.x);
    plain.forEach((v, i) => expect(Math.abs(scaled[i] / v / 20_000 - 1)).toBeLessThan(1e-4));
  });

  test('value of the simulated holdout is met in total within 10 %', () => {
    const artefact = artefactOf(btydValue.fit(train, { ...btydValue.defaults, horizonDays: 182 }, context));
    const predicted = btydValue.predict(artefact, train.x).reduce((a, b) => a + b, 0);
    const orders = expectedOrdersOfRows(artefactOf(bgNbd.fit(train, bgNbd.defaults, context)), train.x, 182).reduce((a, b) => a + b, 0);
    const actualOrders = rows.reduce((sum, row) => sum + row.holdout, 0);
    expect(Math.abs(orders / actualOrders - 1)).toBeLessThan(0.1);
    // Mean spend of the truth: p γ / (q − 1) = 30.
    expect(Math.abs(predicted / (actualOrders * 30) - 1)).toBeLessThan(0.15);
  });

  test('row order, repeats and weights do not change the artefact; batch = single', () => {
    const reversed = rows.map((_, i) => rows.length - 1 - i);
    const twice = rows.flatMap((row) => [row, row]);
    for (const estimator of [bgNbd, mbgNbd, gammaGamma, btydValue] as const) {
      const fit = (data: TrainingData): string => canonicalJson(artefactOf<unknown>(estimator.fit(data, estimator.defaults as never, context)));
      expect(fit({ x: takeRows(train.x, reversed), y: train.y })).toBe(fit(train));
      expect(fit(btydTraining(rows, undefined, rows.map(() => 2)))).toBe(fit(btydTraining(twice)));
    }
    const artefact = artefactOf(btydValue.fit(train, btydValue.defaults, context));
    expect(btydValue.predict(artefact, takeRows(train.x, [7]))[0]).toBe(btydValue.predict(artefact, train.x)[7]);
  });

  test('only the latest cut-off is fitted when rows carry a period', () => {
    const period = Int32Array.from(rows, (_, i) => (i < 700 ? 0 : 1));
    const latest = artefactOf(bgNbd.fit({ ...train, period }, bgNbd.defaults, context));
    expect(latest).toEqual(artefactOf(bgNbd.fit(btydTraining(rows.slice(700)), bgNbd.defaults, context)));
    expect(artefactOf(bgNbd.fit({ ...train, period }, { ...bgNbd.defaults, rows: 'all' }, context))).toEqual(artefactOf(bgNbd.fit(train, bgNbd.defaults, context)));
  });

  test('expected and discounted orders of rows; counts and dates as outputs', () => {
    for (const estimator of orderModels) {
      const artefact = artefactOf(estimator.fit(train, { ...paramsOf(estimator), output: 'orders' }, context));
      const counts = expectedOrdersOfRows(artefact, train.x, 90);
      estimator.predict(artefact, train.x).forEach((count, i) => expect(count).toBe(Math.max(1e-12, counts[i])));
      const some = takeRows(train.x, [0, 1, 2, 3, 4, 5]);
      const discounted = discountedOrdersOfRows(artefact, some, 0.15);
      // Within 90 days nearly nothing is discounted; afterwards there is more.
      expectedOrdersOfRows(artefact, some, 90).forEach((orders, i) => expect(discounted[i]).toBeGreaterThan(0.96 * orders));
      const days = estimator.predict({ ...artefact, output: 'days' }, some);
      expect(Array.from(days)).toEqual(Array.from(estimator.quantiles?.(artefact, some, [0.5]) ?? []));
    }
  });

  test('discounted residual value: more than a year of it at a mild rate, less at a steep one, nothing without a history', () => {
    for (const orders of ['bg_nbd', 'pareto_nbd'] as const) {
      const artefact = artefactOf(btydValue.fit(train, { ...btydValue.defaults, orders, horizonDays: 365 }, context));
      const some = takeRows(train.x, [0, 1, 2, 3, 4, 5, 6, 7]);
      const year = btydValue.predict(artefact, some);
      const [mild, steep] = [0.05, 3].map((rate) => discountedValueOfRows(artefact, some, rate));
      year.forEach((value, i) => {
        expect(mild[i]).toBeGreaterThan(0.95 * value);
        expect(steep[i]).toBeLessThan(mild[i]);
      });
      expect(discountedValueOfRows(artefact, btydTraining([{ x: NaN, recencyDays: NaN, ageDays: NaN, monetary: NaN }]).x, 0.1)[0]).toBe(0);
    }
  });

  test('k is chosen by the task: Poisson customers get 1, regular ones more', () => {
    const chosen = (k: number): number | undefined => {
      const customers = simulateNbd({ model: 'bg_nbd', r: 1.5, alpha: 2, a: 0.6, b: 4, k }, 1500, 31, 26);
      const data = btydTraining(customers.map(({ x, tx, T }) => ({ x, recencyDays: 7 * tx, ageDays: 7 * T, monetary: 0 })), customers.map(({ next }) => Math.min(182, 7 * next)));
      const outcome = bgCnbdK.fit({ ...data, observed: Uint8Array.from(customers, ({ next }) => Number(next <= 26)) }, { ...bgCnbdK.defaults, output: 'days' }, context);
      return artefactOf(outcome).k;
    };
    expect(chosen(1)).toBe(1);
    expect(chosen(3)).toBeGreaterThanOrEqual(2);
  });

  test('an artefact saved before explanations existed still predicts and explains', () => {
    const old = { kind: 'bg_nbd', unit: 'weeks', r: 0.24, alpha: 4.4, a: 0.79, b: 2.43, output: 'no_order', horizonDays: 90, withoutHistory: 0.7 };
    const artefact = bgNbd.schema.parse(old);
    const predicted = bgNbd.predict(artefact, train.x);
    const explanation = bgNbd.explain?.(artefact, train.x);
    if (explanation === undefined) throw new Error('no explanation');
    predicted.forEach((p, i) => expect(explanation.contributions.reduce((sum, c) => sum + c[i], explanation.base)).toBeCloseTo(Math.log(p / (1 - p)), 9));
    const value = btydValue.schema.parse({
      kind: 'btyd_value', orders: { model: 'mbg_nbd', unit: 'weeks', r: 0.5, alpha: 6, a: 0.9, b: 1.6 }, spend: { rule: 'mean', p: 6, q: 4, gamma: 15 }, horizonDays: 90, withoutHistory: 20,
    });
    expect(btydValue.predict(value, train.x).every((v) => v >= 0 && v < Infinity)).toBe(true);
  });

  test('explanations say what moves whom: silence makes churn likely, fresh orders unlikely', () => {
    const artefact = artefactOf(bgNbd.fit(train, { ...bgNbd.defaults, output: 'no_order' }, context));
    const two = btydTraining([{ x: 5, recencyDays: 30, ageDays: 300, monetary: 0 }, { x: 12, recencyDays: 295, ageDays: 300, monetary: 0 }]);
    const explanation = bgNbd.explain?.(artefact, two.x);
    if (explanation === undefined) throw new Error('no explanation');
    const { columns, contributions } = explanation;
    const of = (name: string, row: number): number => contributions[columns.indexOf(name)][row];
    // 270 days of silence after five orders in a month are 45 of the customer's gaps; five days after twelve orders in ten months are a fifth of one.
    expect(of('overdue_ratio', 0)).toBeGreaterThan(0.5);
    expect(Math.max(...contributions.map((values) => values[0]))).toBe(of('overdue_ratio', 0));
    expect(of('overdue_ratio', 1)).toBeLessThan(0);
    expect([0, 1].map((row) => of('days_since_last_order', row))).toEqual([0, 0]);
    expect(contributions.reduce((sum, c) => sum + c[1], 0)).toBeLessThan(-1);
  });

  test('contracts: the hazard falls with tenure, horizons of several renewals agree with single ones', () => {
    const rng = seededRandom('contracts by month');
    const contracts = Array.from({ length: 4000 }, () => {
      const theta = randomBeta(rng, 0.8, 6);
      const tenure = rng.int(24);
      // Those who are still there after `tenure` renewals.
      return { tenure, stays: (1 - theta) ** tenure > rng.next(), leavesIn: (renewals: number) => (1 - theta) ** renewals < rng.next() };
    }).filter(({ stays }) => stays);
    const data = (renewals: number): TrainingData => ({ x: { rows: contracts.length, columns: [{ name: 'months', values: Float64Array.from(contracts, ({ tenure }) => tenure) }] }, y: Float64Array.from(contracts, ({ leavesIn }) => Number(leavesIn(renewals))) });
    const params = { ...shiftedBetaGeometric.defaults, tenure: 'months', tenureDays: 30, periodDays: 30 };
    for (const renewals of [1, 3]) {
      const outcome = shiftedBetaGeometric.fit(data(renewals), { ...params, horizonDays: 30 * renewals }, context);
      const { alpha, beta } = artefactOf(outcome);
      // Mean cancellation 0.8 / 6.8 at the first renewal, 0.8 / 18.8 after a year.
      expect(Math.abs(alpha / (alpha + beta) - 0.8 / 6.8)).toBeLessThan(0.04);
      expect(Math.abs(alpha / (alpha + beta + 12) - 0.8 / 18.8)).toBeLessThan(0.012);
    }
  });

  test('covariates: a column that speeds up orders is found; too many are refused', () => {
    const customers = simulatePareto({ model: 'pareto_nbd', r: 1, alpha: 8, s: 0.8, beta: 30 }, 1500, 41, 26, { rate: 0.8, leaving: 0 });
    const plain = btydTraining(customers.map(({ x, tx, T }) => ({ x, recencyDays: 7 * tx, ageDays: 7 * T, monetary: 0 })));
    const data = { ...plain, x: { rows: plain.x.rows, columns: [...plain.x.columns, { name: 'member', values: Float64Array.from(customers, (_, i) => i % 2) }] } };
    const artefact = artefactOf(paretoNbd.fit(data, { ...paretoNbd.defaults, covariates: ['member'] }, context));
    const [{ effects, scale }] = artefact.covariates ?? [];
    expect(Math.abs(effects[0] / scale - 0.8)).toBeLessThan(0.25);
    expect(paretoNbd.fit(data, { ...paretoNbd.defaults, covariates: ['nobody'] }, context)).toMatchObject({ ok: false, reason: 'missing_column' });
    expect(bgBb.fit(data, { ...bgBb.defaults, covariates: ['member'] }, context)).toMatchObject({ ok: false, reason: 'unsupported_target' });
  });

  test('customers without a history get the mean answer', () => {
    const artefact = artefactOf(bgNbd.fit(train, bgNbd.defaults, context));
    const nobody = btydTraining([{ x: NaN, recencyDays: NaN, ageDays: NaN, monetary: NaN }]);
    const mean = bgNbd.predict(artefact, train.x).reduce((a, b) => a + b, 0) / rows.length;
    expect(bgNbd.predict(artefact, nobody.x)[0]).toBeCloseTo(mean, 10);
    expect(Number.isFinite(btydValue.predict(artefactOf(btydValue.fit(train, btydValue.defaults, context)), nobody.x)[0])).toBe(true);
  });

  test('a matrix without the columns is refused by name', () => {
    const artefact = artefactOf(bgNbd.fit(train, bgNbd.defaults, context));
    expect(() => bgNbd.predict(artefact, { rows: 1, columns: [] })).toThrow(/btyd_frequency/);
    expect(bgNbd.fit({ x: { rows: 1, columns: [] }, y: new Float64Array(1) }, bgNbd.defaults, context)).toMatchObject({ ok: false, reason: 'missing_column' });
  });

  test('cancel', () => {
    const signal = AbortSignal.abort();
    expect(() => bgNbd.fit(train, bgNbd.defaults, { ...context, signal })).toThrow(/cancelled/);
    expect(() => gammaGamma.fit(train, gammaGamma.defaults, { ...context, signal })).toThrow(/cancelled/);
  });
});

type Row = Omit<BtydRow, 'holdout'>;
const row = (x: number, recencyDays: number, ageDays: number, monetary: number): Row => ({ x, recencyDays, ageDays, monetary });
const range = (n: number, f: (i: number) => Row): Row[] => Array.from({ length: n }, (_, i) => f(i));

describe('awkward shops', () => {
  const failing: [string, Row[], string][] = [
    ['no rows', [], 'too_few_rows'],
    ['one row', [row(1, 5, 30, 9)], 'too_few_rows'],
    ['one-time buyers only', range(100, (i) => row(0, 0, 10 + i, 0)), 'one_class'],
    ['everybody first bought at the cut-off', range(50, () => row(0, 0, 0, 0)), 'one_class'],
    ['no history at all', range(50, () => row(NaN, NaN, NaN, NaN)), 'too_few_rows'],
  ];
  test.each(failing)('%s: a reason, not a model', (_, data, reason) => {
    for (const estimator of orderModels) expect(estimator.fit(btydTraining(data), paramsOf(estimator), context)).toMatchObject({ ok: false, reason });
    expect(btydValue.fit(btydTraining(data), btydValue.defaults, context)).toMatchObject({ ok: false, reason });
  });

  const cohort = (n: number): Row[] => simulateBtyd({ ...TRUTH, r: 1.2 }, n, 100 + n, 1);
  const surviving: [string, Row[]][] = [
    ['repeaters only', range(200, (i) => row(1 + (i % 5), 20 + (i % 90), 120 + (i % 60), 10 + (i % 17)))],
    ['equal customers', range(60, () => row(3, 60, 80, 20))],
    ['rows with T = 0', [...rows.slice(0, 300), ...range(100, () => row(0, 0, 0, 0))]],
    ['nobody ever leaves', range(150, (i) => row(4 + (i % 3), 100, 101, 10 + i))],
    ['orders in the hundreds', [...rows.slice(0, 400), ...range(20, (i) => row(300 + 20 * i, 395, 400, 5 + i))]],
    ['one huge outlier', [...rows.slice(0, 400), row(3, 100, 200, 1e9)]],
    ['constant amounts', rows.slice(0, 400).map((r) => ({ ...r, monetary: r.x > 0 ? 25 : 0 }))],
    ['zero and negative amounts', rows.slice(0, 400).map((r, i) => ({ ...r, monetary: i % 3 === 0 ? -r.monetary : i % 3 === 1 ? 0 : r.monetary }))],
    ['yen', rows.slice(0, 400).map((r) => ({ ...r, monetary: Math.round(r.monetary * 20_000) }))],
    ['amounts without a mean', simulateBtyd({ ...TRUTH, q: 0.6, p: 3 }, 600, 9, 1)],
    ['recency beyond age by rounding', rows.slice(0, 300).map((r) => ({ ...r, recencyDays: r.x > 0 ? r.ageDays + 1 : 0 }))],
    ...[20, 30, 50, 100, 200].map((n): [string, Row[]] => [`${n} customers`, cohort(n)]),
  ];
  test.each(surviving)('%s: a finite, sensible model', (_, data) => {
    const shop = btydTraining(data);
    for (const estimator of orderModels) {
      const artefact = artefactOf(estimator.fit(shop, paramsOf(estimator), context));
      expect(estimator.schema.safeParse(JSON.parse(canonicalJson(artefact))).success).toBe(true);
      expect(estimator.predict(artefact, shop.x).every((p) => p >= 0 && p <= 1)).toBe(true);
      expect(estimator.predict({ ...artefact, output: 'orders' }, shop.x).every((n) => n >= 0 && n < Infinity)).toBe(true);
      expect(estimator.quantiles?.(artefact, shop.x, [0.1, 0.5]).every((days) => days > 0 && days <= 1e6 * (1 + 1e-9))).toBe(true);
    }
    const artefact = artefactOf(btydValue.fit(shop, btydValue.defaults, context));
    expect(btydValue.schema.safeParse(JSON.parse(canonicalJson(artefact))).success).toBe(true);
    const values = btydValue.predict(artefact, shop.x);
    expect(values.every((v) => v >= 0 && v < Infinity)).toBe(true);
    const spend = artefactOf(gammaGamma.fit(shop, gammaGamma.defaults, context));
    expect(gammaGamma.predict(spend, shop.x).every((v) => v >= 0 && v < Infinity)).toBe(true);
  });

  test('q < 1: the harmonic rule, scaled so that the spend of the seen orders is met', () => {
    const data = simulateBtyd({ ...TRUTH, q: 0.6, p: 3 }, 600, 9, 1);
    const shop = btydTraining(data);
    const artefact = artefactOf(gammaGamma.fit(shop, gammaGamma.defaults, context));
    expect(artefact.spend.rule).toBe('harmonic');
    const told = gammaGamma.predict(artefact, shop.x);
    const seen = data.reduce((sum, r) => sum + r.x * r.monetary, 0);
    expect(data.reduce((sum, r, i) => sum + r.x * told[i], 0) / seen).toBeCloseTo(1, 8);
  });

  test('constant amounts are told as they are', () => {
    const shop = btydTraining(rows.map((r) => ({ ...r, monetary: r.x > 0 ? 25 : 0 })));
    expect(gammaGamma.predict(artefactOf(gammaGamma.fit(shop, gammaGamma.defaults, context)), shop.x).every((v) => v === 25)).toBe(true);
  });

  test('twenty random subsamples of 20 and 50 customers all fit', () => {
    let fitted = 0;
    for (const n of [20, 50]) {
      for (let seed = 0; seed < 20; seed++) {
        const rng = seededRandom(seed, n);
        const sample = Array.from({ length: n }, () => rows[rng.int(rows.length)]);
        for (const estimator of orderModels) {
          for (const prior of estimator.kind === 'bg_bb' ? (['few'] as const) : (['none', 'few'] as const)) {
            const outcome = estimator.fit(btydTraining(sample), { ...paramsOf(estimator), prior }, context);
            if (outcome.ok) fitted++;
          }
        }
      }
    }
    expect(fitted).toBe(40 * (2 * orderModels.length - 1));
  });
});
