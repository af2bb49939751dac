/** How sure a generalised linear model is of its coefficients. */
import type { Matrix } from '../../base/matrix.ts';
import { inverseSpd } from '../../math/linear.ts';
import { normalCdf, normalQuantile } from '../../math/specialNormal.ts';
import type { TrainingData } from '../contract.ts';
import type { Design } from '../preprocessing/design.ts';
import { writeTerm, type Term } from '../preprocessing/terms.ts';
import { namedColumns } from '../rows.ts';
import { designScores } from './designScores.ts';
import { BERNOULLI, GAMMA, GAUSSIAN, POISSON, tweedieFamily, type Family } from './families.ts';
import { weightedProducts, type GlmRows, type RowNumbers } from './glmLoss.ts';
import type { LinearTerms } from './linearTerms.ts';

export interface InferenceOptions {
  /** Of the likelihood's second derivative at the data, or of its expectation (Fisher); the same for logistic, linear and Poisson models. Default `expected`. */
  readonly information?: 'observed' | 'expected';
  /** Variances that hold where the family's is wrong: the sandwich of Huber (1967) and White (1982), HC0. Default false. */
  readonly sandwich?: boolean;
  /** Level of the intervals; .95 unless told. */
  readonly level?: number;
}

export interface CoefficientRow {
  /** Undefined for the intercept. */
  readonly column: string | undefined;
  /** What of the column: `value`, `missing`, `spline 0`, or the category. */
  readonly term: string;
  /** Of the standardised term. */
  readonly estimate: number;
  readonly standardError: number;
  readonly z: number;
  /** Two-sided, of the normal distribution. */
  readonly p: number;
  readonly low: number;
  readonly high: number;
  /** Estimate and standard error per unit of the term before standardising. */
  readonly perUnit: { readonly estimate: number; readonly standardError: number };
}

export type Inference =
  | { readonly ok: true; readonly rows: readonly CoefficientRow[]; readonly dispersion: number; readonly information: 'observed' | 'expected'; readonly sandwich: boolean }
  | { readonly ok: false; readonly reason: 'penalised' | 'encoded_by_target' | 'not_identified'; readonly detail: string };

export interface InferableArtefact extends LinearTerms {
  readonly kind: 'logistic_regression' | 'linear_regression' | 'poisson_regression' | 'gamma_regression' | 'tweedie_regression';
  readonly power?: number | undefined;
}

const familyOf = ({ kind, power = 1.5 }: InferableArtefact): Family =>
  ({ logistic_regression: BERNOULLI, linear_regression: GAUSSIAN, poisson_regression: POISSON, gamma_regression: GAMMA, tweedie_regression: tweedieFamily(power) })[kind];

/** Information per unit of weight below which the data say nothing: classes that can be told apart without error bring it there. */
const LEAST_INFORMATION = 1e-6;

/**
 * Standard errors, z, p and intervals of every coefficient on the rows that the model was fitted to (weights count as repeated rows). Given only for a fit
 * with λ = 0: a penalty biases the coefficients, and intervals around them would not cover. Dispersion by Pearson's statistic ÷ (Σw − parameters)
 * (McCullagh & Nelder 1989, §8.3).
 */
