import type { Matrix } from '../../base/matrix.ts';
import { PREPROCESSING } from '../preprocessing/params.ts';
import type { FitContext } from '../contract.ts';
import { fitGlm } from './fitGlm.ts';
import { GAUSSIAN } from './families.ts';
import type { LinearTerms } from './linearTerms.ts';

export interface RidgeParams {
  /** λ of Σ w·(y − z)² + λ·‖β‖²: a coefficient is shrunk as by λ rows that say nothing. */
  readonly lambda: number;
  readonly skewLimit: number;
  readonly clip: number;
}

/** Ridge regression on preprocessed columns; undefined when no column varies. */
export function fitRidge(x: Matrix, y: Float64Array, weights: Float64Array, params: RidgeParams, context: FitContext): LinearTerms | undefined {
  const fit = fitGlm({ x, y, weights }, { ...PREPROCESSING, ...params, l1Ratio: 0, oneStandardError: false }, { family: GAUSSIAN, wholeLambda: true }, context);
  return fit.ok ? fit.model : undefined;
}
