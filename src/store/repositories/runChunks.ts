/** The ledger of a run's chunks: what is written there is not done twice. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows } from './bulk.ts';
import type { RunRef } from './runs.ts';
import { lockRun } from './runs.ts';

export interface RunChunk {
  readonly chunk: number;
  readonly state: 'done' | 'failed';
  readonly customers: number;
  readonly finishedAt: number;
}

/** In the transaction that wrote the chunk's rows. @throws AppError `run_fenced` */
export async function recordChunk(trx: Knex.Transaction, run: RunRef, chunk: { readonly chunk: number; readonly state: 'done' | 'failed'; readonly customers: number; readonly at: number }): Promise<void> {
  await lockRun(trx, run, 'write');
  await trx.raw(
    `INSERT INTO run_chunks (run_id, chunk, state, customers, finished_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (run_id, chunk) DO UPDATE SET state = excluded.state, customers = excluded.customers, finished_at = excluded.finished_at`,
    [run.runId, chunk.chunk, chunk.state, chunk.customers, instantText(chunk.at)],
  );
}

export async function listChunks(db: Knex, runId: number): Promise<RunChunk[]> {
  return selectRows<RunChunk>(db, `SELECT chunk, state, customers, finished_at AS "finishedAt" FROM run_chunks WHERE run_id = ? ORDER BY chunk`, [runId]);
}