export function inference(artefact: InferableArtefact, train: TrainingData, options: InferenceOptions = {}): Inference {
  const { information = 'expected', sandwich = false, level = 0.95 } = options;
  if (artefact.penalty?.lambda !== 0) {
    return { ok: false, reason: 'penalised', detail: `Standard errors are not given: the coefficients are shrunk by a penalty (λ = ${artefact.penalty?.lambda ?? 'unknown'} per unit of weight). Fit with lambda 0.` };
  }
  const encoded = artefact.terms.find((term) => term.of === 'category' && term.how === 'target');
  if (encoded !== undefined) {
    return { ok: false, reason: 'encoded_by_target', detail: `Standard errors are not given: the categories of ${artefact.columns[encoded.column]} were encoded by the targets that the model is fitted to, which they would not count.` };
  }
  const family = familyOf(artefact);
  const { y } = train;
  const rows: GlmRows = { design: designOf(artefact, train.x), from: 0, to: y.length, y, weights: train.weights ?? new Float64Array(y.length).fill(1) };
  const size = artefact.terms.length + 1;
  const every = Int32Array.from({ length: size }, (_, t) => t);
  const parameters = Float64Array.of(...artefact.coefficients, artefact.intercept);
  if (artefact.kind === 'tweedie_regression') parameters[size - 1] += totalShift(artefact.power ?? 1.5, rows, parameters);
  const products = (numbers: RowNumbers): Float64Array => weightedProducts(rows, parameters, every, 1, numbers);
  const expected: RowNumbers = (_, count, z, out) => { for (let i = 0; i < count; i++) out[i] = family.expectedCurvature(z[i]); };
  const matrix = products(information === 'expected' ? expected : (start, count, z, out) => family.curvature(y, start, z, count, out));
  const weight = rows.weights.reduce((sum, w) => sum + w, 0);
  const inverse = inverseOf(matrix, size, weight);
  if (inverse === undefined) {
    return { ok: false, reason: 'not_identified', detail: 'Standard errors are not given: the rows do not decide every coefficient (columns that repeat each other, or classes that can be told apart without error).' };
  }
  const dispersion = family.unitDispersion ? 1 : pearson(family, rows, parameters) / (weight - size);
  const covariance = sandwich ? sandwichOf(inverse, products(squaredSlopes(family, y)), size) : inverse.map((v) => v * dispersion);
  const reach = normalQuantile(0.5 + level / 2);
  return {
    ok: true, dispersion, information, sandwich,
    rows: Array.from(Float64Array.of(...artefact.coefficients, artefact.intercept), (estimate, t) => {
      const standardError = Math.sqrt(covariance[t * size + t]);
      const z = estimate / standardError;
      const term = artefact.terms[t] as Term | undefined;
      const sd = term?.sd ?? 1;
      return {
        column: term === undefined ? undefined : artefact.columns[term.column], term: term === undefined ? 'intercept' : wordsOf(term), estimate, standardError, z, p: 2 * normalCdf(-Math.abs(z)),
        low: estimate - reach * standardError, high: estimate + reach * standardError, perUnit: { estimate: estimate / sd, standardError: standardError / sd },
      };
    }),
  };
}

function wordsOf(term: Term): string {
  if (term.of === 'spline' || term.of === 'b_spline') return `spline ${term.basis}`;
  if (term.of !== 'category') return term.of;
  return term.how === 'one_hot' ? (term.unseen === 1 ? 'rare' : term.levels[0]) : term.how;
}

function designOf(artefact: LinearTerms, x: Matrix): Design {
  const columns = namedColumns(x, artefact.columns);
  return {
    rows: x.rows,
    columns: artefact.terms.map((term) => {
      const out = new Float64Array(x.rows);
      writeTerm(term, artefact.clip, columns[term.column], out);
      return out;
    }),
  };
}

/** Inverse by way of unit diagonals, so that scales of the terms do not matter; undefined where a direction has no information. */
function inverseOf(matrix: Float64Array, size: number, weight: number): Float64Array | undefined {
  const scale = Float64Array.from({ length: size }, (_, t) => Math.sqrt(matrix[t * size + t]));
  if (scale.some((s) => !(s * s > LEAST_INFORMATION * weight))) return undefined;
  const scaled = matrix.map((v, k) => v / (scale[Math.floor(k / size)] * scale[k % size]));
  const inverse = inverseSpd(scaled, size);
  // The diagonal is one over the share of a term that the others do not explain.
  if (inverse === undefined || inverse.some((v, k) => k % (size + 1) === 0 && !(v < 1e9))) return undefined;
  return inverse.map((v, k) => v / (scale[Math.floor(k / size)] * scale[k % size]));
}

/** From the intercept that keeps the total of the amounts to that of the largest likelihood: e^δ = Σ w·y·μ^(1−p) / Σ w·μ^(2−p). */
function totalShift(power: number, { design, y, weights }: GlmRows, parameters: Float64Array): number {
  const scores = designScores(design, parameters);
  let [above, below] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    above += weights[i] * y[i] * Math.exp((1 - power) * scores[i]);
    below += weights[i] * Math.exp((2 - power) * scores[i]);
  }
  return Math.log(above / below);
}

function pearson(family: Family, { design, y, weights }: GlmRows, parameters: Float64Array): number {
  const scores = designScores(design, parameters);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const mu = family.mean(scores[i]);
    sum += (weights[i] * (y[i] - mu) ** 2) / family.variance(mu);
  }
  return sum;
}

function squaredSlopes(family: Family, y: Float64Array): RowNumbers {
  return (start, count, z, out) => {
    family.block(y, start, z, count, new Float64Array(count), out);
    for (let i = 0; i < count; i++) out[i] *= out[i];
  };
}

/** inverse · meat · inverse. */
function sandwichOf(inverse: Float64Array, meat: Float64Array, n: number): Float64Array {
  const times = (a: Float64Array, b: Float64Array): Float64Array => {
    const product = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) product[i * n + j] += a[i * n + k] * b[k * n + j];
    return product;
  };
  return times(times(inverse, meat), inverse);
}
