/** Runs the statements of one count or list under one time limit. */
import type { Knex } from 'knex';
import { AppError, throwIfCancelled } from '../base/errors.ts';
import type { Statement } from '../conditions/compile.ts';
import type { Store } from '../store/connection.ts';
import { SEGMENT_TIMEOUT_MS } from './context.ts';
import type { SegmentOptions } from './context.ts';

export interface Runner {
  rows<Row>(statement: Statement): Promise<Row[]>;
  /** Milliseconds since the start. */
  elapsed(): number;
}

function overrun(limit: number): AppError {
  return new AppError('store_unavailable', `The segment took longer than its limit of ${limit} ms.`, {
    details: { limitMs: limit },
    hint: 'Shorten the windows of its event conditions, name the event kinds, or run it from the command line: `tagcast segment count`.',
  });
}

/**
 * On PostgreSQL the server stops a statement that would pass the limit; on the embedded store the limit is checked between windows,
 * and a single statement is bounded by the store's own watchdog.
 * @throws AppError `store_unavailable` past the limit, `cancelled`.
 */
export function startRunner(store: Store, options: SegmentOptions): Runner {
  const limit = options.timeoutMs ?? SEGMENT_TIMEOUT_MS;
  const started = store.clock.now();
  const elapsed = (): number => store.clock.now() - started;
  const query = async <Row>(db: Knex, { sql, bindings }: Statement): Promise<Row[]> => (await db.raw<{ rows: Row[] }>(sql, [...bindings])).rows;
  return {
    elapsed,
    async rows<Row>(statement: Statement): Promise<Row[]> {
      throwIfCancelled(options.signal, 'The segment');
      const left = Math.floor(limit - elapsed());
      if (left <= 0) throw overrun(limit);
      if (store.dialect === 'pglite') return query<Row>(store.db, statement);
      return store.db.transaction(async (trx) => {
        await trx.raw(`select set_config('statement_timeout', ?, true)`, [String(left)]);
        // Of a long plan, compiling it to machine code costs more than it saves at these sizes.
        await trx.raw(`select set_config('jit', 'off', true)`);
        // Sets of half a million customers are hashed in memory and not on disk.
        await trx.raw(`select set_config('work_mem', '64MB', true)`);
        return query<Row>(trx, statement);
      });
    },
  };
}
