/** Whether the arms were alike before the contact: standardised mean differences (Austin 2009), of quantities and of each category. */
import type { Matrix } from '../../base/matrix.ts';
import type { UpliftReport } from './report.ts';

export type Balance = UpliftReport['balance'][number];

/** Largest differences first; missing values are left out. */
export function balanceOf(x: Matrix, treated: Uint8Array): Balance[] {
  const found: Balance[] = [];
  for (const { name, values, categories } of x.columns) {
    if (categories === undefined) {
      const one = difference(values, treated, (v) => v);
      if (one !== undefined) found.push({ column: name, ...one });
      continue;
    }
    categories.forEach((category, code) => {
      const one = difference(values, treated, (v) => (v === code ? 1 : 0));
      if (one !== undefined && one.treated + one.heldOut > 0) found.push({ column: name, category, ...one });
    });
  }
  return found.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference) || (a.column + (a.category ?? '') < b.column + (b.category ?? '') ? -1 : 1));
}

function difference(values: Float64Array, treated: Uint8Array, of: (value: number) => number): Pick<Balance, 'treated' | 'heldOut' | 'difference'> | undefined {
  const sides = [{ n: 0, sum: 0, squares: 0 }, { n: 0, sum: 0, squares: 0 }];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    const side = sides[treated[i]];
    side.n++;
    side.sum += of(values[i]);
  }
  if (sides[0].n < 2 || sides[1].n < 2) return undefined;
  const [heldOut, on] = sides.map(({ sum, n }) => sum / n);
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) sides[treated[i]].squares += (of(values[i]) - (treated[i] === 1 ? on : heldOut)) ** 2;
  const spread = Math.sqrt((sides[0].squares / (sides[0].n - 1) + sides[1].squares / (sides[1].n - 1)) / 2);
  return { treated: on, heldOut, difference: spread > 0 ? (on - heldOut) / spread : 0 };
}
