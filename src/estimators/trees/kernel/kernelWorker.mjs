/** A thread of the kernel: sleeps until there is a job, does its part of it, and says so. It never returns to its event loop before it is told to end. */
import { workerData } from 'node:worker_threads';
import { CONTROL, instantiate, runCalls } from './runCalls.mjs';

const { module, memory, control, mailbox, thread, threads } = workerData;
const functions = instantiate(module, memory);
const SPINS = 100;
let seen = 0;

function nextJob() {
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(control, CONTROL.job) !== seen) return;
  while (Atomics.load(control, CONTROL.job) === seen) Atomics.wait(control, CONTROL.job, seen);
}

Atomics.add(control, CONTROL.ready, 1);
Atomics.notify(control, CONTROL.ready);
for (;;) {
  nextJob();
  seen = Atomics.load(control, CONTROL.job);
  if (Atomics.load(control, CONTROL.quit) !== 0) break;
  try {
    runCalls(functions, control, mailbox, thread, threads);
  } catch {
    Atomics.store(control, CONTROL.failed, 1);
    Atomics.notify(control, CONTROL.barrier);
  }
  Atomics.add(control, CONTROL.done, 1);
  Atomics.notify(control, CONTROL.done);
}
