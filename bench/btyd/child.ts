/** Ours, in a process of its own: `child.ts <case> <cohort file> <repeats>`. Fits the case once cold, then as often as asked; the last line is JSON. */
import { readFileSync } from 'node:fs';
import { seededRandom } from '../../src/base/random.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { fitGammaGamma, fitNbd, fitPareto, spendSample } from '../../src/estimators/customerBase/index.ts';
import { compressColumns } from '../../src/estimators/customerBase/history.ts';

const [, , name, file, repeats] = process.argv;
const bytes = readFileSync(file);
const all = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const rows = all.length / 4;
const [x, recency, age, monetary] = [0, 1, 2, 3].map((k) => all.slice(k * rows, (k + 1) * rows));
const weights = new Float64Array(rows).fill(1);
const seconds = (work: () => void): number => {
  const from = performance.now();
  work();
  return (performance.now() - from) / 1000;
};

if (name.startsWith('estimator:')) {
  // What a training run and a night do: from the matrix to an artefact, from the artefact to an answer per customer.
  const estimator = ESTIMATORS[name.slice('estimator:'.length) as 'bg_nbd'];
  const matrix = { rows, columns: Object.entries({ btyd_frequency: x, btyd_recency_days: recency, btyd_age_days: age, btyd_monetary: monetary }).map(([column, values]) => ({ name: column, values })) };
  let outcome = estimator.fit({ x: { rows: 0, columns: [] }, y: new Float64Array() }, undefined, { rng: seededRandom(1) });
  const fit = seconds(() => { outcome = estimator.fit({ x: matrix, y: new Float64Array(rows) }, undefined, { rng: seededRandom(1) }); });
  if (!outcome.ok) throw new Error(outcome.detail);
  const { artefact } = outcome;
  const predict = seconds(() => { estimator.predict(artefact, matrix); });
  const explain = seconds(() => { estimator.explain?.(artefact, matrix); });
  console.log(JSON.stringify({ fit, predict, explain, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
} else {
  const weeks = (days: Float64Array): Float64Array => days.map((value) => value / 7);
  const histories = { x, tx: weeks(recency), T: weeks(age) };
  const fits: Readonly<Record<string, () => { readonly ok: boolean; readonly value?: { readonly params: object; readonly logLikelihood: number } }>> = {
    bg_nbd: () => fitNbd(compressColumns(histories, weights), 'bg_nbd'),
    mbg_nbd: () => fitNbd(compressColumns(histories, weights), 'mbg_nbd'),
    pareto_nbd: () => fitPareto(compressColumns(histories, weights)),
    gamma_gamma: () => fitGammaGamma(spendSample(x, monetary, weights)),
  };
  let found: ReturnType<(typeof fits)[string]> = { ok: false };
  const cpu: number[] = [];
  const fit = (): number => {
    const before = process.cpuUsage();
    const took = seconds(() => { found = fits[name](); });
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1e6);
    return took;
  };
  const cold = fit();
  const coldCpu = cpu.pop();
  const warm = Array.from({ length: Number(repeats) }, fit);
  if (!found.ok) throw new Error(`${name} did not fit`);
  console.log(JSON.stringify({ cold, coldCpu, warm, cpu, logLikelihood: found.value?.logLikelihood, params: found.value?.params }));
}
