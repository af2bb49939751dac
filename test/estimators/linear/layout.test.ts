import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { POISSON } from '../../../src/estimators/linear/families.ts';
import { glmLoss } from '../../../src/estimators/linear/glmLoss.ts';
import { multinomialLoss } from '../../../src/estimators/linear/multinomialLoss.ts';
import { layoutOf, merged } from '../../../src/estimators/linear/layout.ts';
import type { CodedColumn, Design, DesignColumn } from '../../../src/estimators/preprocessing/design.ts';
import * as fc from '../../support/properties.ts';

const dense = ({ rows, columns }: Design): Design =>
  ({ rows, columns: columns.map((column) => (column instanceof Float64Array ? column : Float64Array.from({ length: rows }, (_, i) => column.table[column.codes[i]]))) });

/** Indicators of `levels` codes, of which those from `known` on are no term's; one table of other numbers beside them. */
function category(rng: ReturnType<typeof seededRandom>, rows: number, levels: number, known: number): CodedColumn[] {
  const codes = Int32Array.from({ length: rows }, () => Math.floor(rng.next() * levels));
  const indicators = Array.from({ length: known }, (_, level) => ({ codes, table: Float64Array.from({ length: levels }, (_v, k) => (k === level ? 1 : 0)) }));
  return [...indicators, { codes, table: Float64Array.from({ length: levels }, (_v, k) => (k < known ? rng.normal() : 0.5)) }];
}

const cases = fc.record({ seed: fc.nat(), rows: fc.integer({ min: 1, max: 1300 }), quantities: fc.integer({ min: 0, max: 6 }), levels: fc.integer({ min: 2, max: 9 }), step: fc.integer({ min: 1, max: 2 }) });

test('terms that share codes give the loss, slopes and second derivatives of the same numbers written out', () => {
  fc.assert(fc.property(cases, ({ seed, rows, quantities, levels, step }) => {
    const rng = seededRandom('layout', seed);
    const flag: DesignColumn = { codes: Uint8Array.from({ length: rows }, () => (rng.next() < 0.3 ? 1 : 0)), table: Float64Array.of(-0.4, 1.9) };
    const numbers = Array.from({ length: quantities }, () => Float64Array.from({ length: rows }, () => rng.normal()));
    // Groups are not next to each other.
    const [first, second] = [category(rng, rows, levels + 3, levels), category(rng, rows, 12, 7)];
    const design: Design = { rows, columns: [first[0], ...numbers, ...second, flag, ...first.slice(1)] };
    const y = Float64Array.from({ length: rows }, () => Math.floor(3 * rng.next()));
    const weights = Float64Array.from({ length: rows }, () => (rng.next() < 0.2 ? 0 : rng.next()));
    for (const [classes, make] of [[1, (one: Design) => glmLoss(POISSON, { design: one, from: 0, to: rows, y, weights }, step)], [3, (one: Design) => multinomialLoss(3, { design: one, from: 0, to: rows, y, weights }, true, step)]] as const) {
      const [ours, plain] = [make(design), make(dense(design))];
      const at = Float64Array.from({ length: classes * (design.columns.length + 1) }, () => 0.3 * rng.normal());
      const [gradient, expected] = [new Float64Array(at.length), new Float64Array(at.length)];
      const unit = 1 + plain.evaluate(at, expected);
      expect(Math.abs(ours.evaluate(at, gradient) + 1 - unit)).toBeLessThan(1e-10 * unit);
      expect(apart(gradient, expected)).toBeLessThan(1e-10 * unit);
      const over = Int32Array.from({ length: at.length }, (_, t) => t).filter((t) => t === at.length - 1 || rng.next() < 0.7);
      expect(apart(ours.hessian(at, over, 1), plain.hessian(at, over, 1))).toBeLessThan(1e-10 * unit);
    }
  }), { numRuns: 40 });
});

test('levels that no term tells apart are one', () => {
  const [group] = layoutOf({ rows: 200, columns: category(seededRandom('merged'), 200, 50, 5) }).groups;
  const short = merged(group);
  expect([group.levels, short.levels]).toEqual([50, 6]);
  for (const [k, table] of group.tables.entries()) expect(Array.from(short.codes, (code) => short.tables[k][code])).toEqual(Array.from(group.codes, (code) => table[code]));
});

function apart(one: Float64Array, other: Float64Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((most, v, i) => Math.max(most, Math.abs(v - other[i])), 0);
}
