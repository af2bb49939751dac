/** Two versions of a model side by side, where they stood the same test or the newer one was measured against the other. */
import { z } from 'zod';
import { canonicalJson } from '../base/json.ts';
import { headComparisonSchema } from '../training/champion/schema.ts';
import { reportSchema } from './document.ts';
import type { Report, ReportHead } from './document.ts';

export const COMPARISON_FORMAT = 'tagcast.comparison';

const bilingual = z.strictObject({ zh: z.string(), en: z.string() });
/** The newer of the two was measured against the other when it was trained. */
const measured = z.strictObject({ challenger: z.int(), champion: z.int(), head: headComparisonSchema });
const value = z.strictObject({ value: z.number(), low: z.number().optional(), high: z.number().optional() });

export const comparisonSchema = z.strictObject({
  format: z.literal(COMPARISON_FORMAT),
  schemaVersion: z.literal(1),
  first: reportSchema,
  second: reportSchema,
  heads: z.array(z.strictObject({
    horizonDays: z.int(),
    /** On the same rows, whatever their own tests were; null where neither was measured against the other. */
    measured: measured.nullable(),
    /** null where both stood the same test. */
    notComparable: bilingual.nullable(),
    metrics: z.array(z.strictObject({ name: z.string(), first: value.nullable(), second: value.nullable() })),
  })),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Heads by horizon, each with its metrics or with why they cannot be compared. Intervals are each version's own: the rows behind them are not kept. */
export function compareReports(first: Report, second: Report): Comparison {
  const horizons = [...new Set([...first.heads, ...second.heads].map(({ horizonDays }) => horizonDays))];
  return {
    format: COMPARISON_FORMAT, schemaVersion: 1, first, second,
    heads: horizons.map((horizonDays) => {
      const [a, b] = [headAt(first, horizonDays), headAt(second, horizonDays)];
      const notComparable = difference(first, second, a, b) ?? null;
      const names = notComparable === null ? [...new Set([...Object.keys(a?.evaluation.metrics ?? {}), ...Object.keys(b?.evaluation.metrics ?? {})])] : [];
      return { horizonDays, measured: measuredAt(first, second, horizonDays), notComparable, metrics: names.map((name) => ({ name, first: a?.evaluation.metrics[name] ?? null, second: b?.evaluation.metrics[name] ?? null })) };
    }),
  };
}

/** What was kept with the newer of two versions of its measurement against the other. */
function measuredAt(first: Report, second: Report, horizonDays: number): Comparison['heads'][number]['measured'] {
  for (const [newer, older] of [[first, second], [second, first]]) {
    const comparison = newer.promotion?.comparison;
    const head = comparison?.champion.version === older.version ? comparison.heads.find((one) => one.horizonDays === horizonDays) : undefined;
    if (head !== undefined) return { challenger: newer.version, champion: older.version, head };
  }
  return null;
}

export function headAt({ heads }: Report, horizonDays: number): ReportHead | undefined {
  return heads.find((head) => head.horizonDays === horizonDays);
}

/** Why the tests of two heads are not the same, or undefined where they are. */
function difference(first: Report, second: Report, a: ReportHead | undefined, b: ReportHead | undefined): { zh: string; en: string } | undefined {
  const only = a === undefined ? second : first;
  if (a === undefined || b === undefined) return { zh: `只有版本 ${only.version} 有这个期限`, en: `only version ${only.version} has this horizon` };
  if (canonicalJson(first.target) !== canonicalJson(second.target)) return { zh: '两个版本预测的目标不同', en: 'the versions predict different targets' };
  if (canonicalJson(first.population) !== canonicalJson(second.population)) return { zh: '两个版本面向的人群不同', en: 'the versions are for different customers' };
  if (a.split.test !== b.split.test) return { zh: `检验期不同：版本 ${first.version} 从 ${a.split.test} 起，版本 ${second.version} 从 ${b.split.test} 起`, en: `the test periods differ: version ${first.version} from ${a.split.test}, version ${second.version} from ${b.split.test}` };
  const rows = `${a.evaluation.rows}/${b.evaluation.rows}`;
  if (a.evaluation.rows !== b.evaluation.rows || a.evaluation.targetMean !== b.evaluation.targetMean) {
    return { zh: `同一检验期的数据在两次训练之间有变动（行数 ${rows}）`, en: `the data of the test period changed between the two trainings (rows ${rows})` };
  }
  return undefined;
}
