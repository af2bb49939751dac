/**
 * The strength of a penalty, chosen where the fit has not looked: on the latest period after fitting the earlier ones, and of groups (customers, whose label windows overlap from one
 * period to the next) on folds of the latest period by fits to the earlier rows of the others; without periods, or with few rows in the latest, on folds of rows. A path from strong to weak with warm starts costs
 * little more than its last fit.
 */
import { hashUniform } from '../../math/stats/index.ts';
import type { Prepared } from '../preprocessing/prepare.ts';
import { FITTED, JUDGED, sideOf } from '../rows.ts';
import type { GlmRows } from './glmLoss.ts';
import type { CurvatureMemory } from './curvature.ts';
import { solveGlm } from './glmSolver.ts';
import type { SmoothLoss } from './smoothLoss.ts';

/** λ per unit of weight on the path: from one that nearly silences the terms to one that hardly binds, half a decade apart. */
const PATH = [-0.5, -1, -1.5, -2, -2.5, -3, -3.5, -4, -4.5, -5].map((power) => 10 ** power);
/** Rows (by weight) that the held-out part and the other must each hold before λ is chosen on them. */
const PATH_ROWS = 100;
const FOLDS = 5;
/** Rows (by weight) that judge well enough: folds beyond them would say the same. */
const ENOUGH_JUDGED = 10_000;
/** Standard errors of a loss above the best that no weaker penalty makes good. */
const FAR_WORSE = 5;
/** A loss is flat at its optimum: coefficients this close give it to about ten digits. */
const PATH_TOLERANCE = 1e-5;

/** A model as the path sees it. */
export interface PathProblem {
  readonly loss: (rows: GlmRows) => SmoothLoss;
  /** Parameters to start from. */
  readonly start: Float64Array;
  /** Σ w·loss and Σ w·loss² of rows under given parameters. */
  readonly heldOut: (parameters: Float64Array, rows: GlmRows) => HeldOut;
  /** Whether rows (those whose weight is not 0) can be fitted and judged at all. */
  readonly usable: (rows: GlmRows) => boolean;
}

export interface HeldOut {
  readonly sum: number;
  readonly squares: number;
  readonly weight: number;
}

interface Split {
  readonly fitted: GlmRows;
  readonly judged: GlmRows;
  /** Judged later than fitted. */
  readonly inTime: boolean;
  loss: SmoothLoss;
  start: Float64Array;
}

export interface PathOptions {
  readonly l1Ratio: number;
  readonly oneStandardError: boolean;
  /** λ of the path are multiplied by this. */
  readonly unit: number;
  readonly memory: CurvatureMemory;
  readonly checkpoint: () => void;
}

export interface PathChoice {
  /** λ per unit of weight. */
  readonly lambda: number;
  /** Parameters of a fit with it to part of the rows. */
  readonly start: Float64Array;
  readonly judgedOn: 'latest period' | 'folds';
}

/** λ per unit of weight, or undefined where too little can be held out. */
export function chooseLambda(data: Prepared, problem: PathProblem, options: PathOptions): PathChoice | undefined {
  const splits = splitsOf(data, problem);
  if (splits.length === 0) return undefined;
  const tried: { readonly strength: number; readonly loss: number; readonly error: number; readonly start: Float64Array }[] = [];
  for (const strength of PATH) {
    const total = { sum: 0, squares: 0, weight: 0 };
    let converged = true;
    for (const split of splits) {
      const penalty = { lambda: strength * options.unit * split.loss.weight, l1Ratio: options.l1Ratio };
      const solution = solveGlm(split.loss, penalty, split.start, options.checkpoint, { tolerance: PATH_TOLERANCE, memory: options.memory });
      converged &&= solution.converged;
      split.start = solution.parameters;
      const held = problem.heldOut(solution.parameters, split.judged);
      total.sum += held.sum;
      total.squares += held.squares;
      total.weight += held.weight;
    }
    const loss = total.sum / total.weight;
    if (!converged || !Number.isFinite(loss)) break;
    tried.push({ strength, loss, error: Math.sqrt(Math.max(0, total.squares / total.weight - loss * loss) / total.weight), start: splits[0].start });
    if (overfits(tried)) break;
  }
  const [first] = tried;
  if (first === undefined) return undefined;
  const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a), first);
  const chosen = options.oneStandardError ? (tried.find(({ loss }) => loss <= best.loss + best.error) ?? best) : best;
  return { lambda: chosen.strength * options.unit, start: chosen.start, judgedOn: splits[0].inTime ? 'latest period' : 'folds' };
}

/** Weaker penalties would only overfit further: the last three are worse than one before, or the last is worse by far more than chance. With many terms these are the slowest fits. */
function overfits(tried: readonly { readonly loss: number; readonly error: number }[]): boolean {
  const least = (some: typeof tried): number => some.reduce((low, { loss }) => Math.min(low, loss), Infinity);
  const last = tried[tried.length - 1];
  if (tried.length > 2 && last.loss > least(tried) + FAR_WORSE * last.error) return true;
  return tried.length > 3 && tried.slice(-3).every(({ loss }) => loss > least(tried.slice(0, -3)));
}

function splitsOf(data: Prepared, problem: PathProblem): Split[] {
  const { rows, y, weights, latestFrom, owners, grouped } = data;
  const made: Split[] = [];
  const add = (side: (row: number) => number, fittedRange: readonly [number, number], judgedRange: readonly [number, number]): boolean => {
    const sides = Uint8Array.from({ length: rows }, (_, i) => side(i));
    const on = (wanted: number): Float64Array => weights.map((w, i) => (sides[i] === wanted ? w : 0));
    const design = data.designFrom(sides.map((one) => (one === FITTED ? 1 : 0)));
    const fitted = { design, y, from: fittedRange[0], to: fittedRange[1], weights: on(FITTED) };
    const judged = { design, y, from: judgedRange[0], to: judgedRange[1], weights: on(JUDGED) };
    const loss = problem.loss(fitted);
    const usable = loss.weight >= PATH_ROWS && total(judged.weights) >= PATH_ROWS / FOLDS && problem.usable(fitted) && problem.usable(judged);
    if (usable) made.push({ fitted, judged, inTime: judgedRange[0] > 0, loss, start: problem.start });
    return usable;
  };
  const foldOf = (row: number): number => Math.floor(FOLDS * hashUniform(owners[row], 0x1f01d));
  const later = total(weights.subarray(latestFrom));
  if (later >= PATH_ROWS) {
    const folds = grouped ? Math.min(FOLDS, Math.ceil((FOLDS * ENOUGH_JUDGED) / later)) : 1;
    for (let fold = 0; fold < folds; fold++) add((i) => (grouped ? sideOf(foldOf(i) === fold, i >= latestFrom) : i >= latestFrom ? JUDGED : FITTED), [0, latestFrom], [latestFrom, rows]);
    if (made.length === folds) return made;
  }
  // No periods, or a latest one that is too small to judge by.
  made.length = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    if (!add((i) => (foldOf(i) === fold ? JUDGED : FITTED), [0, rows], [0, rows])) return [];
  }
  return made;
}

function total(weights: Float64Array): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return sum;
}
