/**
 * The structural equations' constants. Simulator and oracle read the same ones: the oracle may know the population,
 * never the latent values of a person. Rates are per day.
 */
import type { Random } from '../base/random.ts';

export interface ShopParameters {
  /** Personal Weibull scale of the time to the next wish to buy, days: exp(logMean + logSd · z + shift of the attributes). */
  readonly cycle: LogNormal;
  /** Personal Weibull shape: 1 is memoryless, larger is more regular. */
  readonly shape: LogNormal;
  /** Personal drop-out probability per day. */
  readonly dropOut: LogNormal;
  /** Personal visits per day without a wish to buy. */
  readonly visits: LogNormal;
  /** Personal probability of opening a message: 1 / (1 + exp(−(mean + sd · z))). */
  readonly openLogit: { readonly mean: number; readonly sd: number };
  /** Share of people who join and never order, whatever happens. */
  readonly leadShare: number;
  /** On the day of joining a non-lead orders with this probability, … */
  readonly orderAtJoin: number;
  /** … and otherwise starts with the wish to buy with this one. */
  readonly missionAtJoin: number;
  /** Share of wishes that become an order in the store on the same day, without browsing. */
  readonly directShare: number;
  /** With a wish to buy: probability per day of ordering, and of giving up when no order happened. */
  readonly missionOrder: number;
  readonly missionGiveUp: number;
  /** Additional visits per day with a wish to buy. */
  readonly missionVisits: number;
  /** Per visit, [without, with] a wish to buy: a cart, an inquiry, one more view. */
  readonly cart: readonly [number, number];
  readonly inquiry: readonly [number, number];
  readonly moreViews: readonly [number, number];
  /** Drop-out at an order: the first one, any later one. */
  readonly dropAfterFirst: number;
  readonly dropAfterLater: number;
  /** Complaint probability per day on the first `complaintDays` days after an order, and the drop-out that follows it. */
  readonly complaint: number;
  readonly complaintDays: number;
  readonly dropAfterComplaint: number;
  /** Campaigns: every so many days; hold-out share; share of persuadable people; factor on their wish to buy for some days. */
  readonly campaignEveryDays: number;
  readonly holdOut: number;
  readonly persuadableShare: number;
  readonly lift: number;
  readonly liftDays: number;
  readonly click: number;
  readonly unsubscribe: number;
}

export interface LogNormal {
  readonly logMean: number;
  readonly logSd: number;
}

export const DEFAULT_PARAMETERS: ShopParameters = Object.freeze<ShopParameters>({
  cycle: { logMean: Math.log(38), logSd: 0.7 },
  shape: { logMean: Math.log(1.35), logSd: 0.3 },
  dropOut: { logMean: Math.log(1 / 400), logSd: 0.7 },
  visits: { logMean: Math.log(0.02), logSd: 0.7 },
  openLogit: { mean: -0.9, sd: 0.9 },
  leadShare: 0.1,
  orderAtJoin: 0.65,
  missionAtJoin: 0.6,
  directShare: 0.2,
  missionOrder: 0.12,
  missionGiveUp: 0.05,
  missionVisits: 0.45,
  cart: [0.05, 0.35],
  inquiry: [0.01, 0.04],
  moreViews: [0.3, 0.5],
  dropAfterFirst: 0.22,
  dropAfterLater: 0.03,
  complaint: 0.008,
  complaintDays: 5,
  dropAfterComplaint: 0.35,
  campaignEveryDays: 35,
  holdOut: 0.1,
  persuadableShare: 0.3,
  lift: 1.5,
  liftDays: 7,
  click: 0.2,
  unsubscribe: 0.01,
});

/** Number of standard normal coordinates that a person's continuous latent values are made of. */
export const LATENT_DIMENSIONS = 5;

/** What decides a person's timing and what nobody sees. */
export interface Latents {
  readonly lead: boolean;
  readonly persuadable: boolean;
  readonly cycleDays: number;
  readonly shape: number;
  readonly dropOut: number;
  readonly visits: number;
  readonly open: number;
}

/** Latent values from normal coordinates; the oracle walks the same map. */
export function latentsFrom(p: ShopParameters, z: ArrayLike<number>, offset: number, cycleShift: number, lead: boolean, persuadable: boolean): Latents {
  return {
    lead,
    persuadable,
    cycleDays: Math.exp(p.cycle.logMean + p.cycle.logSd * z[offset] + cycleShift),
    shape: Math.exp(p.shape.logMean + p.shape.logSd * z[offset + 1]),
    dropOut: Math.min(0.5, Math.exp(p.dropOut.logMean + p.dropOut.logSd * z[offset + 2])),
    visits: Math.exp(p.visits.logMean + p.visits.logSd * z[offset + 3]),
    open: 1 / (1 + Math.exp(-(p.openLogit.mean + p.openLogit.sd * z[offset + 4]))),
  };
}

export function drawLatents(p: ShopParameters, random: Random, cycleShift: number): Latents {
  const z = Array.from({ length: LATENT_DIMENSIONS }, () => random.normal());
  const lead = random.next() < p.leadShare;
  return latentsFrom(p, z, 0, cycleShift, lead, random.next() < p.persuadableShare);
}

/** Probability that the wish to buy arises on the `gap`-th day after the last order (or joining), gap ≥ 1: Weibull with the day's factor on its hazard. */
export function wishProbability(latents: Latents, gap: number, factor: number): number {
  const hazard = Math.pow(gap / latents.cycleDays, latents.shape) - Math.pow((gap - 1) / latents.cycleDays, latents.shape);
  return 1 - Math.exp(-hazard * factor);
}
