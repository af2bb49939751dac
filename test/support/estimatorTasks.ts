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

/** The same rows with two columns of categories that matter: a plan of three names (some missing), and a town of sixty, too many for a term each; and targets of every kind. */
export function categoricalRows(rows: number, seed: number): { train: TrainingData; plans: Float64Array; visits: Float64Array; amount: Float64Array; balance: Float64Array } {
  const { train, probability } = shopRows(rows, seed);
  const rng = seededRandom('categorical rows', seed);
  const make = (): Float64Array => new Float64Array(rows);
  const [plan, town, active, plans, visits, amount, balance] = [make(), make(), make(), make(), make(), make(), make()];
  for (let i = 0; i < rows; i++) {
    plan[i] = rng.next() < 0.1 ? NaN : rng.int(3);
    town[i] = Math.floor(60 * rng.next() ** 2);
    const pull = Math.log(probability[i] / (1 - probability[i])) + (plan[i] === 2 ? 1.2 : 0) + ((town[i] * 7) % 5) / 2 - 1;
    active[i] = rng.next() < 1 / (1 + Math.exp(-pull)) ? 1 : 0;
    plans[i] = active[i] === 0 ? 0 : rng.next() < 0.5 + 0.05 * pull ? 1 : 2;
    const mean = Math.exp(0.3 * pull);
    for (let left = Math.exp(-mean), product = rng.next(); product > left; product *= rng.next()) visits[i]++;
    amount[i] = mean * (0.2 + rng.next() + rng.next());
    balance[i] = 100 * pull - 50 + 30 * rng.normal();
  }
  const columns = [
    ...train.x.columns, { name: 'plan', values: plan, categories: ['basic', 'plus', 'family'] }, { name: 'town', values: town, categories: Array.from({ length: 60 }, (_, k) => `town ${k}`) },
  ];
  return { train: { ...train, x: { rows, columns }, y: active }, plans, visits, amount, balance };
}
