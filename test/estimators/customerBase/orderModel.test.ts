import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { bgBbLogLikelihood, nbdLogLikelihood, nextOrderWeeks, orderModelOf, paretoExpectedOfNewCustomer, paretoLogLikelihood, survivalCurve } from '../../../src/estimators/customerBase/index.ts';
import type { BgBbParams, History, NbdParams, OrderModel, OrderParams, ParetoParams } from '../../../src/estimators/customerBase/index.ts';
import { bgBbModel } from '../../../src/estimators/customerBase/bgBb.ts';

const relative = (value: number, golden: number): number => Math.abs(value - golden) / Math.max(Math.abs(golden), 1e-300);

describe('Pareto/NBD', () => {
  // mpmath 1.4.1, 40 digits, from the integrals that define the model and not from its closed forms: s = 1, α = β, α ≫ β, β ≫ α, hundreds of orders, first order at the
  // cut-off, hardly any drop-out, drop-out rates that are all alike, silence for 400 weeks. Columns: r α s β x t_x T weeks, then ln L, P(alive), P(active), E[orders], DERT at 0.0027.
  const golden = [
    [0.55, 10.58, 0.606, 11.656, 2, 30.43, 38.86, 39, -9.557551770127866, 0.8691695335796502, 0.5915847686144929, 1.453301919316512, 6.475253045948451],
    [0.55, 10.58, 1, 11.656, 2, 30.43, 38.86, 39, -10.045682524925658, 0.7946328198964272, 0.50018551536111, 1.1845402273559078, 3.6706918792674013],
    [0.5, 8, 0.7, 8, 3, 10, 30, 26, -10.611172591432954, 0.21379219866831395, 0.1582100313007008, 0.42222797115235455, 2.210881728401437],
    [0.6, 7, 0.5, 0.01, 0, 0, 0, 52, 0, 1, 0.039105954975309366, 0.12191650102013343, 0.29067263718269787],
    [0.6, 0.05, 2, 300, 1, 5, 20, 52, -6.974917417449169, 0.7713668108275022, 0.6232803478737496, 2.7534483645015713, 8.509183747286759],
    [2, 5, 0.4, 9, 350, 99, 100, 13, 74.04301585206393, 0.9701553105769114, 0.9690943693999148, 41.32418629036897, 763.1897978053294],
    [0.3, 4, 1e-6, 3, 4, 10, 12, 52, -10.421021561776802, 0.999999806592911, 0.9980138015581222, 13.974984323228089, 99.53674110742045],
    [0.3, 4, 50, 2000, 4, 10, 12, 52, -10.65377075286464, 0.9358004901640165, 0.8384669201559182, 7.369012583295902, 9.27886650073758],
    [1.2, 3, 0.8, 6, 0, 0, 400, 4, -1.2222996229128242, 0.000325624898449378, 3.821533248758144e-6, 3.8632160565034666e-6, 0.00024051932567897735],
    [0.9, 10, 0.8, 6, 800, 120, 121, 52, 646.6916397199353, 0.6764110423517694, 0.6757148556939404, 186.5766323603554, 701.2982187036073],
  ];
  test.each(golden)('r=%d α=%d s=%d β=%d x=%d t_x=%d T=%d in %d weeks', (r, alpha, s, beta, x, tx, T, weeks, ll, alive, active, orders, dert) => {
    const params: ParetoParams = { model: 'pareto_nbd', r, alpha, s, beta };
    const history = { x, tx, T };
    const model = orderModelOf(params);
    expect(Math.abs(paretoLogLikelihood(params, history) - ll)).toBeLessThan(1e-11 * Math.max(1, Math.abs(ll)));
    expect(relative(model.pAlive(history), alive)).toBeLessThan(1e-11);
    expect(relative(model.pActive(history, weeks), active)).toBeLessThan(1e-11);
    expect(relative(model.expectedOrders(history, weeks), orders)).toBeLessThan(1e-11);
    expect(relative(model.discountedOrders(history, 0.0027), dert)).toBeLessThan(1e-9);
  });

  test('nothing happens at s = 1', () => {
    const at = (s: number): number => paretoExpectedOfNewCustomer({ model: 'pareto_nbd', r: 0.55, alpha: 10.6, s, beta: 11.7 }, 78);
    for (const step of [1e-3, 1e-6, 1e-9, 1e-12]) expect(Math.abs((at(1 + step) + at(1 - step)) / 2 / at(1) - 1)).toBeLessThan(1e-6);
  });
});

const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const nbd: fc.Arbitrary<NbdParams> = fc.record({
  model: fc.constantFrom('bg_nbd' as const, 'mbg_nbd' as const), r: positive(0.05, 20), alpha: positive(0.1, 50), a: positive(0.05, 10), b: positive(0.05, 10), k: fc.integer({ min: 1, max: 5 }),
});
const pareto: fc.Arbitrary<ParetoParams> = fc.record({ model: fc.constant('pareto_nbd' as const), r: positive(0.05, 20), alpha: positive(0.01, 500), s: positive(0.05, 20), beta: positive(0.01, 500) });
const anyParams: fc.Arbitrary<OrderParams> = fc.oneof(nbd, pareto);
const anyHistory: fc.Arbitrary<History> = fc
  .record({ x: fc.integer({ min: 0, max: 60 }), share: positive(0.01, 1), T: positive(0.1, 200) })
  .map(({ x, share, T }) => ({ x, tx: x === 0 ? 0 : share * T, T }));
