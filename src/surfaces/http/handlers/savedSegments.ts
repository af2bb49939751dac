/** Saved segments: read, saved, built, deleted. */
import type { z } from 'zod';
import { silentProgress } from '../../../base/progress.ts';
import { describeInBoth } from '../../../conditions/describe.ts';
import { buildSegmentNow } from '../../../jobs/segments.ts';
import { createSegment, editSegment, removeSegment } from '../../../segments/edit.ts';
import { savedSegment, savedSegments } from '../../../segments/saved.ts';
import { recordAudit } from '../../../store/repositories/audit.ts';
import type { SegmentBuild, StoredSegment } from '../../../store/repositories/segments.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call } from '../route.ts';
import { instantText } from '../schemas/common.ts';
import type { builtSchema, deletedSchema, segmentBody, segmentListSchema, segmentParams, segmentSchema } from '../schemas/savedSegments.ts';

type SegmentCall<Body = unknown> = Call<z.output<typeof segmentParams>, unknown, Body>;
type SegmentView = z.input<typeof segmentSchema>;

function buildView({ startedAt, finishedAt, ...build }: SegmentBuild): SegmentView['builds'][number] {
  return { ...build, startedAt: instantText(startedAt), finishedAt: finishedAt === null ? null : instantText(finishedAt) };
}

function headView({ key, label, description, owner, status, schedule, holdoutShare, definitionVersion, createdAt, updatedAt }: StoredSegment): Omit<SegmentView, 'condition' | 'text' | 'words' | 'builds'> {
  return { key, label: { ...label }, description: { ...description }, owner, status, schedule, holdoutShare, definitionVersion, createdAt: instantText(createdAt), updatedAt: instantText(updatedAt) };
}

export async function listSavedSegments(_call: unknown, deps: AppDeps): Promise<z.input<typeof segmentListSchema>> {
  return { segments: (await savedSegments(deps.store)).map((segment) => ({ ...headView(segment), live: segment.live === null ? null : buildView(segment.live) })) };
}

async function viewOf(deps: AppDeps, key: string): Promise<SegmentView> {
  const detail = await savedSegment(deps.store, key, (await deps.catalogue()).names);
  return { ...headView(detail), condition: detail.condition as SegmentView['condition'], text: detail.text, words: detail.words, builds: detail.builds.map(buildView) };
}

export async function readSavedSegment({ params }: SegmentCall, deps: AppDeps): Promise<SegmentView> {
  return viewOf(deps, params.key);
}

export async function saveSavedSegment({ params: { key }, body, caller }: SegmentCall<z.output<typeof segmentBody>>, deps: AppDeps): Promise<SegmentView> {
  const { names } = await deps.catalogue();
  const { expectedVersion, description, ...rest } = body;
  const definition = { ...rest, description: description ?? describeInBoth(body.condition, names) };
  await (expectedVersion === 0 ? createSegment(deps.store, { key, ...definition }, names, actorOf(caller)) : editSegment(deps.store, key, definition, names, actorOf(caller), expectedVersion));
  return viewOf(deps, key);
}

export async function deleteSavedSegment({ params: { key }, caller }: SegmentCall, deps: AppDeps): Promise<z.input<typeof deletedSchema>> {
  await removeSegment(deps.store, key, actorOf(caller));
  return { deleted: key };
}

export async function buildSavedSegment({ params: { key }, caller, signal }: SegmentCall, deps: AppDeps): Promise<z.input<typeof builtSchema>> {
  const built = await buildSegmentNow(deps.scoring({ progress: silentProgress, signal }), key, await deps.today());
  await recordAudit(deps.store.db, { at: deps.clock.now(), actor: actorOf(caller), action: 'segment.built', object: key, details: { version: built.version, members: built.members } });
  return { ...built };
}
