/** Segments whose members are given as a list of ids: versioned and swapped like every build, with who entered and who left. */
import { AppError, throwIfCancelled } from '../base/errors.ts';
import type { Bilingual } from '../base/text.ts';
import type { LocalDate } from '../base/time.ts';
import type { ConditionNames } from '../conditions/names.ts';
import type { Store } from '../store/connection.ts';
import { arrayLiteral, selectRows } from '../store/repositories/bulk.ts';
import { findSegment } from '../store/repositories/segments.ts';
import type { StoredSegment } from '../store/repositories/segments.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { abandonVersion, newVersion, swap } from './build.ts';
import type { SegmentBuilt } from './build.ts';
import { createSegment } from './edit.ts';

export type ListChange = 'replace' | 'add' | 'remove';

export interface ListRequest {
  readonly key: string;
  readonly change: ListChange;
  /** The shop's own ids, in batches of at most some ten thousand; the same id twice counts once. */
  readonly ids: AsyncIterable<readonly string[]> | Iterable<readonly string[]>;
  readonly asOf: LocalDate;
  readonly actor: string;
  /** Of a list that is not there yet. */
  readonly label?: Bilingual;
  readonly owner?: string;
  readonly signal?: AbortSignal;
  readonly onBatch?: (ids: number) => void;
}

export interface ListBuilt extends SegmentBuilt {
  /** Ids of the list, each time it stands there. */
  readonly given: number;
  /** Of these, how many are the id of a customer. */
  readonly matched: number;
  /** Ids that no customer has. */
  readonly unmatched: number;
}

async function listNamed(store: Store, { key, change, label, owner, actor }: ListRequest): Promise<StoredSegment> {
  const found = await findSegment(store.db, key);
  if (found === undefined) {
    if (change === 'remove') throw new AppError('not_found', `There is no segment "${key.slice(0, 64)}" to take customers out of.`, { hint: 'Run `tagcast segment saved`.' });
    const words = label ?? { zh: key, en: key };
    const names: ConditionNames = { tags: [], stages: [] };
    return createSegment(store, { key, label: words, description: words, owner: owner ?? actor, condition: null, status: 'enabled', schedule: 'manual', holdoutShare: 0 }, names, actor);
  }
  if (found.condition !== null) throw new AppError('invalid_input', `The segment ${key} has a condition; its members cannot be given as a list.`, { hint: 'Choose another key for the list, and use it in conditions as `segment.key`.' });
  return found;
}

interface Filling {
  readonly store: Store;
  readonly request: ListRequest;
  readonly version: number;
}

/** Writes the batches into the version. */
async function fill({ store, request: { key, change, signal, onBatch }, version }: Filling, batches: AsyncIterable<readonly string[]>): Promise<{ given: number; matched: number }> {
  const counts = { given: 0, matched: 0 };
  for await (const ids of batches) {
    throwIfCancelled(signal, 'Changing the list');
    const rows = await selectRows<{ id: number; name: string }>(store.db, 'SELECT customer_id AS id, external_id AS name FROM customers WHERE external_id = ANY (?::text[])', [arrayLiteral('text', [...new Set(ids)])]);
    const found = arrayLiteral('int8', rows.map(({ id }) => id));
    if (change === 'remove') await store.db.raw('DELETE FROM segment_members WHERE segment_key = ? AND version = ? AND customer_id = ANY (?::int8[])', [key, version, found]);
    else await store.db.raw('INSERT INTO segment_members (segment_key, version, customer_id) SELECT ?, ?::int, unnest(?::int8[]) ON CONFLICT DO NOTHING', [key, version, found]);
    const known = new Set(rows.map(({ name }) => name));
    counts.given += ids.length;
    counts.matched += ids.filter((id) => known.has(id)).length;
    onBatch?.(counts.given);
  }
  return counts;
}

/** The source from its first batch on, which is read before anything is written: what is wrong with a file shows there. */
async function opened(ids: ListRequest['ids']): Promise<AsyncGenerator<readonly string[]>> {
  async function* all(): AsyncGenerator<readonly string[]> {
    yield* ids;
  }
  const rest = all();
  const first = await rest.next();
  return (async function* continued(): AsyncGenerator<readonly string[]> {
    if (first.done === true) return;
    yield first.value;
    yield* rest;
  })();
}

/**
 * Makes a list segment where there is none, and changes its members. Nobody sees a half-changed list; ids that no customer has are counted and left out.
 * @throws AppError `invalid_input` for a segment with a condition, `not_found`, `conflict` where another change came first, `cancelled`; what `ids` throws. The list is then as it was.
 */
export async function changeList(store: Store, request: ListRequest): Promise<ListBuilt> {
  const batches = await opened(request.ids);
  const segment = await listNamed(store, request);
  const { key, change } = request;
  const version = await newVersion(store, segment, request.asOf);
  try {
    if (change !== 'replace' && segment.liveVersion !== null) {
      await store.db.raw('INSERT INTO segment_members (segment_key, version, customer_id) SELECT segment_key, ?::int, customer_id FROM segment_members WHERE segment_key = ? AND version = ?', [version, key, segment.liveVersion]);
    }
    const counts = await fill({ store, request, version }, batches);
    // A list that is put in the place of another one does not care what was there before; one that was changed does.
    const built = await swap(store, key, version, change === 'replace' ? undefined : segment.liveVersion);
    await recordAudit(store.db, { at: store.clock.now(), actor: request.actor, action: `segment.list_${change}`, object: key, details: { version, ...counts } });
    return { ...built, ...counts, unmatched: counts.given - counts.matched };
  } catch (error) {
    await abandonVersion(store, key, version).catch(() => undefined);
    throw error;
  }
}
