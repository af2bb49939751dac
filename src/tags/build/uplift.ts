/** Uplift tags 营销增益 of one customer. Where an experiment cannot rank, every customer's tag says 证据不足 and carries no number. */
import type { Tag } from '../tag.ts';
import { UPLIFT_GROUP_KEY, upliftDefinitions, upliftTagKey } from '../catalogue/uplift.ts';
import type { TagDefinition } from '../catalogue/definition.ts';
import { scoreKey } from './context.ts';
import type { CustomerInput, RunContext, ScoreOfHead, UpliftContext } from './context.ts';
import { banded, envelope, none } from './draft.ts';
import type { Draft } from './draft.ts';
import { percentileOf } from '../bands.ts';

/** Names under which a run keeps scores of an experiment: the effect, and the outcome without treatment. */
export const upliftScore = (experiment: string): string => `uplift_${experiment}`;
export const naturalScore = (experiment: string): string => `natural_${experiment}`;

const INSUFFICIENT: Draft = { status: 'insufficient_data', band: 'insufficient_evidence' };

export function upliftGroup({ low, high }: { readonly low: number; readonly high: number }, natural: number, naturalMean: number): string {
  if (low > 0) return 'persuadable';
  if (high < 0) return 'do_not_disturb';
  return natural >= naturalMean ? 'sure_thing' : 'lost_cause';
}

interface Known {
  readonly effect: ScoreOfHead;
  readonly interval: NonNullable<ScoreOfHead['interval']>;
  readonly group: string;
}

/** What is known of the customer, or the draft that stands for it. */
function knownOf(experiment: UpliftContext, customer: CustomerInput): Known | Draft {
  const { key, responseDays, version, rankable, paused = false, naturalMean } = experiment;
  if (paused) return none('model_paused');
  if (version === null || !rankable) return INSUFFICIENT;
  if (customer.facts === undefined) return none('insufficient_data');
  const effect = customer.scores.get(scoreKey(upliftScore(key), responseDays));
  const natural = customer.scores.get(scoreKey(naturalScore(key), responseDays));
  // Nothing of what the model reads is known of this customer.
  if (effect === undefined || natural === undefined) return none('not_eligible');
  const { interval } = effect;
  if (interval === null || !Number.isFinite(effect.value) || !Number.isFinite(natural.value)) return none('insufficient_data');
  return { effect, interval, group: upliftGroup(interval, natural.value, naturalMean) };
}

/** A sign that the interval is sure of is worth more than one that it leaves open. */
const confidenceOf = (group: string): 'high' | 'medium' => (group === 'persuadable' || group === 'do_not_disturb' ? 'high' : 'medium');

function ofExperiment(experiment: UpliftContext, known: Known | Draft): Draft {
  if ('status' in known) return known;
  const { effect: { value }, interval, group } = known;
  const scale = experiment.unit === 'points' ? 100 : 1;
  return {
    status: 'ok', value: scale * value, band: group, interval: { low: scale * interval.low, high: scale * interval.high, level: interval.level }, horizonDays: experiment.responseDays, confidence: confidenceOf(group),
    percentile: experiment.grid.length === 0 ? null : percentileOf(value, experiment.grid),
  };
}

/** One tag per experiment, and the group; none where there are no experiments. */
export function upliftTags(run: RunContext, customer: CustomerInput): Tag[] {
  const experiments = run.experiments ?? [];
  if (experiments.length === 0) return [];
  const known = experiments.map((experiment) => ({ experiment, known: knownOf(experiment, customer) }));
  const of = (definition: TagDefinition, draft: Draft, from: UpliftContext): Tag => ({
    ...envelope(definition, customer.optedOut ? none('opted_out') : draft, run), source: { name: upliftTagKey(from.key), version: from.version ?? 0, run: run.runId },
  });
  // Newest first: the first that can tell, else the first that says why not.
  const telling = known.find((one) => !('status' in one.known)) ?? known.find(({ experiment }) => experiment.rankable) ?? known[0];
  const group: Draft = 'status' in telling.known ? telling.known : banded(telling.known.group, { horizonDays: telling.experiment.responseDays, confidence: confidenceOf(telling.known.group) });
  return upliftDefinitions(experiments).map((definition, i) => (definition.key === UPLIFT_GROUP_KEY ? of(definition, group, telling.experiment) : of(definition, ofExperiment(experiments[i], known[i].known), experiments[i])));
}
