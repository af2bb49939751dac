/** What was learned of how messages are answered, channel by channel: a few numbers each, no customer. */
import { z } from 'zod';
import { finite, float64Block } from '../codec.ts';
import { SIGNALS } from './rate.ts';

export const RESPONSE_OUTCOMES = ['open', 'click', 'convert'] as const;
/** From simple to involved. */
export const RESPONSE_METHODS = ['shop_rate', 'beta_binomial', 'logistic'] as const;
export type ResponseMethod = (typeof RESPONSE_METHODS)[number];

const rate = finite.gt(0).lt(1);
const weights = z.strictObject({ mean: float64Block, scale: float64Block, coefficients: float64Block })
  .refine(({ mean, scale, coefficients }) => mean.length === SIGNALS.length && scale.length === SIGNALS.length && coefficients.length === SIGNALS.length + 1, 'must have one entry per signal');

const outcomeSchema = z.strictObject({
  outcome: z.enum(RESPONSE_OUTCOMES), method: z.enum(RESPONSE_METHODS),
  /** Share of the shop's messages that had the outcome, older ones with less weight: what lift is relative to. */
  rate,
  prior: z.strictObject({ mean: rate, strength: finite.positive(), halfLifeDays: finite.positive() }),
  /** The same over all channels. */
  everywhere: z.strictObject({ mean: rate, strength: finite.positive(), halfLifeDays: finite.positive() }),
  logistic: weights.nullable(),
  /** 101 points: the probability at 0, 1, …, 100 % of the customers who were sent messages. */
  grid: z.array(finite.min(0).max(1)).length(101),
}).refine(({ method, logistic }) => (method === 'logistic') === (logistic !== null), 'must have weights where the logistic model serves, and there only');
export type OutcomeModel = z.infer<typeof outcomeSchema>;

const channelSchema = z.strictObject({
  /** Part of the tag's key. */
  slug: z.string().regex(/^[a-z0-9_]{1,40}$/),
  name: z.string(),
  /** Whether any message of the channel was ever seen to be opened. */
  seen: z.boolean(),
  /** Outcomes that could be learned and tested. */
  outcomes: z.array(outcomeSchema).readonly(),
});
export type ChannelModel = z.infer<typeof channelSchema>;

/** `days`: within which something counts as following a message. Most used channels first. */
export const responseSchema = z.strictObject({ days: z.int().positive(), channels: z.array(channelSchema).readonly() });
export type ResponseModel = z.infer<typeof responseSchema>;
