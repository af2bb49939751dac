/** Builds saved segments, those that others look at first. A segment that cannot be built keeps its members and says why; the others go on. */
import { describeError, throwIfCancelled } from '../base/errors.ts';
import { silentProgress } from '../base/progress.ts';
import type { Progress } from '../base/progress.ts';
import type { LocalDate } from '../base/time.ts';
import { dependenciesOf } from '../conditions/dependencies.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { parseCondition } from '../conditions/parse.ts';
import { buildSegment } from '../segments/build.ts';
import type { SegmentBuilt } from '../segments/build.ts';
import { segmentNamed } from '../segments/edit.ts';
import type { Store } from '../store/connection.ts';
import { listSegments } from '../store/repositories/segments.ts';
import type { StoredSegment } from '../store/repositories/segments.ts';
import { loadCatalogue } from '../tags/catalogue/catalogue.ts';

export interface SegmentsDeps {
  readonly store: Store;
  readonly timeZone: string;
  readonly names?: Pick<ConditionNames, 'attributes' | 'eventKinds'>;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export type SegmentOutcome = SegmentBuilt | { readonly key: string; readonly failure: { readonly code: string; readonly message: string } };

/** In an order in which each comes after those it looks at; circles cannot be saved. */
function inOrder(segments: readonly StoredSegment[]): StoredSegment[] {
  const byKey = new Map(segments.map((segment) => [segment.key, segment]));
  const ordered = new Set<StoredSegment>();
  const add = (segment: StoredSegment): void => {
    if (ordered.has(segment)) return;
    if (segment.condition !== null) {
      for (const key of dependenciesOf(parseCondition(segment.condition)).segments) {
        const used = byKey.get(key);
        if (used !== undefined) add(used);
      }
    }
    ordered.add(segment);
  };
  segments.forEach(add);
  return [...ordered];
}

/** Builds one saved segment now, whatever its status and schedule. @throws AppError `not_found`, `invalid_input` for a list, `unknown_name`, `conflict` for a later build, `cancelled` */
export async function buildSegmentNow(deps: SegmentsDeps, key: string, asOf: LocalDate): Promise<SegmentBuilt> {
  return build(deps, await segmentNamed(deps.store, key), asOf, (await loadCatalogue(deps.store.db, deps.names)).names);
}

function build({ store, timeZone, signal }: SegmentsDeps, segment: StoredSegment, asOf: LocalDate, names: ConditionNames): Promise<SegmentBuilt> {
  return buildSegment(store, segment, { asOf, timeZone, names, ...(signal === undefined ? {} : { signal }) });
}

/**
 * @param options.keys segments to build, whatever their schedule; absent: every enabled one that is built nightly
 * @throws AppError `not_found` for a key that does not exist, `cancelled`
 */
export async function buildSegments(deps: SegmentsDeps, options: { readonly asOf: LocalDate; readonly keys?: readonly string[] }): Promise<SegmentOutcome[]> {
  const { store } = deps;
  const chosen = options.keys === undefined
    ? (await listSegments(store.db)).filter(({ status, schedule, condition }) => status === 'enabled' && schedule === 'nightly' && condition !== null)
    : await Promise.all(options.keys.map((key) => segmentNamed(store, key)));
  const { names } = await loadCatalogue(store.db, deps.names);
  const outcomes: SegmentOutcome[] = [];
  for (const segment of inOrder(chosen)) {
    throwIfCancelled(deps.signal, 'Building segments');
    try {
      outcomes.push(await build(deps, segment, options.asOf, names));
    } catch (error) {
      throwIfCancelled(deps.signal, 'Building segments');
      const { code, message } = describeError(error);
      outcomes.push({ key: segment.key, failure: { code, message } });
    }
    (deps.progress ?? silentProgress)({ step: 'segments', done: outcomes.length, total: chosen.length, unit: 'segments', detail: segment.key });
  }
  return outcomes;
}
