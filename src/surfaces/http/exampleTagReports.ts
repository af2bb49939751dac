/** The worked examples of usefulness reports. */
import type { Example } from './examples.ts';

const words = (zh: string, en: string): { zh: string; en: string } => ({ zh, en });
const outcome = (value: string, label: { zh: string; en: string }, customers: number, ordered: number, [low, high]: readonly [number, number], lift: number, meanSpend: number): unknown => ({ value, label, customers, ordered, rate: ordered / customers, low, high, lift, meanSpend });

const report = {
  key: 'frequent_buyer', kind: 'rule', label: words('高频买家', 'Frequent buyer'), today: '2026-03-01', asOf: '2026-03-01', customers: 3000,
  statuses: [{ status: 'absent', customers: 2700, share: 0.9 }, { status: 'ok', customers: 300, share: 0.1 }],
  values: { different: 1, top: [{ value: 'yes', label: words('是', 'Yes'), customers: 300, share: 1 }], others: 0 }, numbers: null,
  change: { state: 'known', day: '2026-02-22', customers: 2980, changed: 41, changedShare: 0.0138, stability: 0.002, noise: 0.0045 },
  separation: [
    {
      state: 'known', days: 30, day: '2026-01-30', version: 2, customers: 2950, rate: 0.22, meanSpend: 41.2,
      values: [outcome('yes', words('是', 'Yes'), 290, 174, [0.543, 0.655], 2.73, 130.5), outcome('no', words('未命中', 'not carried'), 2660, 475, [0.165, 0.194], 0.81, 31.4)],
      orders: { value: 0.303, low: 0.262, high: 0.342, level: 0.95, pValue: 0 }, auc: null, spend: { value: 0.08, pValue: 0 }, verdict: 'strongly',
    },
    { state: 'unknown', why: 'too_short', from: '2026-04-02', days: 90 },
  ],
  users: [{ kind: 'segment', key: 'thank_you' }], problems: [], verdict: words('区分很强', 'distinguishes strongly'), problemWords: [],
};

export const TAG_REPORT_EXAMPLES: Readonly<Record<string, Example>> = {
  readTagReport: { path: { key: 'frequent_buyer' }, response: report },
  makeTagReports: { response: { day: '2026-03-01', tags: 61 } },
  readTagReports: { query: { sort: 'problems', limit: '20' }, response: { day: '2026-03-01', total: 1, tags: [report] } },
};
