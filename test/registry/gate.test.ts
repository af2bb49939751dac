/** The rules of the promotion gate, each with its reason in both languages. */
import { expect, test } from 'vitest';
import { promotionGate } from '../../src/registry/gate.ts';
import type { Candidate, ChampionComparison } from '../../src/registry/gate.ts';
import { GATE_RULES } from '../../src/training/champion/schema.ts';
import type { HeadComparison, Measured, NotCompared } from '../../src/training/champion/schema.ts';

const evaluation = { rows: 100, targetMean: 0.5, metrics: {}, calibration: [], lift: [] };
type Head = Candidate['heads'][number];
const head = (change: Partial<Head> = {}): Head => ({ horizonDays: 30, candidate: 'logistic', grade: 'good', warnings: [], beatsBaseline: true, baseline: { candidate: 'recency_rule', evaluation }, ...change });
const candidate = (change: Partial<Head> = {}, ...more: Head[]): Candidate => ({ data: { snapshot: 'x', events: 1, customers: 1, end: '2026-05-01' }, heads: [head(change), ...more] });

const words = { zh: '比较', en: 'compared' };
const difference = { metric: 'log_loss', challenger: 0.4, champion: 0.4, difference: 0, standardError: 0, low: 0, high: 0 };
const measured = (verdict: Measured['verdict'], change: Partial<Measured> = {}): Measured => ({
  horizonDays: 30, compared: 'artefact', candidate: 'logistic', beatBaseline: true, featuresChanged: false, test: '2026-04-01', rows: 100, customers: 100, rarer: 40, level: 0.95, loss: difference, ranking: null, metrics: {}, verdict, words, ...change,
});
const not = (reason: NotCompared['reason'], change: Partial<NotCompared> = {}): NotCompared => ({ horizonDays: 30, compared: null, reason, words: { zh: `没有：${reason}`, en: `none: ${reason}` }, ...change });
const serving = (...heads: HeadComparison[]): { version: number; comparison: ChampionComparison } => ({ version: 3, comparison: { champion: { version: 3, end: '2026-04-01' }, heads } });
const sameDays = (...heads: HeadComparison[]): ReturnType<typeof serving> => ({ version: 3, comparison: { champion: { version: 3, end: '2026-05-01' }, heads } });

const CASES: readonly (readonly [(typeof GATE_RULES)[number], boolean, Candidate, Parameters<typeof promotionGate>[1], string])[] = [
  ['first_version', true, candidate({ grade: 'usable' }), undefined, 'usable or better'],
  ['not_recommended', false, candidate({ grade: 'not_recommended' }), undefined, 'not recommended'],
  ['not_recommended', false, candidate({ grade: 'not_recommended' }), serving(measured('better')), 'not recommended'],
  ['baseline_is_better', false, candidate({}, head({ horizonDays: 60, warnings: ['baseline_is_better'] })), undefined, 'recency_rule is better on the test period of 60 days'],
  ['champion_moved', false, candidate(), { version: 3 }, 'no version served when it was trained, and version 3 does now'],
  ['champion_moved', false, candidate(), { version: 4, comparison: serving(measured('better')).comparison }, 'version 3 served when it was trained, and version 4 does now'],
  ['champion_unreadable', true, candidate(), { version: 3, comparison: { champion: { version: 3, end: null }, heads: [not('champion_unreadable')] } }, 'cannot be opened any more'],
  ['horizon_lost', false, candidate(), serving(measured('better'), not('only_champion', { horizonDays: 60, declared: true })), 'none: only_champion'],
  ['better', true, candidate(), serving(measured('better'), not('only_champion', { horizonDays: 60, declared: false })), 'compared'],
  ['better', true, candidate(), sameDays(measured('better')), 'compared'],
  ['worse', false, candidate(), serving(measured('worse')), 'compared'],
  ['mixed', false, candidate(), serving(measured('mixed')), 'compared'],
  ['other_horizon_worse', false, candidate(), serving(measured('better'), measured('worse', { horizonDays: 60 })), 'Horizon: 60 days'],
  ['other_horizon_worse', false, candidate(), serving(measured('even'), measured('mixed', { horizonDays: 60 })), 'Horizon: 60 days'],
  ['newer', true, candidate(), serving(measured('even'), measured('better', { horizonDays: 60 })), '30 more day(s)'],
  ['newer', true, candidate(), serving(measured('even', { compared: 'same_recipe' })), '30 more day(s)'],
  ['same_days', false, candidate(), sameDays(measured('even')), 'no newer days, so version 3 goes on serving'],
  ['only_a_rule', false, candidate({ beatsBaseline: false }), serving(measured('even')), 'only its simple rule'],
  ['newer', true, candidate({ beatsBaseline: false }), serving(measured('even', { beatBaseline: false })), '30 more day(s)'],
  ['from_elsewhere', false, candidate({ candidate: 'imported' }), serving(measured('even')), 'trained elsewhere'],
  ['not_compared', false, candidate(), serving(not('target_changed')), 'none: target_changed'],
  ['not_compared', false, candidate(), serving(not('only_challenger'), not('columns_missing', { horizonDays: 60 })), 'none: columns_missing'],
  ['not_compared', false, candidate(), serving(not('only_challenger')), 'none: only_challenger'],
  // A horizon that only the new version has is no objection: the first that both have decides.
  ['better', true, candidate(), serving(not('only_challenger'), measured('better', { horizonDays: 60 })), 'compared'],
];

test.each(CASES)('%s → %s', (rule, pass, version, champion, said) => {
  const answer = promotionGate(version, champion);
  expect(answer).toMatchObject({ pass, rule });
  expect(answer.why.en).toContain(said);
  expect(answer.why.zh).toMatch(/\p{Script=Han}/u);
});

test('every rule has its case', () => {
  expect([...new Set(CASES.map(([rule]) => rule))].toSorted()).toEqual([...GATE_RULES].toSorted());
});
