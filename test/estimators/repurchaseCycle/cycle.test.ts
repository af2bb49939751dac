import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/base/json.ts';
import { takeRows } from '../../../src/base/matrix.ts';
import type { Matrix } from '../../../src/base/matrix.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { FitOutcome, TrainingData } from '../../../src/estimators/contract.ts';
import { personalCycle, repurchaseCycle, rhythmOf, survivalAfter } from '../../../src/estimators/repurchaseCycle/index.ts';
import type { RepurchaseCycleArtefact } from '../../../src/estimators/repurchaseCycle/index.ts';
import { rowsAt, simulateShop, stack } from '../../support/renewalShop.ts';
import type { RenewalShop } from '../../support/renewalShop.ts';

const LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9];
const WATCHED = 180;
const SHOP: RenewalShop = { seed: 3, customers: 1800, family: 'gamma', cycleDays: 45, cycleSpread: 0.6, cv: [0.4, 1], dropOut: 0, arrivalDays: 700 };

const context = () => ({ rng: seededRandom(1) });

function artefactOf(outcome: FitOutcome<RepurchaseCycleArtefact>): RepurchaseCycleArtefact {
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.artefact;
}

function quantiles(artefact: RepurchaseCycleArtefact, x: Matrix): (row: number, level: number) => number {
  const values = repurchaseCycle.quantiles?.(artefact, x, LEVELS);
  if (values === undefined) throw new Error('no quantiles');
  return (row, level) => values[row * LEVELS.length + LEVELS.indexOf(level)];
}

/** Trains on three cut-offs watched for 180 days, asks at a later one whose truth is known without censoring. */
function trainAndTest(shop: RenewalShop): { artefact: RepurchaseCycleArtefact; later: TrainingData } {
  const customers = simulateShop(shop);
  const train = stack([300, 420, 540].map((cutoff) => rowsAt(customers, cutoff, WATCHED)));
  const artefact = artefactOf(repurchaseCycle.fit(train, { ...repurchaseCycle.defaults, maxRows: 1800 }, context()));
  return { artefact, later: rowsAt(customers, 720, Infinity) };
}

/** Share of rows among `among` whose truth lies in (low, high]. */
function coverage(later: TrainingData, q: (row: number, level: number) => number, low: number, high: number, among: (row: number) => boolean): { share: number; rows: number } {
  let [rows, covered] = [0, 0];
  for (let row = 0; row < later.x.rows; row++) {
    if (!among(row)) continue;
    rows++;
    if (later.y[row] > q(row, low) && later.y[row] <= q(row, high)) covered++;
  }
  return { share: covered / rows, rows };
}

describe('simulate → fit → coverage of the windows', () => {
  const shops: [string, RenewalShop][] = [
    ['gamma gaps, regular and irregular customers', SHOP],
    ['gamma gaps, all regular', { ...SHOP, cv: [0.3, 0.3] }],
    ['exponential gaps', { ...SHOP, cv: [1, 1] }],
    ['lognormal gaps, regular and irregular customers', { ...SHOP, family: 'lognormal' }],
  ];
  test.each(shops)('%s: 50 and 80 % within 4 points, median unbiased', (_, shop) => {
    const { artefact, later } = trainAndTest(shop);
    const q = quantiles(artefact, later.x);
    const all = (): boolean => true;
    expect(Math.abs(coverage(later, q, 0.25, 0.75, all).share - 0.5)).toBeLessThan(0.04);
    expect(Math.abs(coverage(later, q, 0.1, 0.9, all).share - 0.8)).toBeLessThan(0.04);
    const beforeMedian = later.y.filter((days, row) => days <= q(row, 0.5)).length / later.x.rows;
    expect(Math.abs(beforeMedian - 0.5)).toBeLessThan(0.04);
  });

  /**
   * Where customers leave for ever, more than half of this shop never comes back, and no finite window can cover "never". What a window can promise: of the
   * windows that close within the time that the model was watched for, the stated share is met, drop-outs counted as misses. Windows of customers who do come
   * back are then too wide rather than too narrow (measured: 50 % windows cover 50–58 %, 80 % windows 80–88 % of them).
   */
  test.each(['gamma', 'lognormal'] as const)('%s gaps with drop-out: windows that close within the watched time keep their promise', (family) => {
    const { artefact, later } = trainAndTest({ ...SHOP, customers: 3000, family, dropOut: 0.05 });
    const q = quantiles(artefact, later.x);
    const half = coverage(later, q, 0.25, 0.75, (row) => q(row, 0.75) <= WATCHED);
    const wide = coverage(later, q, 0.1, 0.9, (row) => q(row, 0.9) <= WATCHED);
    expect(half.rows).toBeGreaterThan(1000);
    expect(wide.rows).toBeGreaterThan(500);
    expect(Math.abs(half.share - 0.5)).toBeLessThan(0.04);
    expect(Math.abs(wide.share - 0.8)).toBeLessThan(0.04);
    const returning = coverage(later, q, 0.1, 0.9, (row) => later.y[row] < 1e8);
    expect(returning.share).toBeGreaterThan(0.76);
  });
});

