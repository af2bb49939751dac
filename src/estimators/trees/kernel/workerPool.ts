/**
 * Threads that share one memory with the caller, who stays blocked while they work: workers of Node start and run while their parent waits. They are kept
 * for the next fit, unless they hold much memory.
 */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../base/errors.ts';
import { webAssembly, type WasmMemory, type WasmModule } from './webAssembly.ts';
import { BARRIER, CALLS, CALL_NUMBERS, CONTROL, CONTROL_LENGTH, END, FUNCTIONS, instantiate, runCalls, waitFor, type KernelFunction } from './runCalls.mjs';

export type Call = readonly [name: string, ...numbers: readonly number[]];
/** A call that waits for the other threads. */
export const SYNC: Call = ['barrier'];

export interface WorkerPool {
  readonly threads: number;
  readonly memory: WasmMemory;
  /** Runs the calls of each thread, at most {@link CALLS} − 1 of them, and returns when all are done. */
  readonly run: (perThread: readonly (readonly Call[])[]) => void;
  readonly end: () => void;
}

const NUMBER_OF = new Map([...FUNCTIONS.map((name, i) => [name, i] as const), ['barrier', BARRIER] as const]);

/** Bytes that WebAssembly addresses at most. */
export const MOST_BYTES = 65536 * 65536;

export function workerPool(module: WasmModule, threads: number): WorkerPool {
  const memory = new webAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_LENGTH));
  const mailbox = new Float64Array(new SharedArrayBuffer(8 * threads * CALLS * CALL_NUMBERS));
  const functions: readonly KernelFunction[] = instantiate(module, memory);
  const workers = Array.from({ length: threads - 1 }, (_, i) => {
    const worker = new Worker(new URL('./kernelWorker.mjs', import.meta.url), { workerData: { module, memory, control, mailbox, thread: i + 1, threads }, execArgv: [], stdin: false });
    worker.on('error', () => Atomics.store(control, CONTROL.failed, 1));
    worker.unref();
    return worker;
  });
  let ready = threads === 1;
  const end = (): void => {
    Atomics.store(control, CONTROL.quit, 1);
    Atomics.add(control, CONTROL.job, 1);
    Atomics.notify(control, CONTROL.job);
  };
  const broken = (): AppError => {
    end();
    for (const worker of workers) void worker.terminate();
    return new AppError('internal', `A training thread stopped answering (${threads} threads).`, { hint: 'Run it again; one thread is enough, only slower.' });
  };
  return {
    threads,
    memory,
    run(perThread) {
      if (!ready) ready = waitFor(control, CONTROL.ready, (count) => count >= threads - 1);
      if (!ready) throw broken();
      perThread.forEach((calls, thread) => {
        let at = thread * CALLS * CALL_NUMBERS;
        for (const [name, ...numbers] of calls) {
          mailbox[at] = NUMBER_OF.get(name) ?? END;
          mailbox.set(numbers, at + 1);
          at += CALL_NUMBERS;
        }
        mailbox[at] = END;
      });
      Atomics.store(control, CONTROL.barrier, 0);
      Atomics.store(control, CONTROL.done, 0);
      if (threads > 1) {
        Atomics.add(control, CONTROL.job, 1);
        Atomics.notify(control, CONTROL.job);
      }
      runCalls(functions, control, mailbox, 0, threads);
      if (threads > 1 && !waitFor(control, CONTROL.done, (count) => count >= threads - 1)) throw broken();
      if (Atomics.load(control, CONTROL.failed) !== 0) throw broken();
    },
    end,
  };
}
