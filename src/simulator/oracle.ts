/**
 * The oracle: the best score that anyone can compute from the visible history when the structural equations and the
 * population are known and the personal values are not. P(order in [asOf, asOf + H)) is averaged over the posterior of
 * the latent values by adaptive multiple importance sampling (Cornuet, Marin, Mira, Robert 2012: the deterministic
 * mixture of all proposals as the denominator of all weights); the hidden state is integrated exactly by `filter.ts`.
 */
import { AppError } from '../base/errors.ts';
import { seededRandom } from '../base/random.ts';
import type { Random } from '../base/random.ts';
import type { NewEvent } from '../store/events.ts';
import { filterTrack, trackOf } from './filter.ts';
import type { Track } from './filter.ts';
import { dayOf, visibleHistory } from './history.ts';
import { LATENT_DIMENSIONS, latentsFrom } from './parameters.ts';
import type { Latents } from './parameters.ts';
import type { SimulatedShop } from './shop.ts';

export interface OracleScore {
  readonly customer: string;
  /** P(at least one order in [asOf, asOf + horizonDays)). */
  readonly probability: number;
  /** 1 / Σ w²: how many equally weighted latent sets the average is worth. */
  readonly effectiveSamples: number;
}

export interface OracleOptions {
  /** Latent sets per customer, split evenly over three stages. Default 240. */
  readonly particles?: number;
}

const STAGES = 3;
const D = LATENT_DIMENSIONS;

/** Normal proposal with independent coordinates. */
interface Proposal {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
}

const PRIOR: Proposal = { mean: new Float64Array(D), sd: new Float64Array(D).fill(1) };

/** log N(z; proposal) without the constant. */
function logDensity({ mean, sd }: Proposal, z: Float64Array, offset: number): number {
  let sum = 0;
  for (let d = 0; d < D; d++) {
    const u = (z[offset + d] - mean[d]) / sd[d];
    sum -= 0.5 * u * u + Math.log(sd[d]);
  }
  return sum;
}

/** Weights exp(power · (logWeights − max)), normalised, and their effective number. */
function normalised(logWeights: Float64Array, count: number, power: number): { weights: Float64Array; effective: number } {
  let max = -Infinity;
  for (let i = 0; i < count; i++) max = Math.max(max, logWeights[i]);
  const weights = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += weights[i] = Math.exp(power * (logWeights[i] - max));
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (weights[i] /= sum) ** 2;
  return { weights, effective: 1 / squares };
}

/** A wider normal with the moments of the weighted sample; weights are flattened until a fair number of samples speaks. */
function nextProposal(z: Float64Array, logWeights: Float64Array, count: number): Proposal {
  let power = 1;
  let { weights, effective } = normalised(logWeights, count, power);
  while (effective < 3 * D && power > 0.02) ({ weights, effective } = normalised(logWeights, count, (power *= 0.75)));
  const mean = new Float64Array(D);
  const sd = new Float64Array(D);
  for (let d = 0; d < D; d++) {
    for (let i = 0; i < count; i++) mean[d] += weights[i] * z[i * D + d];
    for (let i = 0; i < count; i++) sd[d] += weights[i] * (z[i * D + d] - mean[d]) ** 2;
    sd[d] = Math.max(0.12, 1.15 * Math.sqrt(sd[d]));
  }
  return { mean, sd };
}

/** Log-likelihood of the history under one set of latent values, and what is averaged of it into `values`. */
export type Measure = (latents: Latents, values: Float64Array) => number;

