/** Recalibrates quantile levels of waiting times, so that what is called 80 % holds 80 % of the time, waiting rows included. */
import { INTERVAL_LEVELS } from '../estimators/serving.ts';
import type { Dataset } from './dataset.ts';
import type { Fitted } from './candidate.ts';
import { candidateMatrix } from './candidate.ts';

const GRID = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);

/**
 * Levels to ask the estimator for, so that a share `p` of customers has ordered by the quantile called p. Each row's outcome is turned into
 * the level at which it fell (its probability integral transform), censored for rows still waiting; the Kaplan–Meier curve of those levels is inverted.
 * Levels the curve never reaches — customers who stay away for good — are left as the estimator has them, scaled to the end of the curve.
 */
export function recalibratedLevels(fitted: Fitted, data: Dataset): number[] | null {
  if (fitted.estimator.quantiles === undefined || data.y.length < 50) return null;
  const table = fitted.estimator.quantiles(fitted.artefact, candidateMatrix(data.x, fitted.candidate), GRID);
  const levels = Array.from(data.y, (y, row) => levelAt(table, row * GRID.length, y));
  const order = levels.map((_, i) => i).sort((a, b) => levels[a] - levels[b] || (data.observed?.[b] ?? 1) - (data.observed?.[a] ?? 1));
  let survival = 1;
  const curve: { level: number; share: number }[] = [];
  order.forEach((row, rank) => {
    if (data.observed !== undefined && data.observed[row] === 0) return;
    survival *= 1 - 1 / (order.length - rank);
    curve.push({ level: levels[row], share: 1 - survival });
  });
  const last = curve.at(-1);
  if (last === undefined) return null;
  let previous = 0;
  return INTERVAL_LEVELS.map((wanted) => {
    const reached = curve.find((point) => point.share >= wanted)?.level ?? wanted + (1 - wanted) * Math.max(0, Math.min(1, (last.level - last.share) / Math.max(1e-9, 1 - last.share)));
    previous = Math.min(0.99, Math.max(previous + 1e-4, 0.01, reached));
    return previous;
  });
}

/** Level in (0, 1) at which `y` lies among a row's quantiles, linear between grid points. */
function levelAt(table: Float64Array, start: number, y: number): number {
  if (y <= table[start]) return (GRID[0] * y) / Math.max(table[start], 1e-9);
  for (let i = 1; i < GRID.length; i++) {
    const low = table[start + i - 1];
    const high = table[start + i];
    if (y <= high) return GRID[i - 1] + (high > low ? ((y - low) / (high - low)) * 0.01 : 0.005);
  }
  return 0.995;
}
