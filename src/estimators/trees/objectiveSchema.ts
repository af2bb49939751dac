import { z } from 'zod';
import { finite, float64Block } from '../codec.ts';

/** Cumulative hazard of a row with score 0 at its steps (Breslow 1974), from which Cox scores become days. */
const baselineHazard = z.object({ days: float64Block, hazard: float64Block }).refine(
  ({ days, hazard }) => days.length > 0 && days.length === hazard.length && rising(days) && rising(hazard) && days[0] > 0 && hazard[0] > 0,
  'a baseline hazard needs as many rising hazards as rising days',
);

function rising(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] <= values[i - 1]) return false;
  return true;
}

/** Error distributions of accelerated failure time: log days = score + error · sigma while trees grew, score + location + error · spread of what they left unexplained. Artefacts of before have no location. */
export const AFT_DISTRIBUTIONS = ['normal', 'logistic', 'extreme'] as const;
export type AftDistribution = (typeof AFT_DISTRIBUTIONS)[number];

/** What the trees of an artefact minimised, with all that predictions need to know of it. */
export const fittedObjectiveSchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('log_loss') }),
  z.object({ name: z.literal('softmax') }),
  z.object({ name: z.literal('squared_error') }),
  z.object({ name: z.literal('absolute_error') }),
  z.object({ name: z.literal('quantile'), alpha: finite.gt(0).lt(1) }),
  z.object({ name: z.literal('poisson') }),
  z.object({ name: z.literal('gamma') }),
  z.object({ name: z.literal('tweedie'), power: finite.gt(1).max(2) }),
  z.object({ name: z.literal('cox'), baseline: baselineHazard }),
  z.object({ name: z.literal('aft'), distribution: z.enum(AFT_DISTRIBUTIONS), sigma: finite.positive(), spread: finite.positive(), location: finite.optional() }),
]);
export type FittedObjective = z.infer<typeof fittedObjectiveSchema>;
export type ObjectiveName = FittedObjective['name'];
