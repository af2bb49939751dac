/** Accuracy of the special functions. Golden numbers: mpmath 1.4.1 at 40 digits (inverses of incomplete functions: scipy 1.17.1). */
import * as fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { digamma, lbeta, lgamma, lgammaDelta, trigamma } from '../../src/math/specialGamma.ts';
import { GammaSteps } from '../../src/math/specialGammaSteps.ts';
import { logHyp2F1 } from '../../src/math/specialHypergeometric.ts';
import { betaI, betaIInverse, gammaP, gammaPInverse, gammaQ } from '../../src/math/specialIncomplete.ts';
import { log1mexp, logAddExp, logSubExp, logSumExp, sigmoid } from '../../src/math/specialLog.ts';
import { normalCdf, normalPdf, normalQuantile } from '../../src/math/specialNormal.ts';

/** |actual / golden − 1|; absolute where zero is the target. */
function relativeError(actual: number, golden: number): number {
  return golden === 0 ? Math.abs(actual) : Math.abs(actual / golden - 1);
}

describe('gamma family', () => {
  const goldenLgamma = [
    [1e-08, 18.42068073818021],
    [0.01, 4.599479878042022],
    [0.2425945, 1.3198094463562369],
    [0.5, 0.5723649429247001],
    [0.999999, 5.772164873855652e-07],
    [1, 0.0],
    [1.000001, -5.772148423874147e-07],
    [1.4999, -0.12078588195849393],
    [1.5001, -0.12077858396397449],
    [1.75, -0.08440112102048555],
    [1.999, -0.0004224618006921073],
    [2, 0.0],
    [2.001, 0.000423106734800117],
    [2.5, 0.2846828704729192],
    [3.3, 0.9870985778947344],
    [7.25, 7.0521854507385395],
    [9.99, 12.779315214350193],
    [10, 12.801827480081469],
    [25.5, 56.389167643719944],
    [300.25, 1410.627700502379],
    [100000.0, 1051287.7089736569],
    [10000000000.0, 220258509288.81058],
  ];
  test.each(goldenLgamma)('lgamma(%d)', (x, golden) => expect(relativeError(lgamma(x), golden)).toBeLessThanOrEqual(2e-15));

  const goldenDigamma = [
    [0.001, -1000.5755719318103],
    [0.2425945, -4.358461945518362],
    [1, -0.5772156649015329],
    [1.4616321449683622, -9.241265521729427e-17],
    [2.5, 0.7031566406452432],
    [11.9, 2.4339335368825377],
    [12, 2.442661679975812],
    [300.5, 5.703782937618263],
    [1000000.0, 13.815510057964191],
  ];
  // The root of digamma is a zero: there the accuracy is absolute.
  test.each(goldenDigamma)('digamma(%d)', (x, golden) => expect(Math.abs(digamma(x) - golden)).toBeLessThan(1e-15 * Math.max(2, Math.abs(golden))));

  const goldenTrigamma = [
    [0.001, 1000001.6425331958],
    [0.25, 17.19732915450711],
    [1, 1.6449340668482264],
    [5.5, 0.19934238698962767],
    [30, 0.033895060357739946],
    [100000.0, 1.0000050000166667e-05],
  ];
  test.each(goldenTrigamma)('trigamma(%d)', (x, golden) => expect(relativeError(trigamma(x), golden)).toBeLessThanOrEqual(1e-15));

  const goldenLbeta = [
    [0.5, 0.5, 1.1447298858494002],
    [0.001, 300, 6.901476768832343],
    [2.5, 100000000.0, -45.767019008157995],
    [800, 900, -1177.5125571567278],
  ];
  test.each(goldenLbeta)('lbeta(%d, %d)', (a, b, golden) => expect(relativeError(lbeta(a, b), golden)).toBeLessThanOrEqual(1e-14));

  test('whole steps from one point say what the functions say', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e5, noNaN: true }), fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 6 }), (x, widths) => {
        const steps = new GammaSteps(x);
        let n = 0;
        for (const width of widths) {
          steps.to((n += width));
          const errors = [steps.log - lgammaDelta(x, n), steps.slope - (digamma(x + n) - digamma(x)), steps.curve - (trigamma(x + n) - trigamma(x))];
          // Below 10 lgammaDelta is a difference of two logarithms, and ψ′(x) is about 1 ÷ x² there.
          const sizes = [Math.abs(lgamma(x + n)) + Math.abs(lgamma(x)), 1 / x + Math.log(x + n + 1), 1 / (x * x)];
          errors.forEach((error, i) => expect(Math.abs(error)).toBeLessThanOrEqual(4e-14 * (1 + sizes[i])));
        }
      }),
    );
    const far = new GammaSteps(1e140);
    far.to(50);
    expect(far.log).toBeCloseTo(50 * Math.log(1e140), 8);
  });

  test('ln Γ(x + 1) = ln Γ(x) + ln x, and lgammaDelta agrees with the difference', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e4, noNaN: true }), (x) => {
        expect(Math.abs(lgamma(x + 1) - lgamma(x) - Math.log(x))).toBeLessThan(1e-14 * Math.max(1, Math.abs(lgamma(x))));
        expect(Math.abs(lgammaDelta(x, 1) - Math.log(x))).toBeLessThan(2e-14 * Math.max(1, Math.abs(Math.log(x))));
      }),
    );
  });

  test('outside the domain', () => {
    expect(lgamma(0)).toBe(Infinity);
    expect(lgamma(-1.5)).toBeNaN();
    expect(digamma(0)).toBeNaN();
  });
});

