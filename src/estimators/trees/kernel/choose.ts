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
/** A pool that holds more memory than this is given up once no fit has asked for it for so long. */
const KEPT_BYTES = 64 * 1024 * 1024;
const IDLE_MS = 1000;

/** Pools that no fit uses at present, by their number of threads. */
const idle = new Map<number, WorkerPool>();
const goodbyes = new WeakMap<WorkerPool, NodeJS.Timeout>();

/** Runs `use` with a kernel for `rows` rows that will take about `bytes` bytes. */
export function withKernel<T>(rows: number, bytes: number, threads: number | undefined, use: (kernel: Kernel) => T): T {
  const module = bytes < 0.9 * MOST_BYTES ? compiledKernel() : undefined;
  if (module === undefined) return use(twinKernel());
  const wanted = rows < ROWS_FOR_THREADS ? 1 : Math.max(1, Math.min(MOST_THREADS, Math.floor(threads ?? 1)));
  return withThreads(module, wanted, use);
}

/** The same with exactly so many threads. */
export function withThreads<T>(module: WasmModule, threads: number, use: (kernel: Kernel) => T): T {
  const pool = idle.get(threads) ?? workerPool(module, threads);
  // Taken out while it is in use: a fit inside a fit gets another one, and a broken one is not found again.
  idle.delete(threads);
  clearTimeout(goodbyes.get(pool));
  let whole = false;
  try {
    const result = use(wasmKernel(pool));
    whole = true;
    return result;
  } finally {
    if (whole && !idle.has(threads)) keep(pool);
    else pool.end();
  }
}

/**
 * For the next fit. A fit of several fits never returns to its event loop, where ended workers would let go of their shared memory, and V8 does not count such memory when it
 * decides whether to collect: a pool of each fit's own would stay beside the next one's.
 */
function keep(pool: WorkerPool): void {
  idle.set(pool.threads, pool);
  if (pool.memory.buffer.byteLength <= KEPT_BYTES) return;
  const goodbye = setTimeout(() => {
    if (idle.get(pool.threads) === pool) idle.delete(pool.threads);
    pool.end();
  }, IDLE_MS);
  goodbye.unref();
  goodbyes.set(pool, goodbye);
}
