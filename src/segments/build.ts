/**
 * Builds a segment under a new version and swaps, so that nobody ever reads a half-built one. Ranges of customers are decided one after the other; a build that
 * was killed goes on behind the last range, and two builders of one version do no harm: a member is a member once.
 */
import type { Knex } from 'knex';
import { AppError, throwIfCancelled } from '../base/errors.ts';
import { startOfDay } from '../base/time.ts';
import type { LocalDate } from '../base/time.ts';
import { checkNames } from '../conditions/names.ts';
import type { ConditionNames } from '../conditions/names.ts';
import { parseCondition } from '../conditions/parse.ts';
import { bindInt8, bindText, sql } from '../conditions/sql/fragment.ts';
import { planSelection, rangeSql } from '../conditions/sql/plan.ts';
import type { Store } from '../store/connection.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import type { StoredSegment } from '../store/repositories/segments.ts';
import { queueSegmentChanges } from '../store/repositories/webhookOutbox.ts';
import { instantText } from '../store/types.ts';
import { customerRanges } from './context.ts';

export interface BuildOptions {
  /** Business day that windows end at. */
  readonly asOf: LocalDate;
  readonly timeZone: string;
  readonly names: ConditionNames;
  /** Customers of one statement. */
  readonly window?: number;
  readonly signal?: AbortSignal;
  /** After each range: the last store id that was decided. */
  readonly onRange?: (upTo: number) => void;
}

export interface SegmentBuilt {
  readonly key: string;
  readonly version: number;
  readonly members: number;
  readonly entered: number;
  readonly left: number;
}

interface Open {
  readonly version: number;
  readonly builtTo: number;
}

async function addVersion(trx: Knex, store: Store, segment: StoredSegment, asOf: LocalDate): Promise<number> {
  const [next] = await selectRows<{ version: number }>(trx, 'UPDATE segments SET next_version = next_version + 1 WHERE key = ? RETURNING next_version - 1 AS version', [segment.key]);
  const version = next?.version ?? 1;
  await trx.raw(`INSERT INTO segment_versions (segment_key, version, definition_version, as_of, state, started_at) VALUES (?, ?, ?, ?::date, 'building', ?)`, [segment.key, version, segment.definitionVersion, asOf, instantText(store.clock.now())]);
  return version;
}

/** A build that is not gone on with when it is left unfinished: what it left goes with the next swap. */
export async function newVersion(store: Store, segment: StoredSegment, asOf: LocalDate): Promise<number> {
  return store.db.transaction((trx) => addVersion(trx, store, segment, asOf));
}

/** Takes an unfinished build away; one that is live stays. */
export async function abandonVersion(store: Store, key: string, version: number): Promise<void> {
  await store.db.transaction(async (trx) => {
    const gone = await selectRows(trx, `DELETE FROM segment_versions WHERE segment_key = ? AND version = ? AND state = 'building' RETURNING 1`, [key, version]);
    if (gone.length > 0) await trx.raw('DELETE FROM segment_members WHERE segment_key = ? AND version = ?', [key, version]);
  });
}

/** The build of this definition and day that was left unfinished, or a new one. */
async function openVersion(store: Store, segment: StoredSegment, asOf: LocalDate): Promise<Open> {
  return store.db.transaction(async (trx) => {
    await trx.raw('SELECT FROM segments WHERE key = ? FOR UPDATE', [segment.key]);
    const [unfinished] = await selectRows<Open>(
      trx, `SELECT version, built_to AS "builtTo" FROM segment_versions WHERE segment_key = ? AND state = 'building' AND definition_version = ? AND as_of = ?::date ORDER BY version DESC LIMIT 1`,
      [segment.key, segment.definitionVersion, asOf]);
    if (unfinished !== undefined) return unfinished;
    return { version: await addVersion(trx, store, segment, asOf), builtTo: 0 };
  });
}

async function count(trx: Knex, statement: string, bindings: Knex.RawBinding[]): Promise<number> {
  return (await trx.raw<{ rowCount: number | null }>(statement, bindings)).rowCount ?? 0;
}

/**
 * Puts the version in the place of the live one and writes who entered and who left.
 * @param over the version that this one was made from; absent: whatever is live
 * @throws AppError `conflict` where another build came first, `not_found` where the segment is gone
 */
