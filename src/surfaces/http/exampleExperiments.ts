/** The worked examples of experiments. */
import type { Example } from './examples.ts';

const label = { zh: '春季邮件', en: 'Spring mail' };
const arms = { treated: 4512, heldOut: 501, firstAt: '2026-03-01T02:00:00.000Z', lastAt: '2026-03-01T02:00:00.000Z' };
const head = {
  key: 'spring_mail', label, description: label, owner: 'ann', campaign: 'spring', channel: 'email', startsOn: '2026-02-01', endsOn: '2026-02-01', responseDays: 14, outcome: { kind: 'order' }, segment: null, treatmentProbability: 0.5, covariates: [],
  createdAt: '2026-01-30T06:00:00.000Z', arms,
};
const interval = (estimate: number, low: number, high: number): unknown => ({ estimate, low, high, standardError: (high - low) / 3.92 });
const report = {
  experiment: 'spring_mail', verdict: 'rankable', words: { zh: '可以按增量排序', en: 'Customers can be ranked by uplift' }, end: '2026-03-01', customers: { treated: 4512, heldOut: 501 }, waiting: 0, sampleRatioP: 0.97,
  crossed: { heldOutContacted: 0, treatedContacted: 4490 }, outcome: { treated: 0.151, heldOut: 0.106, unit: 'points' }, averageEffect: interval(0.045, 0.039, 0.052), qini: interval(0.0074, 0.0053, 0.0092), responseQini: interval(0.0021, 0.0002, 0.004),
  lead: interval(0.0053, 0.0029, 0.0075), learners: [{ learner: 'two_model', serves: true, repeats: 3, qini: interval(0.0074, 0.0053, 0.0092) }], tenths: [{ tenth: 1, rows: 501, treated: 451, score: 0.08, effect: 0.082, low: 0.06, high: 0.104 }],
  balance: [{ column: 'orders_total', treated: 3.1, heldOut: 3.05, difference: 0.012 }], unbalanced: 0, columns: 92,
};
const detail = { ...head, evaluation: { version: 1, rankable: true }, report: { ...report, evaluatedAt: '2026-03-01T03:00:00.000Z' } };
const path = { key: 'spring_mail' };

/** For tests that need an evaluation without the work. */
export const EXAMPLE_EVALUATION = { version: 1, report, whyItServes: { zh: '最新的评估直接上线', en: 'the newest evaluation serves' } };

export const EXPERIMENT_EXAMPLES: Readonly<Record<string, Example>> = {
  listExperiments: { response: { experiments: [{ ...head, evaluation: { version: 1, rankable: true } }] } },
  readExperiment: { path, response: detail },
  recordExperiment: {
    path: { key: 'summer_mail' },
    body: { label: { zh: '夏季邮件', en: 'Summer mail' }, owner: 'ann', campaign: 'summer', channel: 'email', startsOn: '2026-02-01', responseDays: 14, outcome: { kind: 'order' }, treatmentProbability: 0.5 },
    response: { ...detail, key: 'summer_mail', evaluation: null, report: null },
  },
  takeAssignments: {
    path, body: { rows: [{ customer: 'C1001', arm: 'treated' }, { customer: 'C1002', arm: 'held_out' }] },
    response: { added: 2, known: 0, unknown: 0, arms: { treated: 1, heldOut: 1, firstAt: '2026-01-31T16:00:00.000Z', lastAt: '2026-01-31T16:00:00.000Z' }, covariates: [] },
  },
  evaluateExperiment: { path, body: { seed: 1 }, response: EXAMPLE_EVALUATION },
  deleteExperiment: { path, response: { deleted: 'spring_mail' } },
};
