/** Recalibrates the levels of waiting times on a period that the fit had not seen: what is called 80 % then holds for 80 % of those who came back. */
import { conformalLevels } from '../estimators/calibration/index.ts';
import { INTERVAL_LEVELS } from '../estimators/serving.ts';
import { conditionalLevels, waitsOf } from '../estimators/waiting.ts';
import { WAITING_GROUPS, waitingGroups } from '../estimators/waitingGroups.ts';
import type { Dataset } from './dataset.ts';
import type { Fitted } from './candidate.ts';
import { candidateMatrix } from './candidate.ts';

const LEAST_ROWS = 50;
/** Rows from which a group has levels of its own: a fifth-sized tail of forty customers is placed to about a twentieth. */
const GROUP_ROWS = 200;

export interface WaitingLevels {
  /** Level to ask for in place of each of {@link INTERVAL_LEVELS}; null where there is no distribution or too little to learn from. */
  readonly levels: number[] | null;
  readonly groups?: (number[] | null)[];
}

/** `data`: rows that came back. The shop's levels, and those of each group of {@link WAITING_GROUPS} with enough rows. */
export function recalibratedLevels(fitted: Fitted, data: Dataset, windowDays: number): WaitingLevels {
  if (data.y.length < LEAST_ROWS) return { levels: null };
  const waits = waitsOf(fitted.estimator, fitted.artefact, candidateMatrix(data.x, fitted.candidate));
  if (waits === undefined) return { levels: null };
  const fell = conditionalLevels(waits, data.y, windowDays);
  const levels = conformalLevels(fell, INTERVAL_LEVELS);
  const group = waitingGroups(data.x);
  if (group === undefined) return { levels };
  const groups = WAITING_GROUPS.map((_, g) => {
    const own = fell.filter((__, row) => group[row] === g);
    return own.length < GROUP_ROWS ? null : conformalLevels(own, INTERVAL_LEVELS);
  });
  return groups.some((own) => own !== null) ? { levels, groups } : { levels };
}