export async function swap(store: Store, key: string, version: number, over?: number | null): Promise<SegmentBuilt> {
  return store.db.transaction(async (trx) => {
    const [row] = await selectRows<{ live: number | null }>(trx, 'SELECT live_version AS live FROM segments WHERE key = ? FOR UPDATE', [key]);
    if (row === undefined) throw new AppError('not_found', `The segment ${key} was deleted while it was built.`, { hint: 'Nothing is left of the build.' });
    if (row.live !== null && row.live > version) throw new AppError('conflict', `A later build of the segment ${key} is live already.`, { details: { version, live: row.live }, hint: 'Nothing has to be done.' });
    if (over !== undefined && row.live !== over) throw new AppError('conflict', `The segment ${key} was changed by somebody else meanwhile.`, { details: { version, live: row.live }, hint: 'Make the change again, to what is there now.' });
    // A customer who was deleted meanwhile, or refused personalisation, is no member.
    await trx.raw(
      `DELETE FROM segment_members m WHERE m.segment_key = ? AND m.version = ? AND (NOT EXISTS (SELECT FROM customers c WHERE c.customer_id = m.customer_id)
         OR EXISTS (SELECT FROM consents k WHERE k.customer_id = m.customer_id AND k.purpose = 'scoring' AND k.state = 'refused'))`, [key, version]);
    const changes = (change: 'entered' | 'left', from: number, other: number): Promise<number> => count(
      trx,
      `INSERT INTO segment_changes (segment_key, version, customer_id, change) SELECT m.segment_key, ?::int, m.customer_id, ?::text FROM segment_members m WHERE m.segment_key = ? AND m.version = ?
         AND NOT EXISTS (SELECT FROM segment_members o WHERE o.segment_key = m.segment_key AND o.version = ? AND o.customer_id = m.customer_id)`,
      [version, change, key, from, other]);
    const live = row.live ?? 0;
    const entered = await changes('entered', version, live);
    const left = await changes('left', live, version);
    const [size] = await selectRows<{ members: number }>(trx, 'SELECT count(*) AS members FROM segment_members WHERE segment_key = ? AND version = ?', [key, version]);
    const members = size?.members ?? 0;
    await trx.raw(`UPDATE segment_versions SET state = 'retired' WHERE segment_key = ? AND state = 'live'`, [key]);
    await trx.raw(`UPDATE segment_versions SET state = 'live', members = ?, entered = ?, "left" = ?, finished_at = ? WHERE segment_key = ? AND version = ?`, [members, entered, left, instantText(store.clock.now()), key, version]);
    await trx.raw('UPDATE segments SET live_version = ? WHERE key = ?', [version, key]);
    await queueSegmentChanges(trx, key, version, store.clock.now());
    // Readers of the version before have their own snapshot of it until their statement ends.
    await trx.raw('DELETE FROM segment_members WHERE segment_key = ? AND version < ?', [key, version]);
    return { key, version, members, entered, left };
  });
}

/**
 * Builds a segment with a condition. Customers who refused scoring are never members.
 * @throws AppError `invalid_input` for a list, `unknown_name`, `conflict`, `cancelled`; readers keep the version before
 */
export async function buildSegment(store: Store, segment: StoredSegment, options: BuildOptions): Promise<SegmentBuilt> {
  if (segment.condition === null) throw new AppError('invalid_input', `The segment ${segment.key} is a list of customers; it has no condition to build from.`, { hint: 'Import a new list into it instead.' });
  const condition = parseCondition(segment.condition);
  checkNames(condition, options.names);
  const context = { asOf: startOfDay(options.asOf, options.timeZone), timeZone: options.timeZone, names: options.names };
  const { version, builtTo } = await openVersion(store, segment, options.asOf);
  const [key, number] = [bindText(segment.key), bindInt8(version)];
  for await (const range of customerRanges(store, options.window ?? (store.dialect === 'pglite' ? 10_000 : 100_000), builtTo)) {
    throwIfCancelled(options.signal, 'Building the segment');
    const plan = planSelection([condition], context, range);
    const { text, bindings } = sql`insert into segment_members (segment_key, version, customer_id) select ${key}, ${number}, c.customer_id from ${plan.from} where ${rangeSql(range)} and ${plan.predicates[0]} on conflict do nothing`;
    await store.db.transaction(async (trx) => {
      if (store.dialect === 'postgres') await trx.raw(`select set_config('jit', 'off', true)`);
      await trx.raw(text, [...bindings]);
      await trx.raw('UPDATE segment_versions SET built_to = greatest(built_to, ?) WHERE segment_key = ? AND version = ?', [range.to, segment.key, version]);
    });
    options.onRange?.(range.to);
  }
  return swap(store, segment.key, version);
}
