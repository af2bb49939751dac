/** How trees grow; units are those of the loss and of the score. */
export interface GrowthParams {
  readonly maxLeaves: number;
  readonly maxDepth: number;
  /** `leaf`: the split that gains most comes next; `depth`: all leaves of a level before those of the next. */
  readonly growth: 'leaf' | 'depth';
  readonly learningRate: number;
  readonly l1: number;
  readonly l2: number;
  /** Least weight (rows), least sum of second derivatives of a child, least gain of a split. */
  readonly minRows: number;
  readonly minHessian: number;
  readonly minGain: number;
  /** Largest step of a leaf before the learning rate, on the scale of the score. */
  readonly maxStep: number;
  /** Share of the tree's columns that each split may choose from. */
  readonly columnSampleByNode: number;
  /** Per column of the training set −1, 0 or 1: the score may only fall, anything, only rise with it. Undefined: no column is bound. */
  readonly monotone: Int8Array | undefined;
  /** Per group of columns that may stand on one path, 1 for its members. Undefined: all may. */
  readonly interactions: readonly Uint8Array[] | undefined;
  readonly categories: CategoryRules;
}

export interface CategoryRules {
  /** Added to the second derivatives when categories are put in order of G/H. */
  readonly smoothing: number;
  /** Added to λ for splits by category. */
  readonly l2: number;
  /** Most categories on the smaller list of a split. */
  readonly most: number;
  /** With so many categories or fewer in a leaf, each is tried against all others. */
  readonly oneVersusRest: number;
  /** Least weight of a category before it can be named. */
  readonly minRows: number;
}
