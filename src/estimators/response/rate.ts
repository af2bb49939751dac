/** Chance that the next message has an outcome, from how earlier ones did: a decayed rate shrunk to the shop's, and what a logistic model adds to it. Pure. */
import { logit } from '../../math/stats/index.ts';
import type { Ranker } from '../preference/ranker.ts';
import { rankerLogOdds } from '../preference/ranker.ts';
import { shrunkShare } from '../preference/shrinkage.ts';
import type { OutcomeModel } from './artefact.ts';

/** Days of a period. */
export const PERIOD_DAYS = 28;

/** Beta prior of a rate, and how fast old messages lose weight. */
export interface RatePrior {
  readonly mean: number;
  /** In messages. */
  readonly strength: number;
  readonly halfLifeDays: number;
}

export interface Tally {
  /** 0 the newest. */
  readonly period: number;
  readonly tries: number;
  readonly hits: number;
}

/** What is known of a customer and a channel. Tallies in one order, oldest first, so that sums of doubles are the same. */
export interface Known {
  readonly own: readonly Tally[];
  readonly everywhere: readonly Tally[];
  readonly daysSinceAnswer: number;
  readonly recentMessages: number;
  readonly periodsSinceOrder: number;
}

export function decayed(tallies: readonly Tally[], halfLifeDays: number): { readonly tries: number; readonly hits: number } {
  let [tries, hits] = [0, 0];
  for (const one of tallies) {
    const weight = 2 ** (-(one.period * PERIOD_DAYS) / halfLifeDays);
    tries += weight * one.tries;
    hits += weight * one.hits;
  }
  return { tries, hits };
}

/** Posterior mean of the beta-binomial: (decayed hits + strength · mean) ÷ (decayed tries + strength). */
export function shrunkRate(tallies: readonly Tally[], { mean, strength, halfLifeDays }: RatePrior): number {
  const { tries, hits } = decayed(tallies, halfLifeDays);
  return shrunkShare(hits, tries, mean, strength);
}

export const SIGNALS = ['own_rate', 'everywhere_rate', 'days_since_answer', 'recent_messages', 'since_order'] as const;
export type Signal = (typeof SIGNALS)[number];

/** Signals of the logistic model, in the order of {@link SIGNALS}: log-odds of both shrunk rates, logarithms of the rest. */
export function signalsOf(known: Known, prior: RatePrior, everywhere: RatePrior): Float64Array {
  return Float64Array.of(
    logit(shrunkRate(known.own, prior)), logit(shrunkRate(known.everywhere, everywhere)), Math.log1p(known.daysSinceAnswer), Math.log1p(known.recentMessages), Math.log1p(known.periodsSinceOrder));
}

const chance = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

export function logisticChance(weights: Ranker, signals: Float64Array): number {
  return chance(rankerLogOdds(weights, signals, 0));
}

export interface Answer {
  readonly probability: number;
  /** What moved it, in log-odds from the typical customer's; empty where everybody gets the shop's rate. */
  readonly pushes: readonly { readonly signal: Signal; readonly push: number }[];
}

/** Probability that a message through the channel has the outcome. */
export function answerChance({ method, rate, prior, everywhere, logistic }: Pick<OutcomeModel, 'method' | 'rate' | 'prior' | 'everywhere' | 'logistic'>, known: Known): Answer {
  if (method === 'shop_rate') return { probability: rate, pushes: [] };
  if (method === 'logistic' && logistic !== null) {
    const signals = signalsOf(known, prior, everywhere);
    return { probability: logisticChance(logistic, signals), pushes: SIGNALS.map((signal, i) => ({ signal, push: (logistic.coefficients[i] * (signals[i] - logistic.mean[i])) / logistic.scale[i] })) };
  }
  const probability = shrunkRate(known.own, prior);
  return { probability, pushes: [{ signal: 'own_rate', push: logit(probability) - logit(prior.mean) }] };
}