describe('logHyp2F1', () => {
  const golden = [
    [2.2425945, 4.4258881, 4.218808, 0.4737, 1.5189632003842934],
    [0.5, 0.7, 0.2, 0.5, 1.0365095078076678],
    [0.25, 2.4, 2.2, 0.9, 0.6820485647914983],
    [300.25, 299.4, 301.9, 0.6, 272.833805584366],
    [500.5, 600.5, 601.2, 0.97, 1752.701934007663],
    [0.6, 1.6, 1.2, 0.99999, 11.141939937625294],
    [3.5, 0.02, 0.5, 0.9999999, 44.85891741262963],
    [1.5, 0.61, 2.11, 0.999999, 2.4363499343223567],
    [4, 5, 1.5, 0.999, 54.25058669069736],
    [10, 3, 0.5, 0.9, 34.37819439860303],
  ];
  test.each(golden)('ln 2F1(%d, %d; %d; %d)', (a, b, c, z, value) => {
    expect(Math.abs(logHyp2F1(a, b, c, z) - value)).toBeLessThan(1e-13 * Math.max(1, Math.abs(value)));
  });

  test('series and integral agree where both work: Euler transformation and 2F1(a, b; b; z) = (1 − z)^−a', () => {
    expect(relativeError(logHyp2F1(1.7, 3.1, 3.1, 0.99999), -1.7 * Math.log(0.00001))).toBeLessThanOrEqual(1e-12);
    expect(relativeError(logHyp2F1(0.9, 1.3, 1.31, 0.9998), logHyp2F1(1.3, 0.9, 1.31, 0.9998))).toBeLessThanOrEqual(1e-13);
  });

  test('refuses what it cannot do', () => expect(() => logHyp2F1(1, 1, -0.5, 0.3)).toThrow(RangeError));
});

