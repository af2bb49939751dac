import type { TreeGrid } from './grid.ts';
import type { CategoryRules, GrowthParams } from './growthParams.ts';

/** Sums of a leaf's rows in steps of the grid: gradients, second derivatives, weight. */
export interface Sums {
  readonly g: number;
  readonly h: number;
  readonly w: number;
}

/** Where to cut a leaf. */
export interface Split {
  readonly slot: number;
  /** Bins 1 … `bin` go left; 0 where `set` says which. */
  readonly bin: number;
  /** 256 bytes, 1 where a bin goes left. */
  readonly set: Uint8Array | undefined;
  /** Undefined where the leaf has no missing values. */
  readonly missingLeft: boolean | undefined;
  /** In steps: g² per h. */
  readonly gain: number;
}

/** Limits of children and penalties, in steps. */
export interface StepRules {
  readonly l1: number;
  readonly l2: number;
  readonly minRows: number;
  readonly minHessian: number;
  readonly minGain: number;
  /** Steps of gradient ÷ steps of second derivative, by which a value of the score becomes one in steps. */
  readonly perStep: number;
  readonly categories: CategoryRules;
}

/** What a leaf's value must keep within, before the learning rate, on the scale of the score. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export const UNBOUND: Bounds = { low: -Infinity, high: Infinity };

/** G with L1 taken off. */
export function shrunk(g: number, l1: number): number {
  return l1 === 0 ? g : Math.sign(g) * Math.max(0, Math.abs(g) - l1);
}

/** Value of a leaf in steps: −T(G)/(H + λ) within the bounds. */
export function outputOf({ g, h }: Sums, { l1, l2, perStep }: StepRules, extra: number, { low, high }: Bounds): number {
  const free = h + l2 + extra > 0 ? -shrunk(g, l1) / (h + l2 + extra) : 0;
  return Math.min(Math.max(free, low * perStep), high * perStep);
}

/** What the loss falls by when a leaf takes `output`, doubled: −2·T(G)·output − (H + λ)·output². At the free output it is T(G)²/(H + λ). */
export function gainOf({ g, h }: Sums, output: number, { l1, l2 }: StepRules, extra: number): number {
  return -2 * shrunk(g, l1) * output - (h + l2 + extra) * output * output;
}

/** Rules in steps of a tree's grid. */
export function stepRules({ l1, l2, minRows, minHessian, minGain, categories }: GrowthParams, grid: TreeGrid): StepRules {
  return {
    l1: l1 * grid.gradient,
    l2: l2 * grid.hessian,
    minRows: Math.max(minRows * grid.weight, Number.MIN_VALUE),
    minHessian: Math.max(minHessian * grid.hessian, 0.5),
    minGain: minGain * (grid.gradient / grid.hessian) * grid.gradient,
    perStep: grid.gradient / grid.hessian,
    categories: { ...categories, smoothing: categories.smoothing * grid.hessian, l2: categories.l2 * grid.hessian, minRows: categories.minRows * grid.weight },
  };
}
