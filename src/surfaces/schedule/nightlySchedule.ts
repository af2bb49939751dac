/** Wakes the planner once a minute. It decides nothing: what is due is read from the table of runs, so a missed or doubled tick changes nothing. */
import { schedule } from 'node-cron';
import { dueRuns, nightly } from '../../jobs/nightly.ts';
import type { NightlyReport, NightlyTimes } from '../../jobs/nightly.ts';
import type { ScoringDeps } from '../../jobs/scoring/deps.ts';

export interface ScheduleEvents {
  readonly onDone: (asOf: string, report: NightlyReport) => void;
  readonly onError: (asOf: string | undefined, error: unknown) => void;
}

export interface NightlySchedule {
  /** Asks now, for example at start, when the night was missed. */
  tick(): Promise<void>;
  /** No further ticks; waits for the one under way. */
  stop(): Promise<void>;
}

/** After this many failures of one day in a row, in minutes: 1, 2, 4 … up to an hour between attempts. */
const LONGEST_PAUSE_MS = 3_600_000;

export function scheduleNightly(deps: ScoringDeps, times: Omit<NightlyTimes, 'timeZone'>, events: ScheduleEvents): NightlySchedule {
  let working: Promise<void> | undefined;
  let failures = 0;
  let notBefore = -Infinity;
  const ask = async (): Promise<void> => {
    let day: string | undefined;
    try {
      if (deps.clock.now() < notBefore) return;
      for (const { asOf } of await dueRuns(deps.store, deps.clock, { ...times, timeZone: deps.timeZone })) {
        day = asOf;
        events.onDone(asOf, await nightly(deps, { asOf }));
      }
      failures = 0;
    } catch (error) {
      notBefore = deps.clock.now() + Math.min(LONGEST_PAUSE_MS, 60_000 * 2 ** failures++);
      events.onError(day, error);
    }
  };
  const tick = (): Promise<void> => (working ??= ask().finally(() => { working = undefined; }));
  // The cron's own time zone does not matter: it fires every minute of any zone.
  const task = schedule('* * * * *', tick, { noOverlap: true, name: 'tagcast nightly' });
  return {
    tick,
    async stop() {
      await task.stop();
      await working;
    },
  };
}
