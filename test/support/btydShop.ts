/** Simulated customers of the BG/NBD and MBG/NBD story with Gamma-Gamma spend, and matrices with the columns that customer-base models read. */
import { seededRandom } from '../../src/base/random.ts';
import type { Random } from '../../src/base/random.ts';
import type { TrainingData } from '../../src/estimators/contract.ts';
import { randomGamma } from './renewalShop.ts';

export interface BtydRow {
  readonly x: number;
  readonly recencyDays: number;
  readonly ageDays: number;
  readonly monetary: number;
  /** Orders in the holdout after the cut-off. */
  readonly holdout: number;
}

export interface BtydTruth {
  readonly model: 'bg_nbd' | 'mbg_nbd';
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
  readonly p: number;
  readonly q: number;
  readonly gamma: number;
}

function randomBeta(rng: Random, a: number, b: number): number {
  const first = randomGamma(rng, a);
  return first / (first + randomGamma(rng, b));
}

/** Customers with ages of 20 to 60 weeks and a holdout of `holdoutWeeks`. */
export function simulateBtyd(truth: BtydTruth, customers: number, seed: number, holdoutWeeks: number): BtydRow[] {
  const rng = seededRandom(seed, 'btyd shop');
  return Array.from({ length: customers }, () => {
    const rate = randomGamma(rng, truth.r) / truth.alpha;
    const leave = randomBeta(rng, truth.a, truth.b);
    const spendRate = randomGamma(rng, truth.q) / truth.gamma;
    const age = 20 + 40 * rng.next();
    let [week, x, last, holdout, money] = [0, 0, 0, 0, 0];
    let alive = truth.model === 'bg_nbd' || rng.next() >= leave;
    while (alive) {
      week -= Math.log(1 - rng.next()) / rate;
      if (week > age + holdoutWeeks) break;
      if (week > age) holdout++;
      else {
        x++;
        last = week;
        money += randomGamma(rng, truth.p) / spendRate;
      }
      alive = rng.next() >= leave;
    }
    return { x, recencyDays: 7 * last, ageDays: 7 * age, monetary: x === 0 ? 0 : money / x, holdout };
  });
}

/** Rows as training data; `y` is the holdout count (binary: at least one) unless given. */
export function btydTraining(rows: readonly Omit<BtydRow, 'holdout'>[], y: readonly number[] = rows.map(() => 0), weights?: readonly number[]): TrainingData {
  const column = (name: string, f: (row: Omit<BtydRow, 'holdout'>) => number) => ({ name, values: Float64Array.from(rows, f) });
  return {
    x: {
      rows: rows.length,
      columns: [
        column('btyd_frequency', (row) => row.x),
        column('btyd_recency_days', (row) => row.recencyDays),
        column('btyd_age_days', (row) => row.ageDays),
        column('btyd_monetary', (row) => row.monetary),
      ],
    },
    y: Float64Array.from(y),
    ...(weights === undefined ? {} : { weights: Float64Array.from(weights) }),
  };
}