const customers = simulateShop({ ...SHOP, customers: 400, dropOut: 0.05 });
const train = stack([360, 480].map((cutoff) => rowsAt(customers, cutoff, WATCHED)));
const artefact = artefactOf(repurchaseCycle.fit(train, repurchaseCycle.defaults, context()));

function matrixOf(rows: { mean: number; count: number; std: number; ewm: number; silence: number }[]): Matrix {
  const column = (name: string, f: (row: (typeof rows)[number]) => number) => ({ name, values: Float64Array.from(rows, f) });
  return {
    rows: rows.length,
    columns: [
      column('days_since_last_order', (r) => r.silence), column('gap_ewm_days', (r) => r.ewm), column('gap_std_days', (r) => r.std),
      column('gap_count', (r) => r.count), column('gap_mean_days', (r) => r.mean),
    ],
  };
}

describe('every customer gets an answer', () => {
  const awkward = matrixOf([
    { mean: NaN, count: 0, std: NaN, ewm: NaN, silence: 10 },
    { mean: NaN, count: NaN, std: NaN, ewm: NaN, silence: NaN },
    { mean: 30, count: 1, std: NaN, ewm: 30, silence: 3 },
    { mean: 30, count: 12, std: 0, ewm: 30, silence: 3 },
    { mean: 30, count: 12, std: 0, ewm: 30, silence: 3000 },
    { mean: 0, count: 5, std: 0, ewm: 0, silence: 0 },
    { mean: 1, count: 2000, std: 0.2, ewm: 1, silence: 1 },
    { mean: 900, count: 1, std: NaN, ewm: 900, silence: 40_000 },
    { mean: 20, count: 3, std: 500, ewm: 1e6, silence: 5 },
    { mean: -5, count: -1, std: -1, ewm: -1, silence: -1 },
  ]);

  test('finite, positive, ascending quantiles; predict is the median', () => {
    const q = quantiles(artefact, awkward);
    const median = repurchaseCycle.predict(artefact, awkward);
    let compared = 0;
    for (let row = 0; row < awkward.rows; row++) {
      const values = LEVELS.map((level) => q(row, level));
      expect(values.every((v) => v > 0 && v <= 1e6 + 1)).toBe(true);
      expect([...values].sort((a, b) => a - b)).toEqual(values);
      expect(median[row] / values[2]).toBeCloseTo(1, 12);
      compared++;
    }
    expect(compared).toBe(10);
  });

  test('the quantile solves the survival curve', () => {
    const rhythm = rhythmOf(30, 12, 8, 28, 20);
    const [u] = repurchaseCycle.predict(artefact, matrixOf([{ mean: 30, count: 12, std: 8, ewm: 28, silence: 20 }]));
    expect(survivalAfter(artefact, rhythm, u)).toBeCloseTo(0.5, 9);
  });

  test('a long silence moves the date on: later and later, never zero', () => {
    const silences = [10, 60, 120, 240, 480, 960, 1920];
    const medians = repurchaseCycle.predict(artefact, matrixOf(silences.map((silence) => ({ mean: 30, count: 6, std: 12, ewm: 30, silence }))));
    for (let i = 2; i < silences.length; i++) expect(medians[i]).toBeGreaterThan(medians[i - 1]);
    expect(Math.min(...medians)).toBeGreaterThan(0);
  });

  test('a regular customer has a narrower window than an irregular one with the same mean', () => {
    const q = quantiles(artefact, matrixOf([{ mean: 30, count: 12, std: 3, ewm: 30, silence: 2 }, { mean: 30, count: 12, std: 30, ewm: 30, silence: 2 }]));
    expect(q(0, 0.9) - q(0, 0.1)).toBeLessThan(q(1, 0.9) - q(1, 0.1));
  });
});

describe('personal cycle', () => {
  const shop = personalCycle(artefact, rhythmOf(NaN, 0, NaN, NaN, 5));

  test('no gaps: the shop alone; more gaps: closer to the own mean', () => {
    expect(shop.ownWeight).toBe(0);
    expect(shop.gaps).toBe(0);
    const own = 10;
    const distances = [1, 3, 10, 40].map((count) => Math.abs(personalCycle(artefact, rhythmOf(own, count, 5, own, 5)).cycleDays - own));
    expect(distances[0]).toBeLessThan(Math.abs(shop.cycleDays - own));
    for (let i = 1; i < distances.length; i++) expect(distances[i]).toBeLessThan(distances[i - 1]);
  });

  test('the cycle is the weighted mean of own gap and shop cycle', () => {
    const { cycleDays, ownWeight } = personalCycle(artefact, rhythmOf(10, 5, 5, 10, 5));
    expect(cycleDays).toBeCloseTo(ownWeight * 10 + (1 - ownWeight) * shop.cycleDays, 10);
  });

  test('regularity classes come from the shrunken dispersion', () => {
    expect(personalCycle(artefact, rhythmOf(30, 30, 3, 30, 5)).regularity).toBe('regular');
    expect(personalCycle(artefact, rhythmOf(30, 30, 20, 30, 5)).regularity).toBe('average');
    expect(personalCycle(artefact, rhythmOf(30, 30, 40, 30, 5)).regularity).toBe('irregular');
    // Two equal gaps are no proof of regularity.
    expect(personalCycle(artefact, rhythmOf(30, 2, 0, 30, 5)).regularity).not.toBe('regular');
  });

  test('the lapsed share grows with silence', () => {
    const shares = [1, 100, 300, 1000].map((silence) => personalCycle(artefact, rhythmOf(20, 8, 8, 20, silence)).lapsedShare);
    for (let i = 1; i < shares.length; i++) expect(shares[i]).toBeGreaterThan(shares[i - 1]);
    expect(shares[3]).toBeLessThan(1);
  });
});

