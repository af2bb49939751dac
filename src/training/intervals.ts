/** Recalibrates the levels of waiting times on periods that the fits had not seen: what is called 80 % then holds for 80 % of those who came back. */
import { conformalLevels } from '../estimators/calibration/index.ts';
import { INTERVAL_LEVELS } from '../estimators/serving.ts';
import { conditionalLevels, waitsOf } from '../estimators/waiting.ts';
import { WAITING_GROUPS, waitingGroups } from '../estimators/waitingGroups.ts';
import type { Dataset } from './dataset.ts';
import type { Fitted } from './candidate.ts';
import { candidateMatrix } from './candidate.ts';

const LEAST_ROWS = 50;
/** Rows from which a group has levels of its own: a tenth of forty customers is placed to about a twentieth. */
const GROUP_ROWS = 200;

export interface WaitingLevels {
  /** Level to ask for in place of each of {@link INTERVAL_LEVELS}; null where there is no distribution or too little to learn from. */
  readonly levels: number[] | null;
  readonly groups?: (number[] | null)[];
}

interface Period {
  readonly fitted: Fitted;
  /** Rows that came back. */
  readonly data: Dataset;
}

interface Fell {
  readonly levels: Float64Array;
  readonly group: Uint8Array | undefined;
}

/**
 * The shop's levels, and those of each group of {@link WAITING_GROUPS} with enough rows. Each period has its season, and a shift that one period showed is half season and half
 * lasting for all that can be known: levels are the average of those of the given periods and of the fit's own, on which nothing is to be moved.
 */
export function recalibratedLevels(periods: readonly Period[], windowDays: number): WaitingLevels {
  const fell = periods.flatMap(({ fitted, data }): Fell[] => {
    if (data.y.length < LEAST_ROWS) return [];
    const waits = waitsOf(fitted.estimator, fitted.artefact, candidateMatrix(data.x, fitted.candidate));
    return waits === undefined ? [] : [{ levels: conditionalLevels(waits, data.y, windowDays), group: waitingGroups(data.x) }];
  });
  if (fell.length === 0) return { levels: null };
  const levels = averaged(fell.map((period) => conformalLevels(period.levels, INTERVAL_LEVELS)));
  const groups = WAITING_GROUPS.map((_, g) => {
    const own = fell.map((period) => period.levels.filter((__, row) => period.group?.[row] === g)).filter((part) => part.length >= GROUP_ROWS);
    return own.length === 0 ? null : averaged(own.map((part) => conformalLevels(part, INTERVAL_LEVELS)));
  });
  return groups.some((own) => own !== null) ? { levels, groups } : { levels };
}

/** The mean of the levels of some periods and of {@link INTERVAL_LEVELS} themselves. */
export function averaged(periods: readonly (readonly number[])[]): number[] {
  return INTERVAL_LEVELS.map((level, k) => periods.reduce<number>((sum, levels) => sum + levels[k], level) / (periods.length + 1));
}
