/** Simulated customers of every order model's own story, for simulate → fit → recover. Times in weeks; nothing is rounded. */
import { seededRandom } from '../../src/base/random.ts';
import type { Random } from '../../src/base/random.ts';
import type { BgBbParams, ContractRecord, History, NbdParams, ParetoParams, SbgParams } from '../../src/estimators/customerBase/index.ts';
import { randomGamma } from './renewalShop.ts';

export interface Simulated extends History {
  /** Orders in the holdout. */
  readonly holdout: number;
  /** Weeks until the first order of the holdout; Infinity without one. */
  readonly next: number;
  /** Σ ln of the gaps. */
  readonly logGaps: number;
}

export function randomBeta(rng: Random, a: number, b: number): number {
  const first = randomGamma(rng, a);
  return first / (first + randomGamma(rng, b));
}

/** Follows one customer: `gap` draws the time to the next order, `leaves` is asked after every order with its week. */
function follow(age: number, holdoutWeeks: number, gap: () => number, leaves: (week: number) => boolean): Simulated {
  let [week, x, tx, holdout, next, logGaps] = [0, 0, 0, 0, Infinity, 0];
  let alive = !leaves(0);
  while (alive) {
    const wait = gap();
    week += wait;
    if (week > age + holdoutWeeks) break;
    if (week > age) {
      if (holdout === 0) next = week - age;
      holdout++;
    } else {
      x++;
      tx = week;
      logGaps += Math.log(wait);
    }
    alive = !leaves(week);
  }
  return { x, tx, T: age, holdout, next, logGaps };
}

/** (M)BG/CNBD-k; ages of 20 to 60 weeks. */
export function simulateNbd({ model, r, alpha, a, b, k = 1 }: NbdParams, customers: number, seed: number, holdoutWeeks: number): Simulated[] {
  const rng = seededRandom(seed, 'nbd customers');
  return Array.from({ length: customers }, () => {
    const rate = randomGamma(rng, r) / alpha;
    const p = randomBeta(rng, a, b);
    const erlang = (): number => {
      let sum = 0;
      for (let i = 0; i < k; i++) sum -= Math.log(1 - rng.next()) / rate;
      return sum;
    };
    return follow(20 + 40 * rng.next(), holdoutWeeks, erlang, (week) => (week === 0 ? model === 'mbg_nbd' : true) && rng.next() < p);
  });
}

/** Pareto/NBD; ages of 20 to 60 weeks. `effects` scale both rates by e^(γ z) of customers with z = 1, every other one. */
export function simulatePareto({ r, alpha, s, beta }: ParetoParams, customers: number, seed: number, holdoutWeeks: number, effects = { rate: 0, leaving: 0 }): Simulated[] {
  const rng = seededRandom(seed, 'pareto customers');
  return Array.from({ length: customers }, (_, i) => {
    const rate = (randomGamma(rng, r) / alpha) * Math.exp(effects.rate * (i % 2));
    const leaving = (randomGamma(rng, s) / beta) * Math.exp(effects.leaving * (i % 2));
    const lifetime = -Math.log(1 - rng.next()) / leaving;
    let week = 0;
    const gap = (): number => {
      const wait = -Math.log(1 - rng.next()) / rate;
      week += wait;
      return week > lifetime ? Infinity : wait;
    };
    return follow(20 + 40 * rng.next(), holdoutWeeks, gap, () => false);
  });
}

/** BG/BB with `n` opportunities; `holdout` counts purchases at the next `holdoutPeriods`. */
export function simulateBgBb({ alpha, beta, gamma, delta }: BgBbParams, customers: number, seed: number, n: number, holdoutPeriods: number): (History & { readonly holdout: number })[] {
  const rng = seededRandom(seed, 'bgbb customers');
  return Array.from({ length: customers }, () => {
    const p = randomBeta(rng, alpha, beta);
    const theta = randomBeta(rng, gamma, delta);
    let [x, tx, holdout] = [0, 0, 0];
    for (let i = 1; i <= n + holdoutPeriods && rng.next() >= theta; i++) {
      if (rng.next() >= p) continue;
      if (i > n) holdout++;
      else {
        x++;
        tx = i;
      }
    }
    return { x, tx, T: n, holdout };
  });
}

/** Contracts watched for `periods` renewals from the start. */
export function simulateContracts({ alpha, beta }: SbgParams, customers: number, seed: number, periods: number): ContractRecord[] {
  const rng = seededRandom(seed, 'contracts');
  return Array.from({ length: customers }, () => {
    const theta = randomBeta(rng, alpha, beta);
    let survived = 0;
    while (survived < periods && rng.next() >= theta) survived++;
    return { tenure: 0, periods: survived, cancelled: survived < periods, customers: 1 };
  });
}
