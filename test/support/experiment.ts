/** A randomised campaign by formula whose effect on every customer is known: it works on the active, not at all on the rest, and the loyal buy anyway. */
import { seededRandom } from '../../src/base/random.ts';
import type { UpliftData } from '../../src/estimators/uplift/index.ts';

export function experiment(rows: number, seed: number, options: { readonly effect?: number; readonly biased?: boolean } = {}): { data: UpliftData; effect: Float64Array; chance: Float64Array } {
  const { effect: strength = 0.25, biased = false } = options;
  const rng = seededRandom('experiment', seed);
  const make = (): Float64Array => new Float64Array(rows);
  const [loyal, active, town, y, effect, chance] = [make(), make(), make(), make(), make(), make()];
  const treated = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    loyal[i] = rng.next() < 0.05 ? NaN : rng.normal();
    active[i] = rng.normal();
    town[i] = rng.int(4);
    const level = Number.isNaN(loyal[i]) ? 0 : loyal[i];
    const base = 0.15 + 0.4 / (1 + Math.exp(-1.5 * level));
    effect[i] = active[i] > 0 ? strength * Math.min(1, active[i]) * (town[i] === 3 ? 0 : 1) : 0;
    chance[i] = biased ? 0.2 + 0.6 / (1 + Math.exp(-1.5 * level)) : 0.5;
    treated[i] = rng.next() < chance[i] ? 1 : 0;
    y[i] = rng.next() < base + effect[i] * treated[i] ? 1 : 0;
  }
  const columns = [{ name: 'loyal', values: loyal }, { name: 'active', values: active }, { name: 'town', values: town, categories: ['north', 'east', 'south', 'west'] }];
  return { data: { x: { rows, columns }, y, treated }, effect, chance };
}
