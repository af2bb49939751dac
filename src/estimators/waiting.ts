/**
 * Waiting times of those who come back. Many customers never order again, so the plain median of the next order lies beyond any calendar for most of
 * a shop. What is served is the day *given an order within the window*; how likely that order is stands beside it as a probability of its own.
 *
 * With F the estimator's distribution and h the window: quantile_c = F⁻¹(c · F(h)), the truncated distribution at its level c.
 */
import type { Matrix } from '../base/matrix.ts';
import type { Estimator } from './contract.ts';

/** Levels at which the estimator is asked; dense at the low end, where customers who will hardly return have their whole window. */
const GRID = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, ...Array.from({ length: 18 }, (_, i) => 0.1 + i * 0.05), 0.97, 0.985] as const;

type WithQuantiles = Pick<Estimator<{ readonly kind: string }, unknown>, 'quantiles'>;

/** Row-major rows × GRID days, or undefined where the estimator has no distribution. */
export function waitingGrid(estimator: WithQuantiles, artefact: { readonly kind: string }, x: Matrix): Float64Array | undefined {
  return estimator.quantiles?.(artefact, x, GRID);
}

/** F(days) of one row, linear between grid points. */
function levelAt(grid: Float64Array, row: number, days: number): number {
  const start = row * GRID.length;
  if (days <= grid[start]) return (GRID[0] * days) / Math.max(grid[start], 1e-9);
  for (let i = 1; i < GRID.length; i++) {
    const low = grid[start + i - 1];
    const high = grid[start + i];
    if (days <= high) return GRID[i - 1] + (high > low ? (days - low) / (high - low) : 1) * (GRID[i] - GRID[i - 1]);
  }
  return GRID[GRID.length - 1];
}

/** F⁻¹(level) of one row, linear between grid points. */
function daysAt(grid: Float64Array, row: number, level: number): number {
  const start = row * GRID.length;
  if (level <= GRID[0]) return (grid[start] * level) / GRID[0];
  for (let i = 1; i < GRID.length; i++) {
    if (level <= GRID[i]) return grid[start + i - 1] + ((grid[start + i] - grid[start + i - 1]) * (level - GRID[i - 1])) / (GRID[i] - GRID[i - 1]);
  }
  return grid[start + GRID.length - 1];
}

/** Days at each conditional level for every row, given an order within `windowDays`: one array per level, each in (0, windowDays]. */
export function conditionalDays(grid: Float64Array, rows: number, windowDays: number, levels: readonly number[]): Float64Array[] {
  const within = Float64Array.from({ length: rows }, (_, row) => levelAt(grid, row, windowDays));
  return levels.map((level) => Float64Array.from({ length: rows }, (_, row) => Math.min(windowDays, Math.max(1 / 24, daysAt(grid, row, level * within[row])))));
}

/** Conditional level at which each outcome (days, all within the window) fell: uniform on (0, 1) where the estimator is right. */
export function conditionalLevels(grid: Float64Array, days: Float64Array, windowDays: number): Float64Array {
  return days.map((value, row) => Math.min(1, levelAt(grid, row, value) / Math.max(1e-9, levelAt(grid, row, windowDays))));
}
