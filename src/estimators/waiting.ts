/**
 * Waiting times in two readings. Many customers never order again, so the plain median of the next order lies beyond any calendar for most of a shop.
 *
 * *Given an order within the window*: what is served. How likely that order is stands beside it as a probability of its own. With F the estimator's distribution
 * and h the window: quantile_c = F⁻¹(c · F(h)), the truncated distribution at its level c.
 *
 * *Whole wait, cut at the window*: min(T, h), every customer counted, whoever does not come back at h. Its quantile is min(F⁻¹(c), h), and its median is what an
 * absolute error over all customers asks for. It is measured beside the other (src/training/wholeWait.ts).
 */
import type { Matrix } from '../base/matrix.ts';
import type { Estimator, RowDistributions } from './contract.ts';

type Artefact = { readonly kind: string };

/** The wait of every row of `x`: the estimator's own distributions, or its quantiles read by straight lines; undefined where it has neither. */
export function waitsOf(estimator: Pick<Estimator<Artefact, unknown>, 'quantiles' | 'distribution'>, artefact: Artefact, x: Matrix): RowDistributions | undefined {
  const distribution = estimator.distribution?.(artefact, x);
  if (distribution !== undefined) return distribution;
  const grid = estimator.quantiles?.(artefact, x, GRID);
  if (grid === undefined) return undefined;
  return {
    rows: x.rows,
    cdf: (days) => days.map((value, row) => levelOnGrid(grid, row, value)),
    quantiles: (levels, perRow) => levels.map((level, i) => daysOnGrid(grid, Math.floor(i / perRow), level)),
  };
}

/** Levels at which an estimator without a distribution function is asked; dense at the low end, where customers who will hardly return have their whole window. */
const GRID = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, ...Array.from({ length: 18 }, (_, i) => 0.1 + i * 0.05), 0.97, 0.985] as const;

/** F(days) of one row, linear between grid points. */
function levelOnGrid(grid: Float64Array, row: number, days: number): number {
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
function daysOnGrid(grid: Float64Array, row: number, level: number): number {
  const start = row * GRID.length;
  if (level <= GRID[0]) return (grid[start] * level) / GRID[0];
  for (let i = 1; i < GRID.length; i++) {
    if (level <= GRID[i]) return grid[start + i - 1] + ((grid[start + i] - grid[start + i - 1]) * (level - GRID[i - 1])) / (GRID[i] - GRID[i - 1]);
  }
  return grid[start + GRID.length - 1];
}

/** Levels of a row; as many for each. */
export type RowLevels = (row: number) => readonly number[];

/** Columns of days, one per level, from a table of rows × perRow; each is at least an hour and at most the window. */
function columnsWithin(table: Float64Array, rows: number, perRow: number, windowDays: number): Float64Array[] {
  return Array.from({ length: perRow }, (_, k) => Float64Array.from({ length: rows }, (__, row) => Math.min(windowDays, Math.max(1 / 24, table[row * perRow + k]))));
}

function daysOf(waits: RowDistributions, windowDays: number, perRow: number, level: (row: number, k: number) => number): Float64Array[] {
  const wanted = new Float64Array(waits.rows * perRow);
  // A level of 1 has no day.
  for (let row = 0; row < waits.rows; row++) for (let k = 0; k < perRow; k++) wanted[row * perRow + k] = Math.min(level(row, k), 1 - 1e-9);
  return columnsWithin(waits.quantiles(wanted, perRow), waits.rows, perRow, windowDays);
}

const fullWindow = (waits: RowDistributions, windowDays: number): Float64Array => waits.cdf(new Float64Array(waits.rows).fill(windowDays));

/** Days at each of `perRow` conditional levels, given an order within `windowDays`: one array per level, each in (0, windowDays]. */
export function conditionalDays(waits: RowDistributions, windowDays: number, levels: RowLevels, perRow: number): Float64Array[] {
  const within = fullWindow(waits, windowDays);
  return daysOf(waits, windowDays, perRow, (row, k) => levels(row)[k] * within[row]);
}

/** Conditional level at which each outcome (days, all within the window) fell: uniform on (0, 1) where the estimator is right. */
export function conditionalLevels(waits: RowDistributions, days: Float64Array, windowDays: number): Float64Array {
  const within = fullWindow(waits, windowDays);
  return waits.cdf(days).map((level, row) => Math.min(1, level / Math.max(1e-9, within[row])));
}

/** Days of the whole wait, cut at the window, at each of `perRow` levels. */
export function wholeDays(waits: RowDistributions, windowDays: number, levels: RowLevels, perRow: number): Float64Array[] {
  return daysOf(waits, windowDays, perRow, (row, k) => levels(row)[k]);
}

/** Level at which each whole wait fell, those beyond the window at the window's own level: the interval between two levels, cut there, holds exactly these. */
export function wholeLevels(waits: RowDistributions, days: Float64Array, windowDays: number): Float64Array {
  return waits.cdf(days.map((value) => Math.min(value, windowDays)));
}