describe('incomplete gamma and beta', () => {
  const goldenGamma = [
    [0.5, 0.1, 0.345279153981423, 0.654720846018577],
    [0.5, 30, 0.9999999999999906, 9.485737571073848e-15],
    [2.3, 1.1, 0.2223968226902522, 0.7776031773097478],
    [10, 25, 0.9997785233617512, 0.00022147663824878357],
    [100, 80, 0.017108313035133115, 0.9828916869648668],
    [1000, 1010, 0.6276789447369947, 0.3723210552630053],
    [0.01, 1e-05, 0.8963367982671973, 0.1036632017328028],
  ];
  test.each(goldenGamma)('P and Q(%d, %d)', (a, x, p, q) => {
    expect(relativeError(gammaP(a, x), p)).toBeLessThanOrEqual(1e-12);
    expect(relativeError(gammaQ(a, x), q)).toBeLessThanOrEqual(1e-12);
  });

  const goldenBeta = [
    [0.5, 0.5, 0.1, 0.20483276469913345],
    [2, 3, 0.4, 0.5248],
    [0.02, 5, 1e-06, 0.7906299492131174],
    [200, 4, 0.97, 0.1393643536798573],
    [30, 700, 0.05, 0.8836131858278972],
    [1500, 2.5, 0.999, 0.6995230892576064],
  ];
  test.each(goldenBeta)('I(%d, %d) at %d', (a, b, x, golden) => expect(relativeError(betaI(a, b, x), golden)).toBeLessThanOrEqual(1e-11));

  const goldenGammaInverse = [
    [0.05, 0.3, 2.0378971887326733e-11],
    [0.5, 0.95, 1.920729410347062],
    [3.2, 0.01, 0.5067559190066001],
    [40, 0.5, 39.6671650106891],
    [40, 0.9999, 67.89126055732686],
  ];
  test.each(goldenGammaInverse)('inverse of P(%d, ·) at %d', (a, p, golden) => expect(relativeError(gammaPInverse(a, p), golden)).toBeLessThanOrEqual(1e-11));

  const goldenBetaInverse = [
    [0.5, 0.5, 0.2, 0.09549150281252627],
    [2, 3, 0.9, 0.6795394162781817],
    [0.1, 4, 0.5, 0.0001665992814579278],
    [120, 30, 0.05, 0.7442476087010296],
  ];
  test.each(goldenBetaInverse)('inverse of I(%d, %d) at %d', (a, b, p, golden) => expect(relativeError(betaIInverse(a, b, p), golden)).toBeLessThanOrEqual(1e-11));

  test('inverses undo their functions', () => {
    const shape = fc.double({ min: 0.05, max: 200, noNaN: true });
    const level = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(shape, shape, level, (a, b, p) => {
        expect(Math.abs(gammaP(a, gammaPInverse(a, p)) - p)).toBeLessThan(1e-11);
        const x = betaIInverse(a, b, p);
        // Where x rounds to the end of the interval, the level cannot come back.
        fc.pre(x < 1 - 1e-6);
        expect(Math.abs(betaI(a, b, x) - p)).toBeLessThan(1e-9);
      }),
    );
  });
});

describe('normal distribution', () => {
  const goldenCdf = [
    [-38, 2.88542835e-316],
    [-10, 7.619853024160525e-24],
    [-3.5, 0.00023262907903552504],
    [-1, 0.15865525393145705],
    [-0.001, 0.49960105778608893],
    [0, 0.5],
    [0.7, 0.758036347776927],
    [2, 0.9772498680518208],
    [5, 0.9999997133484281],
  ];
  test.each(goldenCdf)('Φ(%d)', (x, golden) => expect(relativeError(normalCdf(x), golden)).toBeLessThanOrEqual(x === -38 ? 1e-7 : 1e-12));

  const goldenQuantile = [
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798407],
    [1e-05, -4.264890793922825],
    [0.025, -1.9599639845400543],
    [0.3, -0.5244005127080408],
    [0.6, 0.2533471031357997],
    [0.975, 1.9599639845400538],
    [0.9999, 3.7190164854557084],
  ];
  test.each(goldenQuantile)('quantile at %d', (p, golden) => expect(relativeError(normalQuantile(p), golden)).toBeLessThanOrEqual(1e-14));

  test('density and ends', () => {
    expect(relativeError(normalPdf(0), 1 / Math.sqrt(2 * Math.PI))).toBeLessThanOrEqual(1e-15);
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(-0.1)).toBeNaN();
  });
});

describe('log space', () => {
  test('sums and differences', () => {
    expect(relativeError(logAddExp(-1000, -1001), -1000 + Math.log1p(Math.exp(-1)))).toBeLessThanOrEqual(1e-15);
    expect(logAddExp(-Infinity, 3)).toBe(3);
    expect(relativeError(logSubExp(-1000, -1001), -1000 + Math.log1p(-Math.exp(-1)))).toBeLessThanOrEqual(1e-15);
    expect(logSubExp(2, 2)).toBe(-Infinity);
    expect(logSubExp(1, 2)).toBeNaN();
    expect(relativeError(logSumExp([800, 800, 800]), 800 + Math.log(3))).toBeLessThanOrEqual(1e-15);
    expect(logSumExp([])).toBe(-Infinity);
    expect(relativeError(log1mexp(1e-10), Math.log(1e-10) - 0.5e-10)).toBeLessThanOrEqual(1e-15);
    expect(relativeError(log1mexp(50), -Math.exp(-50))).toBeLessThanOrEqual(1e-15);
    expect(sigmoid(-800)).toBe(0);
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(800)).toBe(1);
  });
});
