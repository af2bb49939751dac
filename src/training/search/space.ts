/** What a search may vary: families of candidates, each with ranges of its estimator's parameters. */
import type { Random } from '../../base/random.ts';
import type { Task } from '../../estimators/contract.ts';
import type { Candidate, CandidateParams } from '../define.ts';

/** Whole numbers and logarithms are drawn evenly on their own scale, ends included. */
export type Range =
  | { readonly of: 'whole' | 'log' | 'linear'; readonly from: number; readonly to: number }
  | { readonly of: 'choice'; readonly among: readonly (number | string)[] };

export interface Family {
  /** Candidate of the declaration that the family starts from. */
  readonly candidate: string;
  readonly ranges: Readonly<Record<string, Range>>;
}

/** Declared in a model file: which candidates are varied, and how often when nobody says. */
export interface SearchDeclaration {
  /** Absent: every candidate whose estimator has ranges here. */
  readonly families?: readonly Family[];
  /** Trials when neither --trials nor --budget is given; 0 or absent: no search. */
  readonly trials?: number;
}

const TREES: Readonly<Record<string, Range>> = {
  learningRate: { of: 'log', from: 0.02, to: 0.15 },
  maxLeaves: { of: 'whole', from: 6, to: 48 },
  maxDepth: { of: 'whole', from: 3, to: 9 },
  minRows: { of: 'log', from: 10, to: 200 },
  l2: { of: 'log', from: 0.3, to: 20 },
  columnSample: { of: 'linear', from: 0.2, to: 1 },
  rowSample: { of: 'linear', from: 0.5, to: 1 },
};
/** Without an L1 part: it takes many times as long, and what it leaves out the reasons leave out anyway. */
const LINEAR: Readonly<Record<string, Range>> = {
  skewLimit: { of: 'choice', among: [1, 2, 4] },
  splineKnots: { of: 'choice', among: [0, 4] },
  clip: { of: 'choice', among: [3, 5, 8] },
};

/** Ranges by estimator, wide enough for any shop. */
const RANGES: Readonly<Record<string, Readonly<Record<string, Range>>>> = {
  boosted_trees: TREES, logistic_regression: LINEAR, poisson_regression: LINEAR,
  tweedie_regression: { power: { of: 'linear', from: 1.1, to: 1.8 }, alpha: { of: 'log', from: 1e-3, to: 1 }, splineKnots: { of: 'choice', among: [0, 4] } },
};

/** The families of a model's declaration, in the order of its candidates. Waiting times have no parameters worth a search. */
export function familiesOf(task: Task, candidates: readonly Candidate[], declared?: SearchDeclaration): Family[] {
  if (task === 'duration') return [];
  if (declared?.families !== undefined) return declared.families.filter(({ candidate }) => candidates.some(({ name }) => name === candidate));
  return candidates.flatMap(({ name, estimator, found }) => (found !== true && Object.hasOwn(RANGES, estimator) ? [{ candidate: name, ranges: RANGES[estimator] }] : []));
}

/** One set of parameters, each from a stream of its own: another range added to a family changes no other parameter. */
export function drawParams(ranges: Readonly<Record<string, Range>>, rng: Random): CandidateParams {
  return Object.fromEntries(Object.entries(ranges).map(([name, range]) => {
    const u = rng.fork(name).next();
    if (range.of === 'choice') return [name, range.among[Math.floor(u * range.among.length)]];
    if (range.of === 'whole') return [name, range.from + Math.floor(u * (range.to - range.from + 1))];
    const value = range.of === 'log' ? range.from * (range.to / range.from) ** u : range.from + u * (range.to - range.from);
    // Four digits say all that matters, and are short in a card.
    return [name, Number(value.toPrecision(4))];
  }));
}
