/** Small training sets by formula for tests of estimators. */
import { seededRandom } from '../../src/base/random.ts';
import type { TrainingData } from '../../src/estimators/contract.ts';

/** Columns: a skewed rate, recency, orders, a column with gaps whose absence matters, and noise; three periods. */
export function shopRows(rows: number, seed: number, missing = 0.15): { train: TrainingData; active: Float64Array; spend: Float64Array; probability: Float64Array } {
  const rng = seededRandom('shop rows', seed);
  const make = (): Float64Array => new Float64Array(rows);
  const [rate, recency, orders, gap, noise, active, spend, probability] = [make(), make(), make(), make(), make(), make(), make(), make()];
  for (let i = 0; i < rows; i++) {
    rate[i] = rng.next() < 0.2 ? 0 : Math.exp(rng.normal() - 1);
    recency[i] = 200 * rng.next();
    orders[i] = Math.floor(8 * rng.next() ** 2) + 1;
    gap[i] = rng.next() < missing ? NaN : 20 + 30 * rng.next();
    noise[i] = rng.normal();
    const score = 0.6 - recency[i] / 60 + 0.35 * orders[i] + (Number.isNaN(gap[i]) ? -0.8 : (35 - gap[i]) / 20);
    probability[i] = 1 / (1 + Math.exp(-score));
    active[i] = rng.next() < probability[i] ? 1 : 0;
    spend[i] = active[i] * Math.exp(3 + 0.8 * Math.log(rate[i] + 0.1) + 0.7 * rng.normal());
  }
  const columns = Object.entries({ rate, recency, orders, gap, noise }).map(([name, values]) => ({ name, values }));
  const period = Int32Array.from({ length: rows }, (_, i) => Math.floor((3 * i) / rows));
  return { train: { x: { rows, columns }, y: active, period }, active, spend, probability };
}
