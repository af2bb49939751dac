/** From the little that a tag kind knows to the whole envelope. */
import { addDays } from '../../base/time.ts';
import { percentileOf } from '../bands.ts';
import type { Tag, TagStatus } from '../tag.ts';
import type { TagDefinition } from '../catalogue/definition.ts';
import type { CustomerInput, HeadContext, ModelContext, RunContext, ScoreOfHead } from './context.ts';
import { scoreKey } from './context.ts';

/** What one tag says about one customer: a status without a value (and, where the reason has a name of its own, its band), or a value with what belongs to it. */
export type Draft =
  | { readonly status: Exclude<TagStatus, 'ok'>; readonly band?: string }
  | ({ readonly status: 'ok'; readonly value: NonNullable<Tag['value']> } & Partial<Pick<Tag, 'band' | 'probability' | 'percentile' | 'lift' | 'interval' | 'horizonDays' | 'confidence' | 'reasons'>>);

export const none = (status: Exclude<TagStatus, 'ok'>): Draft => ({ status });
/** A tag whose value is the code of its band. */
export const banded = (code: string, more: Omit<Extract<Draft, { status: 'ok' }>, 'status' | 'value' | 'band'> = {}): Draft => ({ status: 'ok', value: code, band: code, ...more });
/** A number, or `insufficient_data` where there is none. */
export const numbered = (value: number, more: Omit<Extract<Draft, { status: 'ok' }>, 'status' | 'value'> = {}): Draft =>
  Number.isFinite(value) ? { status: 'ok', value, ...more } : none('insufficient_data');

/** Name and version of what statistical tags are computed by. */
export const FACTS_SOURCE = { name: 'facts', version: 1 } as const;

/** A model with its version, the lifecycle rules with theirs, or plain facts. */
function sourceOf({ model, kind }: TagDefinition, run: RunContext): { name: string; version: number } {
  if (model !== undefined) return { name: model, version: run.models.get(model)?.version ?? FACTS_SOURCE.version };
  return kind === 'lifecycle' ? { name: 'lifecycle', version: run.lifecycle.rulesVersion } : FACTS_SOURCE;
}

export function envelope(definition: TagDefinition, draft: Draft, run: RunContext): Tag {
  const filled = draft.status === 'ok' ? draft : undefined;
  return {
    key: definition.key,
    kind: definition.kind,
    status: draft.status,
    value: filled?.value ?? null,
    band: draft.band ?? null,
    probability: filled?.probability ?? null,
    percentile: filled?.percentile ?? null,
    lift: filled?.lift ?? null,
    interval: filled?.interval ?? null,
    horizonDays: filled?.horizonDays ?? null,
    asOf: run.asOf,
    validFrom: run.asOf,
    expiresAt: definition.ttlDays === null ? null : addDays(run.asOf, definition.ttlDays),
    source: { ...sourceOf(definition, run), run: run.runId },
    confidence: filled?.confidence ?? (filled === undefined || definition.model !== undefined ? null : 'high'),
    reasons: [...(filled?.reasons ?? [])],
  };
}

export interface HeadScore {
  readonly model: ModelContext;
  readonly head: HeadContext;
  readonly score: ScoreOfHead;
}

/** A customer's score of a head, or the status that stands for it. `horizonDays` absent: the primary head. */
export function scoreOf(run: RunContext, customer: CustomerInput, model: string, horizonDays?: number): HeadScore | Exclude<TagStatus, 'ok'> {
  const known = run.models.get(model);
  if (known === undefined) return 'model_paused';
  if (customer.facts === undefined) return 'insufficient_data';
  const head = horizonDays === undefined ? known.heads[0] : known.heads.find((one) => one.horizonDays === horizonDays);
  // The model serves, but there was not enough history to learn this horizon.
  if (head === undefined) return 'insufficient_data';
  const score = customer.scores.get(scoreKey(model, head.horizonDays));
  if (score !== undefined) return Number.isFinite(score.value) ? { model: known, head, score } : 'insufficient_data';
  return 'not_eligible';
}

/** Percentile among the customers scored in the run; null where the run has no grid. */
export function percentileIn(head: HeadContext, value: number): number | null {
  return head.grid.length === 0 ? null : percentileOf(value, head.grid);
}

/** What every tag read from one head carries. */
export function headPart({ head, score }: HeadScore): Pick<Tag, 'percentile' | 'horizonDays' | 'confidence'> {
  return { percentile: percentileIn(head, score.value), horizonDays: head.horizonDays, confidence: head.confidence };
}

export function probabilityPart(scored: HeadScore): Pick<Tag, 'probability' | 'percentile' | 'lift' | 'horizonDays' | 'confidence'> {
  const { head, score } = scored;
  return { ...headPart(scored), probability: score.value, lift: head.baseRate > 0 ? score.value / head.baseRate : null };
}
