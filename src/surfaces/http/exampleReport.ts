/** The worked example of a report: short where a real one has hundreds of points. */

const range = (value: number, low: number, high: number): unknown => ({ value, low, high });
const bins = [{ rows: 284, predicted: 0.021, actual: 0.025, low: 0.012, high: 0.05 }, { rows: 285, predicted: 0.962, actual: 0.982, low: 0.959, high: 0.992 }];
const candidate = (name: string, roc: readonly (readonly [number, number])[]): unknown => ({ candidate: name, roc, pr: [[0.5, 0.97], [1, 0.61]], gain: [[0, 0], [0.1, 0.238], [1, 1]], calibration: bins });

/** What is kept of the test of the example head. */
export const exampleDiagnostics = {
  horizonDays: 90, task: 'binary', rows: { test: 2841, learned: 7965 }, test: { first: '2025-12-01', last: '2025-12-01', cutoffs: 1 },
  chosen: candidate('boosted_trees', [[0, 0], [0.08, 0.74], [1, 1]]), baseline: candidate('recency_rule', [[0, 0], [0.12, 0.66], [1, 1]]),
  periods: [
    { first: '2025-09-01', last: '2025-09-01', role: 'learned', rows: 2755, predicted: 0.409, actual: range(0.404, 0.386, 0.423), quantiles: [0.02, 0.11, 0.35, 0.71, 0.97] },
    { first: '2025-12-01', last: '2025-12-01', role: 'test', rows: 2841, predicted: 0.42, actual: range(0.412, 0.394, 0.43), quantiles: [0.02, 0.1, 0.36, 0.73, 0.97] },
  ],
  scores: { edges: [0, 0.5, 1], rows: [1690, 1151], happened: [274, 897] },
  contributions: { method: 'explained', scale: 'log_odds', rows: 500, features: [{ name: 'days_since_last_order', meanAbsolute: 1.12, points: [[3, -1.4], [120, 1.9], [null, 0.2]] }] },
  segments: [{
    by: 'tenure', hidden: 21,
    groups: [{ from: 0, to: 90, rows: 402, predicted: 0.51, actual: range(0.49, 0.44, 0.54), quality: range(0.88, 0.85, 0.91) }, { from: 90, to: null, rows: 2418, predicted: 0.4, actual: range(0.4, 0.38, 0.42), quality: range(0.93, 0.92, 0.94) }],
  }],
  drift: {
    rows: { learned: 7965, test: 2841 }, falseAlarms: 0.05, checked: 102, moved: 1, drifted: 0,
    features: [{ name: 'messages_sent_30d', psi: 0.21, noise: 0.02, usual: 0.4, verdict: 'moved', median: { learned: 1, test: 2 }, missing: { learned: 0, test: 0 } }],
  },
  leaks: { limit: 0.95, features: [{ name: 'days_since_last_order', learned: 0.87, test: 0.874, suspect: false }] },
  cutoffs: [{ rows: 284, score: 0.93, rate: 0.982, low: 0.959, high: 0.992 }, { rows: 2841, score: 0.01, rate: 0.412, low: 0.394, high: 0.43 }],
  coverage: null, errors: null, survival: null,
} as const;

export const exampleLatest = { asOf: '2026-03-01', version: 3, customers: 2912, mean: 0.415, quantiles: [0.02, 0.1, 0.35, 0.72, 0.97], rows: [1721, 1191], psi: 0.0004, noise: 0.0046 } as const;