describe('fit', () => {
  test('the artefact passes its schema through JSON; row order, repeats and column order do not matter; batch = single', () => {
    const bytes = canonicalJson(artefact);
    expect(repurchaseCycle.schema.parse(JSON.parse(bytes))).toEqual(artefact);
    const order = Array.from({ length: train.x.rows }, (_, i) => (i * 7919) % train.x.rows);
    const shuffled: TrainingData = {
      x: { rows: train.x.rows, columns: takeRows(train.x, order).columns.toReversed() },
      y: Float64Array.from(order, (i) => train.y[i]),
      observed: Uint8Array.from(order, (i) => train.observed?.[i] ?? 1),
    };
    expect(new Set(order).size).toBe(train.x.rows);
    expect(canonicalJson(artefactOf(repurchaseCycle.fit(shuffled, repurchaseCycle.defaults, context())))).toBe(bytes);
    const twice = canonicalJson(artefactOf(repurchaseCycle.fit(stack([train, train]), repurchaseCycle.defaults, context())));
    const weighted = { ...train, weights: new Float64Array(train.x.rows).fill(2) };
    expect(canonicalJson(artefactOf(repurchaseCycle.fit(weighted, repurchaseCycle.defaults, context())))).toBe(twice);
    expect(repurchaseCycle.predict(artefact, takeRows(train.x, [17]))[0]).toBe(repurchaseCycle.predict(artefact, train.x)[17]);
  });

  test('no rows, nothing seen, missing column, cancel', () => {
    const none = matrixOf([]);
    expect(repurchaseCycle.fit({ x: none, y: new Float64Array(0) }, repurchaseCycle.defaults, context())).toMatchObject({ ok: false, reason: 'too_few_rows' });
    const unseen = { ...train, observed: new Uint8Array(train.x.rows) };
    expect(repurchaseCycle.fit(unseen, repurchaseCycle.defaults, context())).toMatchObject({ ok: false, reason: 'one_class' });
    const bare = { rows: train.x.rows, columns: train.x.columns.slice(1) };
    expect(repurchaseCycle.fit({ ...train, x: bare }, repurchaseCycle.defaults, context())).toMatchObject({ ok: false, reason: 'missing_column' });
    expect(() => repurchaseCycle.predict(artefact, bare)).toThrow(/gap_mean_days/);
    expect(() => repurchaseCycle.fit(train, repurchaseCycle.defaults, { ...context(), signal: AbortSignal.abort() })).toThrow(/cancelled/);
  });

  const constant = (n: number, observed: (i: number) => number) => ({
    x: matrixOf(Array.from({ length: n }, () => ({ mean: 30, count: 4, std: 0, ewm: 30, silence: 10 }))),
    y: new Float64Array(n).fill(20),
    observed: Uint8Array.from({ length: n }, (_, i) => observed(i)),
  });
  const awkward: [string, TrainingData][] = [
    ['equal rows, all seen', constant(60, () => 1)],
    ['equal rows, few seen', constant(200, (i) => Number(i < 11))],
    ['one-order customers only', { x: matrixOf(Array.from({ length: 80 }, (_, i) => ({ mean: NaN, count: 0, std: NaN, ewm: NaN, silence: 1 + i }))), y: Float64Array.from({ length: 80 }, (_, i) => 5 + i) }],
    ['all columns missing', { x: matrixOf(Array.from({ length: 80 }, () => ({ mean: NaN, count: NaN, std: NaN, ewm: NaN, silence: NaN }))), y: Float64Array.from({ length: 80 }, (_, i) => 5 + i) }],
    ['one gap of a million days', (() => { const t = constant(60, () => 1); t.x.columns[4].values[0] = 1e6; t.y[1] = 1e6; return t; })()],
    ['20 rows', (() => { const t = rowsAt(customers.slice(0, 30), 600, WATCHED); return { x: takeRows(t.x, Array.from({ length: 20 }, (_, i) => i)), y: t.y.slice(0, 20), observed: new Uint8Array(20).fill(1) }; })()],
  ];
  test.each(awkward)('%s: finite and positive', (_, data) => {
    const found = artefactOf(repurchaseCycle.fit(data, repurchaseCycle.defaults, context()));
    expect(repurchaseCycle.schema.safeParse(JSON.parse(canonicalJson(found))).success).toBe(true);
    expect(repurchaseCycle.predict(found, data.x).every((days) => days > 0 && days <= 1e6 + 1)).toBe(true);
  });
});
