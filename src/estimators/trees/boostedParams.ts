import { AppError } from '../../base/errors.ts';
import type { Matrix } from '../../base/matrix.ts';
import type { BoostedTreesArtefact } from './artefact.ts';
import { AFT_DISTRIBUTIONS, type AftDistribution, type ObjectiveName } from './objectiveSchema.ts';

/** What boosted and bagged trees share. */
export interface TreeParams {
  /** Most trees per output; fewer when the held-out loss stops falling. */
  readonly trees: number;
  /** Most bins of present values per column, up to 255. */
  readonly maxBins: number;
  readonly maxLeaves: number;
  readonly maxDepth: number;
  /** `leaf`: the split that gains most comes next; `depth`: level by level. */
  readonly growth: 'leaf' | 'depth';
  /** Least rows (by weight) in a leaf. */
  readonly minRows: number;
  /** Least sum of second derivatives in a leaf. */
  readonly minHessian: number;
  readonly minGain: number;
  readonly l1: number;
  readonly l2: number;
  /** Share of rows, of columns per tree (four at least, where there are as many), and of columns per split. */
  readonly rowSample: number;
  readonly columnSample: number;
  readonly columnSampleByNode: number;
  /** Most rows that one tree sees; with more, each tree takes a smaller sample, and time stops growing with the rows. */
  readonly rowsPerTree: number;
  /** 1: the prediction may only rise with the column of that name, −1: only fall. */
  readonly monotone: Readonly<Record<string, number>>;
  /** Groups of columns that may stand on one path; a column in no group stands alone. Empty: all may. */
  readonly interactions: readonly (readonly string[])[];
  /** Of splits by category: smoothing of their order, more λ, most categories on the shorter list, up to how many are tried one against the rest, least rows of a named one. */
  readonly categorySmoothing: number;
  readonly categoryL2: number;
  readonly maxCategories: number;
  readonly oneVersusRest: number;
  readonly categoryRows: number;
}

export interface BoostedTreesParams extends TreeParams {
  /** `log_loss` (y in {0, 1}), `softmax` (classes), `squared_error`, `absolute_error`, `quantile` (any number), `poisson`, `tweedie` (y ≥ 0), `gamma` (y > 0), `cox`, `aft` (days until an event, or of waiting). */
  readonly objective: ObjectiveName;
  /** Variance power of the Tweedie objective, in (1, 2]. */
  readonly tweediePower: number;
  /** Level of the quantile objective, in (0, 1). */
  readonly alpha: number;
  /** Errors of log days in accelerated failure time, and their scale while trees grow (0: that of the targets). */
  readonly aftDistribution: AftDistribution;
  readonly aftScale: number;
  /** Tweedie only: amounts above this quantile of the amounts above 0 are cut down to it during the fit; the total is kept. */
  readonly winsorLevel: number;
  /** Trees without a better held-out loss before boosting stops. 0: all `trees` are grown and no row is held out. */
  readonly patience: number;
  readonly learningRate: number;
  /** Largest step of a leaf before the learning rate, on the scale of log odds or of a logarithm; scores in the unit of the target have none. */
  readonly maxStep: number;
  /** Above 0: gradient-based one-side sampling. A tree sees this share of the rows, those with the largest gradients, and `gossRest` of all rows drawn from the others, in place of `rowSample` and `rowsPerTree`. */
  readonly gossTop: number;
  readonly gossRest: number;
  /** Boosts on from these trees, fitted with the same objective; `trees` counts the new ones. */
  readonly continueFrom: BoostedTreesArtefact | null;
}

type Range = readonly [low: number, high: number, kind?: 'whole' | 'above' | 'inside'];

