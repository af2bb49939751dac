import type { Target } from './data.ts';

/** Penalties of the path, λ per unit of weight, from strong to weak. */
export const PATH = Array.from({ length: 20 }, (_, k) => 10 ** (-1 - (3 * k) / 19));
export const L1_RATIO = 0.5;

/** What is fitted, by both sides. `peers`: how scikit-learn solves it; its answer must be ours to `within`. */
export const CASES = {
  logistic: { target: 'binary', peers: ['lbfgs', 'newton-cholesky'], within: 2e-3 },
  elastic_net_path: { target: 'binary', peers: ['saga'], within: 2e-2 },
  poisson: { target: 'count', peers: ['lbfgs', 'newton-cholesky'], within: 2e-3 },
  tweedie: { target: 'amount', peers: ['lbfgs', 'newton-cholesky'], within: 2e-3 },
} as const satisfies Readonly<Record<string, { readonly target: Target; readonly peers: readonly string[]; readonly within: number }>>;

export type CaseName = keyof typeof CASES;
/** λ of the single fits: of the whole objective for the logistic model, per unit of weight for the others. */
export const SINGLE = { logistic: 1, poisson: 1e-3, tweedie: 1e-3 } as const;
