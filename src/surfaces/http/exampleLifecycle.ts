/** The worked examples of the lifecycle. */
import { DEFAULT_LIFECYCLE, rulesHash } from '../../tags/lifecycle/rules.ts';
import type { Example } from './examples.ts';

const hash = rulesHash(DEFAULT_LIFECYCLE);
const growing = { zh: '成长', en: 'Growing' };
const slipping = { zh: '衰退', en: 'Slipping' };
const [before, after] = ['2026-W08', '2026-W09'];

export const LIFECYCLE_EXAMPLES: Readonly<Record<string, Example>> = {
  readLifecycleRules: { response: { rules: DEFAULT_LIFECYCLE, hash, version: 1, versions: [{ version: 1, hash, rules: { ...DEFAULT_LIFECYCLE }, madeAt: '2026-01-31T18:00:04.000Z', firstDay: '2026-02-01', lastDay: '2026-03-01' }] } },
  listStageChanges: {
    query: { cursor: 'c0', limit: '2' },
    response: {
      changes: [
        { customer: 'C1001', from: 'growing', to: 'slipping', day: '2026-03-01', run: 41, rulesVersion: 1, contactable: true },
        { customer: 'C1007', from: 'churned', to: 'reactivated', day: '2026-03-01', run: 41, rulesVersion: 1, contactable: false },
      ],
      next: 'c2', more: true,
    },
  },
  readStageFlows: {
    query: { from: before, to: after },
    response: {
      weeks: [{ week: before, from: '2026-02-16', to: '2026-02-22', complete: true }, { week: after, from: '2026-02-23', to: '2026-03-01', complete: true }],
      nodes: [
        { id: `${before}:growing`, week: before, column: 0, stage: 'growing', label: growing, customers: 812 },
        { id: `${after}:growing`, week: after, column: 1, stage: 'growing', label: growing, customers: 765 },
        { id: `${after}:slipping`, week: after, column: 1, stage: 'slipping', label: slipping, customers: 47 },
      ],
      links: [
        { source: 0, target: 2, week: after, from: 'growing', to: 'slipping', kind: 'moved', value: 47 },
        { source: 0, target: 1, week: after, from: 'growing', to: 'growing', kind: 'stayed', value: 765 },
      ],
    },
  },
  readStageAccuracy: {
    response: {
      accuracy: { day: '2026-01-30', later: '2026-03-01', all: { stage: 'all', customers: 2841, predicted: 0.884, stays: 0.704, matrix: 0.733 }, byStage: [{ stage: 'slipping', customers: 161, predicted: 0.71, stays: 0.21, matrix: 0.52 }], wins: true }, unknown: null,
    },
  },
};
