/**
 * Boosted trees against LightGBM, XGBoost and scikit-learn on tables made by one recipe (bench/gbdt/data.ts), training and binning together, 200 trees of 63 leaves.
 * `--quick`: 20,000 rows and 30 trees. `--threads 1,2`, `--rows 100000,1000000`, `--rounds 3`, `--peers lightgbm,xgboost,scikit_learn`.
 * `--only train` or `--only predict`: predictions are of trees that LightGBM trained on 100,000 rows.
 * The last line is JSON; `ratios` are our time ÷ the peer's.
 */
import { parseArgs } from 'node:util';
import { predictCase } from './gbdt/predict.ts';
import { trainCase } from './gbdt/train.ts';

const { values } = parseArgs({ options: {
  json: { type: 'boolean' }, quick: { type: 'boolean' }, rounds: { type: 'string' }, threads: { type: 'string', default: '2' }, rows: { type: 'string' }, only: { type: 'string' }, peers: { type: 'string', default: 'lightgbm,lightgbm_quantised,xgboost,scikit_learn' },
} });
const say = (line: string): void => console.error(line);
const quick = values.quick === true;
const numbers = (text: string): number[] => text.split(',').map(Number);
const peers = values.peers === '' ? [] : values.peers.split(',');

const cases = numbers(values.rows ?? (quick ? '20000' : '100000,1000000')).flatMap((rows) => numbers(values.threads).map((threads) => ({ rows, threads, trees: quick ? 30 : 200, rounds: Number(values.rounds ?? (quick ? 1 : 3)), peers })));
const training = (values.only === 'predict' ? [] : cases).map((one) => ({ case: `train ${one.rows} rows, ${one.threads} threads`, medians: trainCase(one, say) }));
const prediction = values.only === 'train' ? undefined : predictCase({ rows: quick ? 20_000 : 100_000, trees: quick ? 30 : 200, rounds: Number(values.rounds ?? (quick ? 1 : 3)) }, say);
const ratios = training.flatMap(({ case: name, medians }) => peers.map((peer) => ({ case: `${name}: ${peer}`, ratio: medians.tagcast.seconds / medians[peer].seconds, cpuRatio: medians.tagcast.cpuSeconds / medians[peer].cpuSeconds })));
console.log(JSON.stringify({ bench: 'gbdt', ratios: [...ratios, ...(prediction?.ratios ?? [])], training, ...(prediction === undefined ? {} : { prediction: prediction.medians }) }));
