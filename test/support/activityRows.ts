/** Customers whose activity of the last year is known week by week, seen through nested windows. */
import { seededRandom } from '../../src/base/random.ts';
import type { TrainingData } from '../../src/estimators/contract.ts';

const WINDOWS = [7, 30, 90, 180];

/**
 * Orders and views of `rows` customers in 180 days, as counts over nested windows, and a column without meaning. The chance of y = 1 depends on a burst: views of the last week
 * against those of the 23 days before, and on how lately an order was placed.
 */
export function activityRows(rows: number, seed: number): { train: TrainingData; probability: Float64Array } {
  const rng = seededRandom('activity rows', seed);
  const names = ['orders', 'views'];
  const columns = names.flatMap((name) => WINDOWS.map((days) => ({ name: `${name}_${days}d`, values: new Float64Array(rows) })));
  const noise = new Float64Array(rows);
  const probability = new Float64Array(rows);
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const counts = names.map((_, channel) => {
      const pace = Math.exp(rng.normal()) * (channel === 0 ? 0.02 : 0.2);
      const burst = rng.next() < 0.3 ? 3 : 1;
      let sum = 0;
      return WINDOWS.map((days, w) => {
        const expected = pace * (days - (WINDOWS[w - 1] ?? 0)) * (w === 0 ? burst : 1);
        // Rounded up by chance: the mean is the expected count.
        sum += Math.floor(expected + rng.next());
        return sum;
      });
    });
    counts.flat().forEach((count, c) => (columns[c].values[i] = count));
    noise[i] = rng.normal();
    const [orders, views] = counts;
    const burst = Math.log1p(views[0] / 7) - Math.log1p((views[1] - views[0]) / 23);
    probability[i] = 1 / (1 + Math.exp(1 - 4 * burst - (orders[1] > 0 ? 1.5 : 0)));
    y[i] = rng.next() < probability[i] ? 1 : 0;
  }
  const period = Int32Array.from({ length: rows }, (_, i) => Math.floor((2 * i) / rows));
  return { train: { x: { rows, columns: [...columns, { name: 'noise', values: noise }] }, y, period }, probability };
}
