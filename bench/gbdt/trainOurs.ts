/** One training in a process of its own: prints seconds, seconds of processor time, peak memory, AUC and log loss as JSON. Arguments: file, rows, training rows, threads, trees. */
import { seededRandom } from '../../src/base/random.ts';
import { boostedTrees } from '../../src/estimators/trees/boostedTrees.ts';
import { logLoss, rocAuc } from '../../src/math/metrics/index.ts';
import { readTable } from './data.ts';

const [path = '', ...numbers] = process.argv.slice(2);
const [rows, trainRows, threads, trees] = numbers.map(Number);
const { x, y, testX, testY } = readTable({ path, rows, trainRows });
const params = {
  ...boostedTrees.defaults, trees, patience: 0, maxBins: 255, maxLeaves: 63, maxDepth: 10_000, learningRate: 0.1,
  minRows: 20, minHessian: 1e-3, l2: 0, rowSample: 1, columnSample: 1, rowsPerTree: Infinity, maxStep: 1000,
};
const [start, before] = [performance.now(), process.cpuUsage()];
const outcome = boostedTrees.fit({ x, y }, params, { rng: seededRandom(1), threads });
const seconds = (performance.now() - start) / 1000;
const used = process.cpuUsage(before);
if (!outcome.ok) throw new Error(outcome.detail);
const peakMb = process.resourceUsage().maxRSS / 1024;
const p = boostedTrees.predict(outcome.artefact, testX);
console.log(JSON.stringify({ seconds, cpuSeconds: (used.user + used.system) / 1e6, peakMb, auc: rocAuc(testY, p), logLoss: logLoss(testY, p) }));
