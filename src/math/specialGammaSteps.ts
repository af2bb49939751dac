/** The gamma function along whole steps from one point, as likelihoods of counts need it: each step costs a product where ln Γ and its derivatives would cost series. */
import { digamma, lgammaDelta, trigamma } from './specialGamma.ts';

/** Longer ways are gone at once by the functions themselves. */
const LONGEST_WALK = 64;

/** Differences ln Γ(x + n) − ln Γ(x), ψ(x + n) − ψ(x) and ψ′(x + n) − ψ′(x) for n = 0 at first; {@link to} moves on to larger n. Relative accuracy about 1e-15. */
export class GammaSteps {
  /** ln of the rising factorial (x)_n. */
  log = 0;
  slope = 0;
  curve = 0;
  private at = 0;
  private readonly x: number;

  constructor(x: number) {
    this.x = x;
  }

  /** Moves on to n, a whole number not below the last one. */
  to(n: number): void {
    const { x } = this;
    if (n - this.at > LONGEST_WALK) {
      this.log = lgammaDelta(x, n);
      this.slope = digamma(x + n) - digamma(x);
      this.curve = trigamma(x + n) - trigamma(x);
      this.at = n;
      return;
    }
    let product = 1;
    for (let i = this.at; i < n; i++) {
      const factor = x + i;
      product *= factor;
      this.slope += 1 / factor;
      this.curve -= 1 / (factor * factor);
      // 64 factors of up to 1e150 do not fit into one double.
      if (product > 1e150 || product < 1e-150) {
        this.log += Math.log(product);
        product = 1;
      }
    }
    this.log += Math.log(product);
    this.at = n;
  }
}
