/** Reading saved segments: all of them with their size, and one with its condition in every form and its builds. */
import type { Bilingual } from '../base/text.ts';
import { describeInBoth } from '../conditions/describe.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { parseCondition } from '../conditions/parse.ts';
import { writeCondition } from '../conditions/text/write.ts';
import type { Store } from '../store/connection.ts';
import { listSegments, liveBuilds, segmentBuilds } from '../store/repositories/segments.ts';
import type { SegmentBuild, StoredSegment } from '../store/repositories/segments.ts';
import { segmentNamed } from './edit.ts';

export interface ListedSegment extends StoredSegment {
  /** The build that members are read of; null before the first one. */
  readonly live: SegmentBuild | null;
}

/** By key. */
export async function savedSegments(store: Store): Promise<ListedSegment[]> {
  const live = await liveBuilds(store.db);
  return (await listSegments(store.db)).map((segment) => ({ ...segment, live: live.get(segment.key) ?? null }));
}

export interface SegmentDetail extends StoredSegment {
  /** The condition as people type it; null where the members were given as a list. */
  readonly text: string | null;
  readonly words: Bilingual | null;
  /** Newest first, at most {@link SHOWN_BUILDS}. */
  readonly builds: readonly SegmentBuild[];
}

const SHOWN_BUILDS = 10;

/** @throws AppError `not_found` with what may have been meant. */
export async function savedSegment(store: Store, key: string, names: ConditionNames): Promise<SegmentDetail> {
  const segment = await segmentNamed(store, key);
  const condition = segment.condition === null ? undefined : parseCondition(segment.condition);
  return {
    ...segment, text: condition === undefined ? null : writeCondition(condition), words: condition === undefined ? null : describeInBoth(condition, names),
    builds: await segmentBuilds(store.db, key, SHOWN_BUILDS),
  };
}
