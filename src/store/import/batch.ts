/** A batch of mapped records, and its way into the store in one transaction together with the counts. */
import type { Knex } from 'knex';
import { localDate } from '../../base/time.ts';
import { dedupeKey } from '../repositories/dedupe.ts';
import { copyCounts, spread, tick, type ImportCounts } from './counts.ts';
import { recordCounts } from './ledger.ts';
import type { Mapping } from './mapping.ts';
import { occurrences } from './occurrences.ts';
import type { QuarantineFile, QuarantinedRecord } from './quarantine.ts';
import type { QuarantineReason } from './reasons.ts';
import type { RowOutcome, Taken, TakenEvent } from './rows.ts';
import { occurrenceKey, writeEvents, type KeyedEvent } from './writeEvents.ts';
import { writeConsents, writeCustomers, writeIdentities, type WrittenProfiles } from './writeProfiles.ts';

const MAX_ROWS = 10_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Where a record stands in the file; its text is asked for only when it goes to quarantine. */
export interface Origin {
  readonly line: number;
  readonly bytes: number;
  raw(): string;
}

/** Records that wait for one transaction. */
export interface Batch {
  readonly taken: Taken[];
  readonly keys: string[];
  /** Filled for the targets whose rows the store itself may refuse. */
  readonly origins: QuarantinedRecord[];
  readonly quarantined: QuarantinedRecord[];
  readonly skips: Record<string, number>;
  readonly notes: Record<string, number>;
  rows: number;
  skipped: number;
  /** Lines equal to another one of the batch. */
  repeated: number;
  bytes: number;
}

export function emptyBatch(): Batch {
  return { taken: [], keys: [], origins: [], quarantined: [], skips: {}, notes: {}, rows: 0, skipped: 0, repeated: 0, bytes: 0 };
}

export function isFull(batch: Batch): boolean {
  return batch.rows >= MAX_ROWS || batch.bytes >= MAX_BYTES;
}

export interface Collector {
  /** Puts one record into the batch. */
  add(batch: Batch, outcome: RowOutcome, origin: Origin): void;
  /** Takes note of a record that an earlier, interrupted run has committed. */
  pass(outcome: RowOutcome): void;
  /** Whether `pass` has to see the committed records. */
  readonly mustSeeAll: boolean;
}

/** Gives events their keys; equal lines are one event, or numbered. */
export function collector(mapping: Mapping, source: string, timeZone: string): Collector {
  const keep = mapping.target === 'events' && mapping.duplicates === 'keep';
  const seen = keep ? occurrences() : undefined;
  let inBatch = new Set<string>();
  let current: Batch | undefined;
  const keyOf = (event: TakenEvent['event']): string => {
    const key = dedupeKey(source, event);
    return seen === undefined || event.eventId !== undefined ? key : occurrenceKey(key, seen.next(key));
  };
  const addEvent = (batch: Batch, taken: TakenEvent): boolean => {
    if (current !== batch) {
      current = batch;
      inBatch = new Set();
    }
    const { event } = taken;
    if (taken.orderPer === 'day') event.orderRef = `${localDate(event.occurredAt, timeZone)}/${event.customer}`.slice(0, 256);
    const key = keyOf(event);
    if (inBatch.has(key)) return false;
    inBatch.add(key);
    if (taken.orderPer === 'line') event.orderRef = key;
    batch.keys.push(key);
    batch.taken.push(taken);
    return true;
  };
  const setAside = (batch: Batch, reason: QuarantineReason, origin: Origin): void => {
    const raw = origin.raw();
    batch.quarantined.push({ line: origin.line, bytes: origin.bytes, reason, raw });
    batch.bytes += raw.length;
  };
  return {
    mustSeeAll: keep,
    pass(outcome) {
      if (keep && 'take' in outcome && outcome.take.target === 'events') {
        const { take } = outcome;
        if (take.orderPer === 'day') take.event.orderRef = `${localDate(take.event.occurredAt, timeZone)}/${take.event.customer}`.slice(0, 256);
        keyOf(take.event);
      }
    },
    add(batch, outcome, origin) {
      batch.rows += 1;
      batch.bytes += origin.bytes;
      if ('quarantine' in outcome) return setAside(batch, outcome.quarantine, origin);
      if ('skip' in outcome) {
        batch.skipped += 1;
        tick(batch.skips, outcome.skip);
        return;
      }
      if (outcome.note !== undefined) tick(batch.notes, outcome.note);
      if (outcome.take.target === 'events') {
        if (!addEvent(batch, outcome.take)) batch.repeated += 1;
        return;
      }
      batch.taken.push(outcome.take);
      if (outcome.take.target === 'identities') batch.origins.push({ line: origin.line, bytes: origin.bytes, reason: 'identity_taken', raw: origin.raw() });
    },
  };
}

export interface CommitContext {
  readonly db: Knex;
  readonly importId: number;
  readonly source: string;
  readonly mapping: Mapping;
  readonly quarantine: QuarantineFile;
  /** Epoch ms: `ingested_at`. */
  readonly at: number;
}

async function writeProfiles(trx: Knex, batch: Batch, context: CommitContext): Promise<WrittenProfiles> {
  const of = <T extends Taken['target']>(target: T) => batch.taken.filter((row): row is Extract<Taken, { target: T }> => row.target === target);
  switch (context.mapping.target) {
    case 'customers':
      return writeCustomers(trx, of('customers'), context.at);
    case 'identities':
      return writeIdentities(trx, of('identities'), context.at);
    default:
      return writeConsents(trx, of('consents'), context.source, context.mapping.target === 'consents' && context.mapping.time !== undefined, context.at);
  }
}

/** Commits the batch and returns the counts after it. On an error nothing of the batch is in the store, and `counts` still holds. */
export async function commitBatch(batch: Batch, counts: ImportCounts, context: CommitContext, milliseconds: number): Promise<ImportCounts> {
  return context.db.transaction(async (trx) => {
    const next = copyCounts(counts);
    const quarantined = [...batch.quarantined];
    next.rows += batch.rows;
    next.skipped += batch.skipped;
    next.duplicates += batch.repeated;
    for (const [reason, count] of Object.entries(batch.skips)) tick(next.skipReasons, reason, count);
    for (const [reason, count] of Object.entries(batch.notes)) tick(next.notes, reason, count);
    if (context.mapping.target === 'events') {
      const events = batch.taken.map((row, i): KeyedEvent => Object.assign((row as TakenEvent).event, { dedupe_key: batch.keys[i] ?? '' }));
      const written = await writeEvents(trx, events, context.importId, context.at);
      let taken = 0;
      for (const { kind, taken: count, first, last } of written.kinds) {
        taken += count;
        tick(next.kinds, kind, count);
        spread(next, first, last);
      }
      next.taken += taken;
      next.duplicates += events.length - taken;
      next.customersCreated += written.customersCreated;
    } else if (batch.taken.length > 0) {
      const written = await writeProfiles(trx, batch, context);
      for (const [i, outcome] of written.outcomes.entries()) {
        const origin = batch.origins[i];
        if (outcome === 'taken') next.taken += 1;
        else if (outcome === 'duplicate' || origin === undefined) next.duplicates += 1;
        else quarantined.push(origin);
      }
      next.customersCreated += written.customersCreated;
    }
    quarantined.sort((a, b) => a.line - b.line);
    for (const { reason } of quarantined) tick(next.quarantineReasons, reason);
    next.quarantined += quarantined.length;
    await context.quarantine.write(quarantined);
    next.quarantineBytes = context.quarantine.bytes;
    next.milliseconds = milliseconds;
    await recordCounts(trx, context.importId, next);
    return next;
  });
}
