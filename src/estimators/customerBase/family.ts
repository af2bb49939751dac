/** What the fitting of an order model needs to know of it, and the priors that small cohorts lean on. */
import type { CompressedHistories } from './history.ts';

/**
 * A coordinate in which the likelihood is searched: on the whole line, and one to one with a number that a person can judge
 * (orders per week, spread of rates between customers, …), so that priors and intervals can be stated in that number.
 */
export interface Coordinate {
  readonly name: string;
  /** Soft walls: beyond them the likelihood is flat and customers no longer differ. */
  readonly low: number;
  readonly high: number;
  /** @param weeksPerOrder the cohort's time scale: total weeks watched ÷ total repeat orders. */
  readonly toTheta: (value: number, weeksPerOrder: number) => number;
  readonly toValue: (theta: number, weeksPerOrder: number) => number;
}

/** Total weighted log-likelihood at `parameters`; fills `gradient` with derivatives by the parameters, and of a curved family `hessian` (row-major) with the second ones. */
export type Likelihood = (parameters: Float64Array, gradient: Float64Array, hessian?: Float64Array) => number;

export interface Family {
  readonly name: string;
  /** The model's own parameters by their textbook names; all are positive. */
  readonly parameters: readonly string[];
  /** As many coordinates as parameters. */
  readonly coordinates: readonly Coordinate[];
  /** Points of the coordinates to start from. */
  readonly starts: readonly (readonly number[])[];
  /** ln of the parameters at `theta`. */
  readonly toLogs: (theta: ArrayLike<number>, weeksPerOrder: number) => Float64Array;
  readonly toTheta: (logs: Float64Array, weeksPerOrder: number) => Float64Array;
  /** Derivatives of ln of the parameters (rows) by the coordinates (columns), row-major. */
  readonly jacobian: (parameters: Float64Array) => Float64Array;
  /** Adds Σ byLogs_i ∂² ln(parameter i) ÷ ∂θ_j ∂θ_k to `hessian`, whose rows have `size` entries. Absent where ln of the parameters is linear in the coordinates. */
  readonly bend?: (byLogs: Float64Array, parameters: Float64Array, hessian: Float64Array, size: number) => void;
  /** What is to be maximised on `data`. */
  readonly likelihood: (data: CompressedHistories) => Likelihood;
  /** Whether the likelihood comes with second derivatives: such families are fitted by Newton's method. */
  readonly curved: boolean;
  /** Static covariates z multiply these parameters by e^(sign γ'z). Empty where the model has no such extension. */
  readonly scales: readonly { readonly index: number; readonly sign: 1 | -1; readonly name: string }[];
  /** The prior for small cohorts. */
  readonly weakPrior: Prior;
}

/**
 * Independent normal beliefs about coordinates: a typical value, and by what factor values typically miss it (of shares: of their odds), one standard deviation.
 * `cohort` as the typical value of a rate is the cohort's own: repeat orders ÷ weeks watched.
 */
export type Prior = Readonly<Record<string, { readonly typical: number | 'cohort'; readonly factor: number }>>;

export interface PreparedPrior {
  readonly centre: Float64Array;
  /** 1 / variance; 0 where nothing is believed. */
  readonly precision: Float64Array;
}

/** A prior in the family's coordinates. @throws RangeError for a coordinate that the family does not have. */
export function preparePrior(family: Family, prior: Prior, weeksPerOrder: number): PreparedPrior {
  const unknown = Object.keys(prior).find((name) => !family.coordinates.some((coordinate) => coordinate.name === name));
  if (unknown !== undefined) throw new RangeError(`${family.name} has no coordinate ${unknown}; it has ${family.coordinates.map(({ name }) => name).join(', ')}`);
  const centre = new Float64Array(family.coordinates.length);
  const precision = new Float64Array(family.coordinates.length);
  family.coordinates.forEach(({ name, toTheta }, i) => {
    const belief = prior[name];
    if (belief === undefined) return;
    // Rates are measured against the cohort's own, so zero is its place.
    centre[i] = belief.typical === 'cohort' ? 0 : toTheta(belief.typical, weeksPerOrder);
    const sd = Math.abs(toTheta(2, weeksPerOrder) - toTheta(1, weeksPerOrder)) / Math.LN2;
    const spread = (Number.isFinite(sd) ? sd : 1) * Math.log(belief.factor);
    precision[i] = 1 / (spread * spread);
  });
  return { centre, precision };
}

const log = (name: string, low: number, high: number, power: number): Coordinate => ({
  name, low, high, toTheta: (value) => power * Math.log(value), toValue: (theta) => Math.exp(theta / power),
});

/** ln of a gamma shape as the coefficient of variation 1 / √shape of what differs between customers. */
export const spreadCoordinate = (name: string, high = 9): Coordinate => log(name, -9, high, -2);

/** ln of a total such as a + b. */
export const totalCoordinate = (name: string): Coordinate => log(name, -9, 9, 1);

/** A rate per week, held as ln(1 / rate) minus the logarithm of the cohort's time scale, so that the unit of time does not matter. */
export const rateCoordinate = (name: string, high = 14): Coordinate => ({
  name, low: -14, high, toTheta: (value, scale) => -Math.log(value * scale), toValue: (theta, scale) => Math.exp(-theta) / scale,
});

/** A share in (0, 1) as its log-odds. */
export const shareCoordinate = (name: string): Coordinate => ({
  name, low: -12, high: 12, toTheta: (value) => Math.log(value / (1 - value)), toValue: (theta) => 1 / (1 + Math.exp(-theta)),
});
