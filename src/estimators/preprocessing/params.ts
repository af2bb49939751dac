export interface PreprocessingParams {
  /** Columns with |skewness| above this get signed log1p. */
  readonly skewLimit: number;
  /** Standardised values are kept within ± this, so that one customer cannot carry a coefficient away. */
  readonly clip: number;
  /** Knots of a cubic spline for each quantity, at least 3; 0: none, every quantity is a straight line. */
  readonly splineKnots: number;
  /** `natural`: straight beyond its outer knots, which leave a twentieth of the rows outside on either side. `b_spline`: from the smallest to the largest value, flat beyond; its functions are local. */
  readonly splineKind: 'natural' | 'b_spline';
  /** A column of up to so many categories (rare ones pooled) gets one term for each; of more, one for its target and one for its frequency. */
  readonly oneHotLimit: number;
  /** Categories with fewer rows (by weight) than this are pooled. */
  readonly rareRows: number;
  /** Rows that speak for the mean of all in the target encoding of a category. */
  readonly smoothing: number;
}

export const PREPROCESSING: PreprocessingParams = Object.freeze({ skewLimit: 2, clip: 8, splineKnots: 0, splineKind: 'natural', oneHotLimit: 20, rareRows: 10, smoothing: 20 });
