/**
 * What one thread does of a job: the calls in its part of the mailbox, in order. Plain JavaScript, so that a worker needs nothing but this file.
 * A call is 16 numbers: which function, then its arguments. −1 ends the list, −2 waits for the other threads.
 */

/** Exported functions of the compiled kernel, by number of call. */
export const FUNCTIONS = ['hashValues', 'binValues', 'sortValues', 'logistic', 'quantiseNarrow', 'quantiseFine', 'partRows', 'finishLeaf', 'addValue', 'addTree'];
export const CALL_NUMBERS = 16;
export const CALLS = 64;
export const END = -1;
export const BARRIER = -2;

/** Numbers of the control block, 64 bytes apart so that threads do not fight for a line. */
export const CONTROL = { job: 0, done: 16, barrier: 32, failed: 48, quit: 64, ready: 80 };
export const CONTROL_LENGTH = 96;

/** Looks before a thread goes to sleep: on a busy machine spinning takes the core from the thread that is waited for. */
const SPINS = 100;
/** Milliseconds without an answer after which a thread counts as dead. */
const PATIENCE = 60_000;

/** Waits until `control[at]` fulfils `reached`; false when a thread failed or nothing came for a minute. */
export function waitFor(control, at, reached) {
  for (let spin = 0; spin < SPINS; spin++) if (reached(Atomics.load(control, at))) return true;
  for (;;) {
    const now = Atomics.load(control, at);
    if (reached(now)) return true;
    if (Atomics.load(control, CONTROL.failed) !== 0) return false;
    if (Atomics.wait(control, at, now, PATIENCE) === 'timed-out') return false;
  }
}

/** Runs the calls of `thread`. Throws when another thread failed. */
export function runCalls(functions, control, mailbox, thread, threads) {
  let barriers = 0;
  for (let at = thread * CALLS * CALL_NUMBERS; ; at += CALL_NUMBERS) {
    const which = mailbox[at];
    if (which === END) return;
    if (which === BARRIER) {
      barriers++;
      const target = barriers * threads;
      if (Atomics.add(control, CONTROL.barrier, 1) + 1 === target) Atomics.notify(control, CONTROL.barrier);
      else if (!waitFor(control, CONTROL.barrier, (arrived) => arrived >= target)) throw new Error('another thread stopped');
      continue;
    }
    // Arguments beyond those that a function takes are ignored.
    functions[which](
      mailbox[at + 1], mailbox[at + 2], mailbox[at + 3], mailbox[at + 4], mailbox[at + 5], mailbox[at + 6], mailbox[at + 7],
      mailbox[at + 8], mailbox[at + 9], mailbox[at + 10], mailbox[at + 11], mailbox[at + 12], mailbox[at + 13], mailbox[at + 14],
    );
  }
}

/** The compiled functions over `memory`, in the order of their numbers. */
export function instantiate(module, memory) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return FUNCTIONS.map((name) => exports[name]);
}
