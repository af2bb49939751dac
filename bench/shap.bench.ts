/**
 * Contributions (exact TreeSHAP) against LightGBM's `pred_contrib` on the same trees, and our trees opened in LightGBM. 200 trees × 63 leaves × 28 columns with gaps, one thread, processor time, medians of fresh processes.
 * `--rows 20000`: rows that we explain; `--peer-rows 1000`; `--rounds 3`; `--trees 200`. The last line is JSON; `ratios` are our time per row ÷ LightGBM's.
 */
import { parseArgs } from 'node:util';
import { serveCase } from './trees/serve.ts';

const { values } = parseArgs({ options: {
  json: { type: 'boolean' }, rows: { type: 'string', default: '20000' }, 'peer-rows': { type: 'string', default: '1000' }, rounds: { type: 'string', default: '3' }, trees: { type: 'string', default: '200' },
} });
const [ours, peer, rounds, trees] = [values.rows, values['peer-rows'], values.rounds, values.trees].map(Number);
const { tagcast, lightgbm, difference } = serveCase('contrib', 100_000, trees, { ours, peer }, rounds, (line) => { console.error(line); });
const [own, theirs] = [tagcast / ours, lightgbm / peer];
console.log(JSON.stringify({
  bench: 'shap', ratios: [{ case: `${trees} trees × 63 leaves × 28 columns: lightgbm pred_contrib`, ratio: own / theirs }],
  medians: { tagcastMicrosecondsPerRow: 1e6 * own, lightgbmMicrosecondsPerRow: 1e6 * theirs, secondsPerMillionRows: 1e6 * own }, largestDifference: difference,
}));