/** Averages of `count` values over the posterior of one customer's latent values. */
export function posteriorMeans(shop: SimulatedShop, track: Track, cycleShift: number, count: number, measure: Measure, particles: number, random: Random): { means: number[]; effectiveSamples: number } {
  const p = shop.options.parameters;
  const perStage = Math.ceil(particles / STAGES);
  const total = perStage * STAGES;
  const z = new Float64Array(total * D);
  const logLikelihood = new Float64Array(total);
  const logWeights = new Float64Array(total);
  const kept = new Float64Array(total * count);
  const proposals: Proposal[] = [];
  for (let stage = 0; stage < STAGES; stage++) {
    const from = stage * perStage;
    const proposal = stage === 0 ? PRIOR : nextProposal(z, logWeights, from);
    proposals.push(proposal);
    for (let i = from; i < from + perStage; i++) {
      for (let d = 0; d < D; d++) z[i * D + d] = proposal.mean[d] + proposal.sd[d] * random.normal();
      // A customer with an order is no lead; the prior share is then the same factor for every sample.
      const lead = random.next() < p.leadShare && track.orders === 0;
      const latents = latentsFrom(p, z, i * D, cycleShift, lead, random.next() < p.persuadableShare);
      logLikelihood[i] = measure(latents, kept.subarray(i * count, (i + 1) * count));
    }
    for (let i = 0; i < from + perStage; i++) {
      const densities = proposals.map((one) => logDensity(one, z, i * D));
      const max = Math.max(...densities);
      const mixture = max + Math.log(densities.reduce((sum, value) => sum + Math.exp(value - max), 0) / proposals.length);
      logWeights[i] = logLikelihood[i] + logDensity(PRIOR, z, i * D) - mixture;
    }
  }
  const { weights, effective } = normalised(logWeights, total, 1);
  const means = Array.from({ length: count }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < total; i++) sum += weights[i] * kept[i * count + k];
    return sum;
  });
  return { means, effectiveSamples: effective };
}

/** P(order within h days) for each of `horizons`. */
function posteriorScore(shop: SimulatedShop, track: Track, cycleShift: number, horizons: readonly number[], particles: number, random: Random): { probabilities: number[]; effectiveSamples: number } {
  const noOrder = new Float64Array(Math.max(...horizons) + 1);
  const { means, effectiveSamples } = posteriorMeans(shop, track, cycleShift, horizons.length, (latents, values) => {
    const logLikelihood = filterTrack(shop.options.parameters, shop.calendar, track, latents, noOrder);
    horizons.forEach((horizon, k) => (values[k] = 1 - noOrder[horizon]));
    return logLikelihood;
  }, particles, random);
  return { probabilities: means.map((mean) => Math.min(1, Math.max(0, mean))), effectiveSamples };
}

/** Events of each customer; the shop hands them out customer by customer. */
function eventsByCustomer(shop: SimulatedShop, asOf: number): Map<string, NewEvent[]> {
  const groups = new Map<string, NewEvent[]>();
  for (const event of shop.events) {
    if (event.occurredAt >= asOf) continue;
    const group = groups.get(event.customer);
    if (group === undefined) groups.set(event.customer, [event]);
    else group.push(event);
  }
  return groups;
}

/**
 * Scores for several horizons from one pass, in the order of `horizons`; each list holds the customers who joined before
 * `asOf`, in the order of the shop. Reads `shop.customers` and `shop.events` only, never `shop.truth`.
 * @param asOf epoch ms, the first instant of a day of the shop's calendar, at most `shop.endsAt`
 * @throws AppError invalid_input when the cut-off or a horizon lies outside the calendar
 */
export function oracleScoresFor(shop: SimulatedShop, asOf: number, horizons: readonly number[], options: OracleOptions = {}): OracleScore[][] {
  const asOfDay = dayOf(shop.calendar, asOf);
  const last = shop.calendar.dates.length;
  if (shop.calendar.starts[asOfDay] !== asOf || asOf > shop.endsAt || horizons.length === 0 || !horizons.every((h) => Number.isInteger(h) && h >= 1 && asOfDay + h <= last)) {
    throw new AppError('invalid_input', `The oracle needs a cut-off at the start of a visible day and horizons of whole days inside the ${last} simulated days.`, { hint: 'Simulate more futureDays, or choose an earlier cut-off.' });
  }
  const groups = eventsByCustomer(shop, asOf);
  const scores: OracleScore[][] = horizons.map(() => []);
  for (const customer of shop.customers) {
    if (customer.joinedAt >= asOf) continue;
    const history = visibleHistory(customer, groups.get(customer.customer) ?? [], shop.calendar, asOf);
    const track = trackOf(history, asOfDay, shop.options.parameters);
    const random = seededRandom('oracle', customer.customer, asOfDay);
    const { probabilities, effectiveSamples } = posteriorScore(shop, track, history.cycleShift, horizons, options.particles ?? 240, random);
    probabilities.forEach((probability, k) => scores[k].push({ customer: customer.customer, probability, effectiveSamples }));
  }
  return scores;
}

/** Scores for one horizon in days; see `oracleScoresFor`. */
export function oracleScores(shop: SimulatedShop, asOf: number, horizonDays: number, options: OracleOptions = {}): OracleScore[] {
  return oracleScoresFor(shop, asOf, [horizonDays], options)[0];
}
