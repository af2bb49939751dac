/** Recalibrates the levels of waiting times (split conformal, Vovk 2003): what is called 80 % then holds for 80 % of those who came back. */
import { INTERVAL_LEVELS } from '../estimators/serving.ts';
import { conditionalLevels, waitingGrid } from '../estimators/waiting.ts';
import type { Dataset } from './dataset.ts';
import type { Fitted } from './candidate.ts';
import { candidateMatrix } from './candidate.ts';

const LEAST_ROWS = 50;

/** Level to ask for in place of each of {@link INTERVAL_LEVELS}; null where there is no distribution or too little to learn from. `data`: rows that came back. */
export function recalibratedLevels(fitted: Fitted, data: Dataset, windowDays: number): number[] | null {
  const grid = waitingGrid(fitted.estimator, fitted.artefact, candidateMatrix(data.x, fitted.candidate));
  if (grid === undefined || data.y.length < LEAST_ROWS) return null;
  const fell = conditionalLevels(grid, data.y, windowDays).sort();
  const n = fell.length;
  return INTERVAL_LEVELS.map((level) => {
    const place = level * (n + 1) - 1;
    const below = Math.max(0, Math.min(n - 1, Math.floor(place)));
    const above = Math.min(n - 1, below + 1);
    return Math.min(0.999, Math.max(0.001, fell[below] + (place - below) * (fell[above] - fell[below])));
  });
}
