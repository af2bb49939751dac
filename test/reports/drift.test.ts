/** How the page tells what moved. */
import { describe, expect, test } from 'vitest';
import { driftSection } from '../../src/reports/sections/warnings.ts';
import type { HeadDiagnostics } from '../../src/training/diagnostics/schema.ts';

describe('what is said of a feature that moved', () => {
  const drift = (usual: number | null, verdict: 'moved' | 'drifted'): string => driftSection({
    drift: { rows: { learned: 12_000, test: 1350 }, falseAlarms: 0.05, checked: 1, moved: 1, drifted: 0, features: [{ name: 'orders', psi: 0.2, noise: 0.1, usual, verdict, median: { learned: 1, test: 2 }, missing: { learned: 0, test: 0 } }] },
    driftNow: null, leaks: { features: [], limit: 0.95 }, task: 'binary', scores: { edges: [0, 1], rows: [1] },
  } as unknown as HeadDiagnostics, null, 1, (name) => ({ words: { zh: name, en: name }, unit: 'orders' }), 'drift').markup;

  test('does not point to earlier periods that there are not', () => {
    expect(drift(null, 'moved')).toContain('moved a little (nothing earlier to compare)');
    expect(drift(null, 'moved')).not.toContain('as it has before');
    expect(drift(0.3, 'moved')).toContain('moved, as it has before');
    expect(drift(null, 'drifted')).toContain('drifted (nothing earlier to compare)');
  });

  test('rows are counted as each language writes numbers', () => {
    expect(drift(0.3, 'moved')).toContain('12,000 learned rows, 1,350 test rows');
  });
});
