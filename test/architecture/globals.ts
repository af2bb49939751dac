/** Global clocks and random numbers: with them the same data would not give the same bytes, and time could not stand still in a test. */
import { withoutComments } from './source.ts';

const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/(?<!new\s*)(?<![\w.])Date\(\s*\)/, 'Date()'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\bperformance\.now\b/, 'performance.now'],
  [/\bprocess\.hrtime\b/, 'process.hrtime'],
  [/\bTemporal\.Now\b/, 'Temporal.Now'],
];

/** Where the clock comes from: the edges of the process. Everything below is handed a Clock, a Random or a plain function. */
export const MAY_ASK_THE_CLOCK: readonly string[] = ['src/app.ts', 'src/environment.ts', 'src/surfaces/cli/main.ts', 'src/jobs/training/worker.mjs'];

export function globalFaults(file: string, text: string): string[] {
  if (MAY_ASK_THE_CLOCK.includes(file)) return [];
  const lines = withoutComments(text, true).split('\n');
  return lines.flatMap((line, i) => FORBIDDEN.filter(([pattern]) => pattern.test(line)).map(([, name]) => `${file}:${i + 1} uses ${name}. Take a Clock (src/base/clock.ts) or a Random (src/base/random.ts) as an argument instead.`));
}
