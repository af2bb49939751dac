/** States of a run, as a list that the compiler holds equal to the store's type. */
import type { RunState } from '../../../store/repositories/runs.ts';

const states = { pending: true, running: true, done: true, failed: true, held: true } as const satisfies Record<RunState, true>;
export const RUN_STATES = Object.keys(states) as RunState[];
