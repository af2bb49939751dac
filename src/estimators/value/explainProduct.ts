/**
 * One explanation of p × amount from the explanations of its parts. The parts add up on scales of their own (log-odds, logarithm), and their product adds up on neither.
 * What does: attributions by Aumann & Shapley (1974), integrated along the straight way from the bases to the row (Sundararajan, Taly & Yan 2017, equation 3) on the
 * scale of ln(p · amount). With log-odds z = z₀ + Σ aⱼ and ln amount g(m), m = m₀ + Σ cⱼ, the integrals have a closed form, because each part depends on one sum alone:
 *
 *     φⱼ = aⱼ · (ln p(z) − ln p(z₀)) / (z − z₀)  +  cⱼ · (g(m) − g(m₀)) / (m − m₀)
 */
import type { Explanation } from '../contract.ts';

type Additive = Omit<Explanation, 'scale'>;

/** ln of the probability at log-odds z, exact far out on both sides. */
export function logChance(z: number): number {
  return z >= 0 ? -Math.log1p(Math.exp(-z)) : z - Math.log1p(Math.exp(z));
}

/** Mean slope of f between two points; its derivative is not needed, because where nothing is pushed nothing is shared out. */
function secant(f: (v: number) => number, from: number, to: number): number {
  return to === from || !Number.isFinite(from) ? 0 : (f(to) - f(from)) / (to - from);
}

/**
 * @param chance log-odds of any spend
 * @param amount on a scale from which `g` makes the ln of the expected amount given any
 * @param logCap predictions end here; a row at the cap has its contributions shrunk to what is left of the way
 */
export function explainProduct(chance: Additive, amount: Additive, rows: number, g: (m: number) => number, logCap: number): Explanation {
  const columns = [...new Set([...chance.columns, ...amount.columns])].sort();
  const place = new Map(columns.map((name, c) => [name, c]));
  const contributions = columns.map(() => new Float64Array(rows));
  const base = Math.min(logChance(chance.base) + g(amount.base), logCap);
  for (let row = 0; row < rows; row++) {
    const z = chance.contributions.reduce((sum, values) => sum + values[row], chance.base);
    const m = amount.contributions.reduce((sum, values) => sum + values[row], amount.base);
    const full = logChance(z) + g(m);
    const open = logChance(chance.base) + g(amount.base);
    const share = full === open ? 1 : (Math.min(full, logCap) - base) / (full - open);
    const [perChance, perAmount] = [share * secant(logChance, chance.base, z), share * secant(g, amount.base, m)];
    chance.columns.forEach((name, c) => (contributions[place.get(name) as number][row] += perChance * chance.contributions[c][row]));
    amount.columns.forEach((name, c) => (contributions[place.get(name) as number][row] += perAmount * amount.contributions[c][row]));
  }
  return { scale: 'log', base, columns, contributions };
}
