/** One fit of ours in a process of its own: `child.ts <case> <folder> <terms>`. Prints seconds of the fit (preparation included), peak memory and coefficients. */
import type { TrainingData } from '../../src/estimators/contract.ts';
import { seededRandom } from '../../src/base/random.ts';
import { estimatorOf } from '../../src/estimators/index.ts';
import { BERNOULLI } from '../../src/estimators/linear/families.ts';
import { glmLoss } from '../../src/estimators/linear/glmLoss.ts';
import { solveGlm } from '../../src/estimators/linear/glmSolver.ts';
import { PREPROCESSING } from '../../src/estimators/preprocessing/params.ts';
import { prepare } from '../../src/estimators/preprocessing/prepare.ts';
import { CASES, L1_RATIO, PATH, SINGLE, type CaseName } from './cases.ts';
import { readRows } from './data.ts';

const [name, folder, terms] = process.argv.slice(2) as [CaseName, string, string];
const { columns, y } = readRows(folder, Number(terms), CASES[name].target);
const train: TrainingData = { x: { rows: y.length, columns: columns.map((values, t) => ({ name: `x${String(t).padStart(3, '0')}`, values })) }, y };
const plain = { skewLimit: 1e9, clip: 1e9 };

/** The last point of the path. */
function path(): Float64Array {
  const { design, weights, y: target } = prepare(train, { params: { ...PREPROCESSING, ...plain }, target: (series) => ({ series: [series], link: (mu) => mu }), reference: false, checkpoint: () => undefined });
  const loss = glmLoss(BERNOULLI, { design, from: 0, to: target.length, y: target, weights });
  const memory = { last: undefined };
  let at = new Float64Array(loss.size);
  for (const lambda of PATH) at = Float64Array.from(solveGlm(loss, { lambda: lambda * loss.weight, l1Ratio: L1_RATIO }, at, () => undefined, { memory, tolerance: 1e-6 }).parameters);
  return at.subarray(0, -1);
}

function single(kind: Exclude<CaseName, 'elastic_net_path'>): Float64Array {
  const params = kind === 'tweedie' ? { ...plain, alpha: SINGLE.tweedie, winsorLevel: 1 } : { ...plain, lambda: SINGLE[kind] };
  const outcome = estimatorOf(`${kind}_regression`).fit(train, params, { rng: seededRandom(1) });
  if (!outcome.ok) throw new Error(outcome.detail);
  return (outcome.artefact as unknown as { readonly coefficients: Float64Array }).coefficients;
}

const started = performance.now();
const coefficients = name === 'elastic_net_path' ? path() : single(name);
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, peakMb: Math.round(process.resourceUsage().maxRSS / 1024), coefficients: Array.from(coefficients) }));
