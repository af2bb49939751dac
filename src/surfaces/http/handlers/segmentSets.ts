/** Overlap of segments, and members given as a list. */
import type { z } from 'zod';
import { changeList } from '../../../segments/lists.ts';
import { overlap } from '../../../segments/overlap.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import type { segmentParams } from '../schemas/savedSegments.ts';
import type { listChangeBody, listChangedSchema, overlapBody, overlapSchema } from '../schemas/segmentSets.ts';

export async function readOverlap({ body }: Call<unknown, unknown, z.output<typeof overlapBody>>, deps: AppDeps): Promise<z.input<typeof overlapSchema>> {
  const { segments, customers, combinations, pairs } = await overlap(deps.store, body.segments);
  return { segments: segments.map((one) => ({ ...one, label: { ...one.label } })), customers, combinations: combinations.map((one) => ({ ...one, segments: [...one.segments] })), pairs: pairs.map((pair) => ({ ...pair })) };
}

export async function changeListSegment({ params: { key }, body, caller, signal }: Call<z.output<typeof segmentParams>, unknown, z.output<typeof listChangeBody>>, deps: AppDeps): Promise<z.input<typeof listChangedSchema>> {
  const { customers, change, label, owner } = body;
  return { ...(await changeList(deps.store, { key, change, ids: [customers], asOf: await deps.today(), actor: actorOf(caller), signal, ...(label === undefined ? {} : { label }), ...(owner === undefined ? {} : { owner }) })) };
}