const logLikelihood = (params: OrderParams, history: History): number => (params.model === 'pareto_nbd' ? paretoLogLikelihood(params, history) : nbdLogLikelihood(params, history));

describe('identities of every continuous-time model', () => {
  test('P(at least one order in h) = 1 − L(T + h) / L(T), rises with h, and is never above the expected number or P(alive)', () => {
    fc.assert(
      fc.property(anyParams, anyHistory, positive(0.1, 100), (params, history, weeks) => {
        const model = orderModelOf(params);
        const active = model.pActive(history, weeks);
        const ratio = -Math.expm1(logLikelihood(params, { ...history, T: history.T + weeks }) - logLikelihood(params, history));
        expect(Math.abs(active - ratio)).toBeLessThan(1e-11);
        expect(active).toBeLessThanOrEqual(model.expectedOrders(history, weeks) * (1 + 1e-9));
        expect(active).toBeLessThanOrEqual(model.pAlive(history) * (1 + 1e-9));
        expect(model.pActive(history, 2 * weeks)).toBeGreaterThanOrEqual(active * (1 - 1e-10));
      }),
    );
  });

  test('a window that is long beside α loses nothing where few orders are left', () => {
    // Origin: 1 − L(T + h) / L(T) with L = ∫ s β^s (β + t)^−(s+1) (α / (α + min(t, T)))^r dt by mpmath 1.3 quad at 40 digits.
    const model = orderModelOf({ model: 'pareto_nbd', r: 0.05, alpha: 0.01, s: 0.05, beta: 0.1665548063858994 });
    expect(relative(model.pActive({ x: 0, tx: 0, T: 0.30429663868062024 }, 0.65604971934406), 0.05081714155864586)).toBeLessThan(1e-13);
  });

  // mpmath 1.4.1, 220 digits, 1 − L(T + h) / L(T) and the textbook's P(alive) and E[orders] through ₂F₁: found among 30,000 random customers of extreme shops, where lives are over long before the
  // next order is due (two tails that nearly cancel) or customers leave a million times sooner than they order (₂F₁ within 1e-6 of its singularity). Off by 5e-9 and 4e-11 before.
  test.each([
    [0.04301, 0.00342, 9.69, 2922.6, 0, 0, 1739.1, 0.00118, 0.009813515001317108, 2.863847876271013e-10, 2.8638488896334346e-10],
    [0.7544, 2879.7, 0.02167, 0.004926, 0, 0, 0, 3.111, 1, 0.0007235345972732448, 0.0007242128528305836],
    [0.003758, 1490.76, 0.0613, 0.02022, 0, 0, 0, 1.698, 1, 3.4580493060458703e-6, 3.4599689687595565e-6],
    [0.005, 0.047, 6.82, 54.44, 3, 4.3, 904.4, 500, 3.225614018844344e-15, 1.0078123986501228e-15, 1.6121092989802928e-15],
  ])('Pareto/NBD far from any shop: r=%d α=%d s=%d β=%d x=%d t_x=%d T=%d in %d weeks', (r, alpha, s, beta, x, tx, T, weeks, alive, active, orders) => {
    const model = orderModelOf({ model: 'pareto_nbd', r, alpha, s, beta });
    expect(relative(model.pAlive({ x, tx, T }), alive)).toBeLessThan(2e-12);
    expect(relative(model.pActive({ x, tx, T }, weeks), active)).toBeLessThan(2e-12);
    expect(relative(model.expectedOrders({ x, tx, T }, weeks), orders)).toBeLessThan(2e-12);
  });

  test('dates of customers who hardly ever come back are dates too: levels far below rounding', () => {
    // Silence of 25 weeks after 40 orders in the first two: whatever is left of P(alive), half of it is due by the median. The search once ended at its first guess for levels below 1e-13.
    for (const params of [{ model: 'bg_nbd', r: 0.4, alpha: 1, a: 0.4, b: 1.5, k: 3 }, { model: 'pareto_nbd', r: 0.7, alpha: 0.1, s: 0.8, beta: 9 }] as const) {
      const model = orderModelOf(params);
      const history = { x: 40, tx: 1.7, T: 26.7 };
      const level = model.pActive(history, 1e6 / 7) / 2;
      expect(level).toBeGreaterThan(0);
      expect(level).toBeLessThan(1e-40);
      expect(relative(model.pActive(history, nextOrderWeeks(model, history, [level])[0]), level)).toBeLessThan(1e-11);
    }
  });

  test('the survival curve falls from 1, and its quantiles are its inverse', () => {
    fc.assert(
      fc.property(anyParams, anyHistory, positive(0.02, 0.6), (params, history, share) => {
        const model = orderModelOf(params);
        const curve = survivalCurve(model, history, [0, 0.1, 1, 5, 20, 100, 1000]);
        expect(curve[0]).toBe(1);
        curve.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(curve[i] + 1e-12));
        const level = share * model.pActive(history, 1e6 / 7);
        fc.pre(level > 1e-250);
        const [weeks, later] = nextOrderWeeks(model, history, [level, 1.3 * level]);
        expect(later).toBeGreaterThanOrEqual(weeks);
        // Nothing is dated before 0.001 days.
        expect(weeks <= 1e-3 || relative(model.pActive(history, weeks), level) < 1e-11).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('a level beyond the chance of any order has no date', () => {
    const model = orderModelOf({ model: 'pareto_nbd', r: 0.5, alpha: 10, s: 0.6, beta: 11 });
    expect(nextOrderWeeks(model, { x: 1, tx: 2, T: 60 }, [0.99])[0]).toBeCloseTo(1e6 / 7, 3);
  });

  test('E[orders] is the integral of the rate of orders: second differences of a fine grid', () => {
    const history = { x: 3, tx: 21, T: 26 };
    const models: OrderParams[] = [
      { model: 'bg_nbd', r: 0.6, alpha: 5, a: 0.8, b: 2.5 }, { model: 'mbg_nbd', r: 0.6, alpha: 2.5, a: 1, b: 2.5, k: 2 }, { model: 'bg_nbd', r: 0.6, alpha: 1.5, a: 0.8, b: 2.5, k: 3 },
      { model: 'pareto_nbd', r: 0.5, alpha: 10, s: 1, beta: 11 },
    ];
    for (const model of models.map(orderModelOf)) {
      // Near the cut-off at most one order: E and P(active) have the same slope.
      expect(relative(model.expectedOrders(history, 1e-4), model.pActive(history, 1e-4))).toBeLessThan(1e-4);
      // δ ∫ e^(−δ t) E(t) dt over all t is the discounted number of orders (integration by parts).
      const rate = 0.05;
      const step = 0.25;
      let sum = 0;
      for (let i = 0; i < 2400; i++) sum += rate * Math.exp(-rate * (i + 0.5) * step) * model.expectedOrders(history, (i + 0.5) * step) * step;
      expect(relative(sum, model.discountedOrders(history, rate))).toBeLessThan(1e-4);
    }
  });

  test('k = 1 is the NBD: from the general sums and from the special ones', () => {
    fc.assert(
      fc.property(nbd, anyHistory, positive(0.1, 60), (params, history, weeks) => {
        const { k: _, ...plain } = params;
        const [one, without] = [orderModelOf({ ...params, k: 1 }), orderModelOf(plain)];
        expect(one.pActive(history, weeks)).toBe(without.pActive(history, weeks));
        expect(one.expectedOrders(history, weeks)).toBe(without.expectedOrders(history, weeks));
        expect(nbdLogLikelihood({ ...params, k: 1 }, history, 3)).toBe(nbdLogLikelihood(plain, history));
      }),
    );
  });
});

describe('BG/BB', () => {
  const params: fc.Arbitrary<BgBbParams> = fc.record({ model: fc.constant('bg_bb' as const), alpha: positive(0.05, 10), beta: positive(0.05, 10), gamma: positive(0.05, 10), delta: positive(0.05, 10) });
  const history: fc.Arbitrary<History> = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 })).map((three) => {
    const [x, tx, T] = three.toSorted((a, b) => a - b);
    return x === 0 ? { x, tx: 0, T } : { x, tx, T };
  });
  test('P(active) = 1 − L(n + h) / L(n) ≤ E[orders]; the chances of all histories sum to 1', () => {
    fc.assert(
      fc.property(params, history, fc.integer({ min: 1, max: 30 }), (p, h, periods) => {
        const model: OrderModel = bgBbModel(p, 7);
        const ratio = -Math.expm1(bgBbLogLikelihood(p, { ...h, T: h.T + periods }) - bgBbLogLikelihood(p, h));
        expect(Math.abs(model.pActive(h, periods) - ratio)).toBeLessThan(1e-10);
        expect(model.pActive(h, periods)).toBeLessThanOrEqual(model.expectedOrders(h, periods) * (1 + 1e-12));
      }),
    );
    // Every sequence of six opportunities, by (x, t_x): the last purchase is fixed, the others are free.
    const p: BgBbParams = { model: 'bg_bb', alpha: 1.2, beta: 0.75, gamma: 1, delta: 2.8 };
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    let total = Math.exp(bgBbLogLikelihood(p, { x: 0, tx: 0, T: 6 }));
    for (let x = 1; x <= 6; x++) for (let tx = x; tx <= 6; tx++) total += choose(tx - 1, x - 1) * Math.exp(bgBbLogLikelihood(p, { x, tx, T: 6 }));
    expect(total).toBeCloseTo(1, 12);
  });
});
