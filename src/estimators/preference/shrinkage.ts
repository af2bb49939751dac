/** Empirical Bayes for shares: how far a customer's own counts are trusted against the shop's shares is learned from how much customers differ. */
import { digamma } from '../../math/specialGamma.ts';

/** Bounds of the strength of a prior, in observations. */
const WEAKEST = 0.1;
const STRONGEST = 10_000;

/**
 * Strength s of the Dirichlet prior s·m with the mean m held fixed, by maximum likelihood of Dirichlet-multinomial counts (Minka 2000, fixed point for the precision):
 * s ← s · Σ_u Σ_k m_k (ψ(n_uk + s m_k) − ψ(s m_k)) ÷ Σ_u (ψ(n_u + s) − ψ(s)). Only the counts that are there have to be listed.
 * @param counts one list of [category, count] pairs with positive counts per customer
 * @param mean shares that sum to 1, positive for every category that is listed
 */
export function priorStrength(counts: readonly (readonly (readonly [number, number])[])[], mean: ArrayLike<number>): number {
  const informative = counts.filter((own) => own.reduce((sum, [, n]) => sum + n, 0) >= 2);
  if (informative.length === 0) return STRONGEST;
  let strength = 10;
  for (let iteration = 0; iteration < 200; iteration++) {
    let [above, below] = [0, 0];
    const atStrength = digamma(strength);
    for (const own of informative) {
      let total = 0;
      for (const [category, n] of own) {
        total += n;
        const prior = strength * mean[category];
        above += mean[category] * (digamma(n + prior) - digamma(prior));
      }
      below += digamma(total + strength) - atStrength;
    }
    const next = Math.min(STRONGEST, Math.max(WEAKEST, (strength * above) / below));
    if (Math.abs(next - strength) < 1e-6 * strength) return next;
    strength = next;
  }
  return strength;
}

/** Posterior mean of a share: (count + strength · mean) ÷ (total + strength). */
export function shrunkShare(count: number, total: number, mean: number, strength: number): number {
  return (count + strength * mean) / (total + strength);
}
