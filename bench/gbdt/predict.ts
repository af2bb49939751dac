/** Prediction cases of bench/gbdt.bench.ts: a batch and single rows, on trees that LightGBM has trained. */
import { serveCase } from '../trees/serve.ts';

export interface PredictCase {
  readonly rows: number;
  readonly trees: number;
  readonly rounds: number;
}

/** Ratios of processor time per thread, ours ÷ LightGBM's, with the medians behind them. */
export function predictCase({ rows, trees, rounds }: PredictCase, say: (line: string) => void): { readonly ratios: readonly { readonly case: string; readonly ratio: number }[]; readonly medians: Readonly<Record<string, number>> } {
  const { tagcast, lightgbm, rowTagcast, rowLightgbm, difference } = serveCase('predict', rows, trees, { ours: rows, peer: rows }, rounds, say);
  return {
    ratios: [{ case: `predict ${rows} rows, 1 thread: lightgbm`, ratio: tagcast / lightgbm }, { case: 'predict one row: lightgbm', ratio: rowTagcast / rowLightgbm }],
    medians: { rowsPerSecond: rows / tagcast, lightgbmRowsPerSecond: rows / lightgbm, microsecondsForOneRow: rowTagcast, lightgbmMicrosecondsForOneRow: rowLightgbm, largestDifference: difference },
  };
}
