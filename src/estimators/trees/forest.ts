/**
 * Trees as every part of this room shares them: one entry per node, all trees one behind the other, the right child next to the left one.
 * Grown here, read from LightGBM or XGBoost, scored and explained from the same arrays.
 */
import { z } from 'zod';
import { float64Block, int32Block, uint8Block } from '../codec.ts';

/** Bits of a node's `flags`. */
export const MISSING_LEFT = 1;
/** Zero (|v| ≤ 1e−35) goes where missing values go. Only models from elsewhere say so. */
export const ZERO_IS_MISSING = 2;
/** The split is by a set of categories: `threshold` is the number of the set, members go left, categories that no set names go right. */
export const CATEGORICAL = 4;

/** How the sum of leaf values becomes a prediction. The last two (sign(s)·s² and log(1 + eˢ)) only come with models from elsewhere. */
export const LINKS = ['identity', 'logistic', 'softmax', 'exp', 'signed_square', 'softplus'] as const;
export type Link = (typeof LINKS)[number];

export const forestNodesSchema = z.object({
  /** Index into `columns`, −1 at a leaf. */
  column: int32Block,
  /** v ≤ threshold goes left; of a categorical split the number of its set; 0 at a leaf. */
  threshold: float64Block,
  /** {@link MISSING_LEFT} | {@link ZERO_IS_MISSING} | {@link CATEGORICAL}; 0 at a leaf. */
  flags: uint8Block,
  /** Index of the left child, the right one is the next; 0 at a leaf. Always behind the parent and inside its tree. */
  left: int32Block,
  /** What a leaf adds to its output's score; 0 elsewhere. */
  value: float64Block,
  /** Weight of the training rows that came through. */
  cover: float64Block,
});
export type ForestNodes = z.infer<typeof forestNodesSchema>;

export const forestSchema = z.object({
  columns: z.array(z.string()),
  /** Per column the names of its categories (codes are positions in them), null for a quantity. */
  categories: z.array(z.array(z.string()).nullable()),
  /** Scores per row: the classes of a multiclass model, else 1. Tree t adds to output t mod outputs. */
  outputs: z.int().positive(),
  /** Score of each output before the first tree. */
  base: float64Block,
  link: z.enum(LINKS),
  /** First node of each tree, and the number of nodes at the end. */
  starts: int32Block,
  nodes: forestNodesSchema,
  /** Sets of categorical splits: set s has the bits of words[starts[s] … starts[s+1]), category c in bit c mod 32 of word c div 32. */
  sets: z.object({ starts: int32Block, words: int32Block }),
});
export type Forest = z.infer<typeof forestSchema>;
