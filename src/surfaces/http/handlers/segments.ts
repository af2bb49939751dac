/** Counts and lists the customers of a condition. Every page of a list is personal data that leaves the house, so it is written to the audit log. */
import type { z } from 'zod';
import { AppError } from '../../../base/errors.ts';
import { parseLocalDate, startOfDay } from '../../../base/time.ts';
import { describeInBoth } from '../../../conditions/describe.ts';
import { countSegment, previewSegment } from '../../../segments/count.ts';
import type { SegmentContext } from '../../../segments/context.ts';
import { listSegment } from '../../../segments/list.ts';
import { recordAudit } from '../../../store/repositories/audit.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import type { countBody, countResponse, listBody, listResponse } from '../schemas/segments.ts';

export async function contextOf(deps: AppDeps, wanted: string | undefined): Promise<{ readonly asOf: string; readonly context: SegmentContext }> {
  const asOf = wanted === undefined ? await deps.today() : parseLocalDate(wanted, 'asOf');
  return { asOf, context: { asOf: startOfDay(asOf, deps.shop.timeZone), timeZone: deps.shop.timeZone, names: (await deps.catalogue()).names } };
}

export async function countCustomersOf({ body, signal }: Call<unknown, unknown, z.output<typeof countBody>>, deps: AppDeps): Promise<z.input<typeof countResponse>> {
  const { asOf, context } = await contextOf(deps, body.asOf);
  const { estimate = null, ...count } = await (body.preview ? previewSegment : countSegment)(deps.store, body.condition, context, { signal });
  return { asOf, words: describeInBoth(body.condition, context.names), ...count, estimate };
}

export const cursorOf = (customerId: number): string => `c${customerId.toString(36)}`;

export function afterCursor(cursor: string): number {
  const after = Number.parseInt(cursor.slice(1), 36);
  if (!Number.isSafeInteger(after)) throw new AppError('invalid_input', 'The cursor is not one that a page gave.', { hint: 'Begin again without `cursor`.' });
  return after;
}

export async function listCustomersOf({ body, caller, signal }: Call<unknown, unknown, z.output<typeof listBody>>, deps: AppDeps): Promise<z.input<typeof listResponse>> {
  const { asOf, context } = await contextOf(deps, body.asOf);
  const page = await listSegment(deps.store, body.condition, context, {
    limit: body.limit,
    signal,
    tags: body.tags,
    ...(body.cursor === undefined ? {} : { after: afterCursor(body.cursor) }),
  });
  await recordAudit(deps.store.db, { at: deps.clock.now(), actor: actorOf(caller), action: 'segment.list', object: 'segment', details: { customers: page.rows.length, tags: body.tags, asOf } });
  return {
    asOf,
    rows: page.rows.map(({ externalId, tags }) => ({ customer: externalId, tags: { ...tags } })),
    next: page.next === null ? null : cursorOf(page.next),
  };
}
