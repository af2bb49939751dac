import { BLOCK, type Design } from '../preprocessing/design.ts';
import { passOver } from './passes.ts';

/**
 * Visits rows `from` … `to` − 1 of a design in blocks, with one array of scores per set of coefficients (terms, then the intercept). The arrays are
 * used again for the next block.
 */
export function eachScoredBlock(design: Design, from: number, to: number, sets: readonly Float64Array[], visit: (start: number, count: number, z: readonly Float64Array[]) => void): void {
  const passes = sets.map((set) => {
    const pass = passOver(design);
    pass.begin(set);
    return pass;
  });
  const z = sets.map(() => new Float64Array(BLOCK));
  for (let start = from; start < to; start += BLOCK) {
    const count = Math.min(BLOCK, to - start);
    for (const [k, pass] of passes.entries()) pass.scores(start, count, z[k]);
    visit(start, count, z);
  }
}

/** Scores of every row of a design under one set of coefficients (terms, then the intercept). */
export function designScores(design: Design, set: Float64Array): Float64Array {
  const scores = new Float64Array(design.rows);
  eachScoredBlock(design, 0, design.rows, [set], (start, count, [z]) => scores.set(z.subarray(0, count), start));
  return scores;
}
