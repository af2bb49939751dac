/** What the shop taught about preferences, as an artefact: its own shares, curves and rates, and the items with what suggests them. No customer is in it. */
import { z } from 'zod';
import { finite, float64Block, int32Block, uint8Block } from '../codec.ts';
import { responseSchema } from '../response/artefact.ts';
import { METHODS, SIGNALS } from './suggest.ts';

const share = finite.min(0).max(1);
const names = z.array(z.string()).readonly();
const strength = finite.positive();

const sharesSchema = z.strictObject({ names, shares: z.array(finite.positive().max(1)), strength }).refine((one) => one.names.length === one.shares.length, 'must have one share per name');

const durabilitySchema = z.strictObject({ periodDays: float64Block, repeatShare: float64Block, repeatError: float64Block, firstShare: float64Block });

export const itemModelSchema = z.strictObject({
  names, groups: names, groupOf: int32Block,
  params: z.strictObject({
    popularDays: z.int().positive(), halfLifeDays: finite.positive(),
    als: z.strictObject({ factors: z.int().positive(), regularisation: finite.positive(), alpha: finite.positive(), iterations: z.int().positive() }).optional(),
  }),
  popularity: float64Block, yearPopularity: float64Block, popularOrder: int32Block, groupShare: float64Block, durability: durabilitySchema,
  neighbours: z.strictObject({ width: z.int().positive(), at: int32Block, similarity: float64Block }), factors: float64Block,
}).refine(({ names: { length: n }, groups, groupOf, popularity, yearPopularity, popularOrder, groupShare, durability: d, neighbours, factors, params }) => {
  const perItem = [groupOf, popularity, yearPopularity, popularOrder, d.periodDays, d.repeatShare, d.repeatError, d.firstShare].every(({ length }) => length === n);
  const factorised = factors.length === 0 || (params.als !== undefined && factors.length === n * params.als.factors);
  const inRange = groupOf.every((group) => group >= -1 && group < groups.length) && popularOrder.every((item) => item >= 0 && item < n) && neighbours.at.every((item) => item >= -1 && item < n);
  return perItem && factorised && inRange && groupShare.length === groups.length && neighbours.at.length === n * neighbours.width && neighbours.similarity.length === n * neighbours.width;
}, 'must have one entry per item everywhere');

const rankerSchema = z.strictObject({ mean: float64Block, scale: float64Block, coefficients: float64Block })
  .refine(({ mean, scale, coefficients }) => mean.length === SIGNALS.length && scale.length === SIGNALS.length && coefficients.length === SIGNALS.length + 1, 'must have one entry per signal');

export const preferenceSchema = z.strictObject({
  kind: z.literal('preference'),
  /** First day (YYYY-MM-DD) that nothing in here knows. */
  end: z.string(),
  /** Half-life, in days, of a purchase in shares of categories. */
  halfLifeDays: finite.positive(),
  categories: sharesSchema,
  /** Categories of which one is enough for a while, with the days of that while. */
  durableCategories: z.strictObject({ names, periodDays: z.array(finite.positive()) }),
  contents: z.strictObject({ source: z.enum(['topic', 'category']), shares: sharesSchema }),
  /** Channels with messages, or with visits and orders where the shop sends none. A rate of 0: what is sent there cannot be seen to be opened. */
  channels: z.strictObject({ source: z.enum(['message', 'activity']), names, rates: z.array(share), strength }),
  hours: z.strictObject({ source: z.enum(['response', 'activity']), curve: z.array(finite.positive().max(1)).length(24), strength }),
  /** Share of orders with a discount by period of the calendar; `overall` for periods that are not listed. */
  discounts: z.strictObject({ overall: share, periods: z.array(z.int()), shares: z.array(share), strength }),
  /** Share of messages that get a response, and messages in a period to a customer who gets any. */
  contacts: z.strictObject({ rate: share, strength, typicalPerPeriod: finite.min(0) }),
  products: z.strictObject({ model: itemModelSchema, durable: uint8Block, method: z.enum(METHODS), ranker: rankerSchema.nullable() }).nullable(),
  /** How messages are answered; absent in earlier versions, and where the shop sends none. */
  responses: responseSchema.optional(),
});
export type PreferenceArtefact = z.infer<typeof preferenceSchema>;