/** Smallest and largest value; `whole`: no fractions; `above`: more than the smallest; `inside`: less than the largest, too. */
const RANGES: Readonly<Record<string, Range>> = {
  trees: [1, 100_000, 'whole'],
  maxBins: [2, 255, 'whole'],
  maxLeaves: [2, 1_000_000, 'whole'],
  maxDepth: [1, 10_000, 'whole'],
  minRows: [0, Infinity],
  minHessian: [0, Infinity],
  minGain: [0, Infinity],
  l1: [0, Infinity],
  l2: [0, Infinity],
  rowSample: [0, 1, 'above'],
  columnSample: [0, 1, 'above'],
  columnSampleByNode: [0, 1, 'above'],
  rowsPerTree: [1, Infinity],
  categorySmoothing: [0, Infinity],
  categoryL2: [0, Infinity],
  maxCategories: [1, 255, 'whole'],
  oneVersusRest: [0, 255, 'whole'],
  categoryRows: [0, Infinity],
  tweediePower: [1, 2, 'above'],
  alpha: [0, 1, 'inside'],
  aftScale: [0, Infinity],
  winsorLevel: [0, 1, 'above'],
  patience: [0, 100_000, 'whole'],
  learningRate: [0, 1, 'above'],
  maxStep: [0, Infinity, 'above'],
  gossTop: [0, 1],
  gossRest: [0, 1, 'above'],
};

/** Leaves of these are quantiles of their rows, which a sample by gradients would bend. */
const RENEWED: readonly string[] = ['absolute_error', 'quantile'];

function outside(value: number, [low, high, kind]: Range): boolean {
  if (!(value >= low && value <= high)) return true;
  if (kind === 'whole') return !Number.isInteger(value);
  return (kind === 'above' && value === low) || (kind === 'inside' && (value === low || value === high));
}

function rangeWords([low, high, kind]: Range): string {
  const from = kind === 'above' || kind === 'inside' ? `above ${low}` : `at least ${low}`;
  const to = high === Infinity ? '' : kind === 'inside' ? ` and below ${high}` : ` and at most ${high}`;
  return `${kind === 'whole' ? 'a whole number, ' : ''}${from}${to}`;
}

function wrong(kind: string, name: string, value: unknown, must: string): AppError {
  return new AppError('invalid_input', `The parameter ${name} of ${kind} is ${String(value)}; it must be ${must}.`, { hint: 'Correct it in the file of the model.' });
}

/** Throws `invalid_input` for the first parameter out of its range, saying the range, and for names of columns that `x` does not have. */
export function checkTreeParams(kind: string, params: TreeParams & Partial<BoostedTreesParams>, x: Matrix): void {
  const values = new Map<string, unknown>(Object.entries(params));
  for (const [name, range] of Object.entries(RANGES)) {
    const value = values.get(name);
    if (value !== undefined && (typeof value !== 'number' || outside(value, range))) throw wrong(kind, name, value, rangeWords(range));
  }
  if (params.growth !== 'leaf' && params.growth !== 'depth') throw wrong(kind, 'growth', params.growth, 'leaf or depth');
  if (params.aftDistribution !== undefined && !AFT_DISTRIBUTIONS.includes(params.aftDistribution)) throw wrong(kind, 'aftDistribution', params.aftDistribution, AFT_DISTRIBUTIONS.join(', '));
  const { gossTop = 0, gossRest = 0, objective = '' } = params;
  if (gossTop > 0 && !(gossTop + gossRest <= 1)) throw wrong(kind, 'gossRest', gossRest, `at most ${1 - gossTop}, so that it and gossTop are no more than all rows`);
  if (gossTop > 0 && RENEWED.includes(objective)) throw wrong(kind, 'gossTop', gossTop, `0 with the objective ${objective}`);
  const known = new Set(x.columns.map(({ name }) => name));
  for (const [column, sign] of Object.entries(params.monotone)) {
    if (!known.has(column)) throw wrong(kind, 'monotone', column, 'about columns of the training rows');
    if (sign !== 1 && sign !== 0 && sign !== -1) throw wrong(kind, `monotone.${column}`, sign, '−1, 0 or 1');
    if (x.columns.some(({ name, categories }) => name === column && categories !== undefined)) throw wrong(kind, 'monotone', column, 'about quantities, not about categories');
  }
  for (const column of params.interactions.flat()) if (!known.has(column)) throw wrong(kind, 'interactions', column, 'about columns of the training rows');
}
