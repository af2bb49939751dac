/** The kernel that serves a fit: the compiled one with its threads, kept from one fit to the next, or the twin. */
import { compiledKernel } from './compiled.ts';
import type { Kernel } from './kernel.ts';
import type { WasmModule } from './webAssembly.ts';
import { twinKernel } from './twin.ts';
import { wasmKernel } from './wasmKernel.ts';
import { MOST_BYTES, workerPool, type WorkerPool } from './workerPool.ts';

/** Rows below which threads cost more than they bring. */
const ROWS_FOR_THREADS = 50_000;
const MOST_THREADS = 64;
/** A pool that holds more memory than this is not kept. */
const KEPT_BYTES = 64 * 1024 * 1024;

let kept: WorkerPool | undefined;

/** Runs `use` with a kernel for `rows` rows that will take about `bytes` bytes. */
export function withKernel<T>(rows: number, bytes: number, threads: number | undefined, use: (kernel: Kernel) => T): T {
  const module = bytes < 0.9 * MOST_BYTES ? compiledKernel() : undefined;
  if (module === undefined) return use(twinKernel());
  const wanted = rows < ROWS_FOR_THREADS ? 1 : Math.max(1, Math.min(MOST_THREADS, Math.floor(threads ?? 1)));
  return withThreads(module, wanted, use);
}

/** The same with exactly so many threads. */
export function withThreads<T>(module: WasmModule, threads: number, use: (kernel: Kernel) => T): T {
  let pool = kept;
  // Taken out while it is in use: a fit inside a fit gets another one, and a broken one is not found again.
  kept = undefined;
  if (pool !== undefined && pool.threads !== threads) {
    pool.end();
    pool = undefined;
  }
  pool ??= workerPool(module, threads);
  let whole = false;
  try {
    const result = use(wasmKernel(pool));
    whole = true;
    return result;
  } finally {
    if (whole && pool.memory.buffer.byteLength <= KEPT_BYTES) kept = pool;
    else pool.end();
  }
}
