/** Overlap of segments, and members given as a list. */
import type { z } from 'zod';
import { silentProgress } from '../../../base/progress.ts';
import { lookalikes } from '../../../jobs/lookalikes/job.ts';
import { segmentNamed } from '../../../segments/edit.ts';
import { changeList } from '../../../segments/lists.ts';
import { overlap } from '../../../segments/overlap.ts';
import { recordAudit } from '../../../store/repositories/audit.ts';
import { similarCustomers } from '../../../store/repositories/segments.ts';
import type { SimilarCustomer } from '../../../store/repositories/segments.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import type { segmentParams } from '../schemas/savedSegments.ts';
import type { listChangeBody, listChangedSchema, lookalikeBody, lookalikeSchema, overlapBody, overlapSchema, similarQuery, similarSchema } from '../schemas/segmentSets.ts';

export async function readOverlap({ body }: Call<unknown, unknown, z.output<typeof overlapBody>>, deps: AppDeps): Promise<z.input<typeof overlapSchema>> {
  const { segments, customers, combinations, pairs } = await overlap(deps.store, body.segments);
  return { segments: segments.map((one) => ({ ...one, label: { ...one.label } })), customers, combinations: combinations.map((one) => ({ ...one, segments: [...one.segments] })), pairs: pairs.map((pair) => ({ ...pair })) };
}

export async function changeListSegment({ params: { key }, body, caller, signal }: Call<z.output<typeof segmentParams>, unknown, z.output<typeof listChangeBody>>, deps: AppDeps): Promise<z.input<typeof listChangedSchema>> {
  const { customers, change, label, owner } = body;
  return { ...(await changeList(deps.store, { key, change, ids: [customers], asOf: await deps.today(), actor: actorOf(caller), signal, ...(label === undefined ? {} : { label }), ...(owner === undefined ? {} : { owner }) })) };
}

const DEFAULT_SHARE = 0.05;
const similarView = ({ externalId, percentile, reasons }: Pick<SimilarCustomer, 'externalId' | 'percentile' | 'reasons'>): z.input<typeof similarSchema>['rows'][number] =>
  ({ customer: externalId, percentile, reasons: reasons.map(({ direction, text }) => ({ direction, text: { ...text } })) });

export async function findLookalikes({ params: { key }, body, caller, signal }: Call<z.output<typeof segmentParams>, unknown, z.output<typeof lookalikeBody>>, deps: AppDeps): Promise<z.input<typeof lookalikeSchema>> {
  const { save, share, count, label } = body;
  const find = deps.lookalikes ?? lookalikes;
  const { seed, ranked, saved, estimator, candidates, dropped, top } = await find(deps.scoring({ progress: silentProgress, signal }), {
    seed: key, save, asOf: await deps.today(), actor: actorOf(caller), size: count === undefined ? { share: share ?? DEFAULT_SHARE } : { count }, ...(label === undefined ? {} : { label }),
  });
  return {
    seed: { ...seed }, ranked, saved: { ...saved }, estimator, candidates: candidates.map((one) => ({ estimator: one.estimator, auc: { ...one.auc } })),
    dropped: dropped.map(({ column, why }) => ({ column, why })), top: top.map(similarView),
  };
}

export async function listSimilar({ params: { key }, query, caller }: Call<z.output<typeof segmentParams>, z.output<typeof similarQuery>, unknown>, { store }: AppDeps): Promise<z.input<typeof similarSchema>> {
  await segmentNamed(store, key);
  const rows = (await similarCustomers(store.db, key, query.limit ?? 100)).map(similarView);
  await recordAudit(store.db, { at: store.clock.now(), actor: actorOf(caller), action: 'segment.similar_listed', object: key, details: { rows: rows.length } });
  return { rows };
}
