/** The portrait of a saved segment or of a condition, without what it is about itself. */
import { dependenciesOf } from '../conditions/dependencies.ts';
import { parseCondition } from '../conditions/parse.ts';
import type { Condition } from '../conditions/schema.ts';
import type { Store } from '../store/connection.ts';
import type { SegmentContext } from './context.ts';
import { segmentNamed } from './edit.ts';
import { portrait } from './portrait.ts';
import type { Portrait } from './portrait.ts';

export type PortraitSubject = { readonly segment: string } | { readonly condition: Condition };

/**
 * A saved segment is looked at as it was built, not as its condition would come out now. Tags that the condition names are left out.
 * @throws AppError `not_found`, `unknown_name`, `cancelled`
 */
export async function portraitOf(store: Store, subject: PortraitSubject, context: SegmentContext, options: { readonly signal?: AbortSignal } = {}): Promise<Portrait> {
  if ('condition' in subject) return portrait(store, subject.condition, context, { ...options, exclude: dependenciesOf(subject.condition).tags });
  const { key, condition } = await segmentNamed(store, subject.segment);
  return portrait(store, parseCondition({ segment: key, op: 'in' }), context, { ...options, exclude: condition === null ? [] : dependenciesOf(parseCondition(condition)).tags });
}
