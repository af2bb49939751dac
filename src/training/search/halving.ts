/** Successive halving (Jamieson & Talwalkar 2016): many trials on few rows, the best third of them on three times as many, and so on to all rows. */

/** Trials of a bracket, and the share of them that goes on. */
export const BRACKET = 9;
const KEEP = 3;
/** Rows below which a fit says nothing about what the parameters are worth. */
const LEAST_ROWS = 2000;

/** Shares of the rows on which the trials of one bracket are fitted, ascending, 1 last. With few rows every trial sees all of them. */
export function sharesFor(rows: number): number[] {
  return [1 / (KEEP * KEEP), 1 / KEEP, 1].filter((share) => share === 1 || share * rows >= LEAST_ROWS);
}

export interface Finished<Trial> {
  readonly trial: Trial;
  /** Loss of the fit on all rows. */
  readonly loss: number;
}

/**
 * Runs the trials of one bracket and answers those that reached all rows, best first. `evaluate` answers the loss, or undefined where there is no fit.
 * Equal losses keep the earlier trial, so nothing depends on timing.
 */
export async function runBracket<Trial>(trials: readonly Trial[], shares: readonly number[], evaluate: (trial: Trial, share: number) => Promise<number | undefined>): Promise<Finished<Trial>[]> {
  let running = [...trials];
  for (const [rung, share] of shares.entries()) {
    const judged: Finished<Trial>[] = [];
    for (const trial of running) {
      const loss = await evaluate(trial, share);
      if (loss !== undefined && Number.isFinite(loss)) judged.push({ trial, loss });
    }
    judged.sort((a, b) => a.loss - b.loss);
    if (rung === shares.length - 1) return judged;
    running = judged.slice(0, Math.ceil(running.length / KEEP)).map(({ trial }) => trial);
  }
  return [];
}
