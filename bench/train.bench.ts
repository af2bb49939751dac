/**
 * Training at scale: the four models, each with a search, on a made-up shop of a million training rows × 60 features (`--rows`), spread over ten cut-offs. One process per model, as the
 * product trains in one thread per model. The last line is JSON: seconds of all, peak memory of the largest process. `--models churn,clv`, `--trials 9`, `--threads 2`.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface Measured {
  readonly model: string;
  readonly rows: number;
  readonly seconds: number;
  readonly peakMb: number;
  readonly candidate: string;
  readonly trials: number;
  readonly steps: readonly string[];
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' }, rows: { type: 'string', default: '1000000' }, models: { type: 'string', default: 'churn,purchase_intent,repurchase_cycle,clv' }, trials: { type: 'string', default: '9' }, threads: { type: 'string', default: '2' },
  },
});
const child = fileURLToPath(new URL('train/child.ts', import.meta.url));
const measured = values.models.split(',').map((model) => {
  const one = JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', child, model, values.rows, values.trials, values.threads], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1e8 }).trim().split('\n').at(-1) ?? '') as Measured;
  if (values.json !== true) console.log(`${model}: ${one.rows} training rows, ${one.seconds.toFixed(0)} s, peak ${one.peakMb} MB, ${one.candidate} after ${one.trials} trials\n  ${one.steps.join('\n  ')}`);
  return one;
});
const seconds = measured.reduce((sum, one) => sum + one.seconds, 0);
const peakMb = Math.max(...measured.map((one) => one.peakMb));
console.log(JSON.stringify({ bench: 'train', rows: Number(values.rows), features: 60, seconds, minutes: seconds / 60, peakMb, met: seconds <= 900 && peakMb <= 4096, models: measured.map(({ steps: _steps, ...one }) => one) }));
