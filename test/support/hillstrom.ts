/** The e-mail test of Hillstrom (2008) as arrays: one arm of mail against no mail. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Column } from '../../src/base/matrix.ts';
import type { UpliftData } from '../../src/estimators/uplift/index.ts';

export const HILLSTROM = 'hillstrom_email/hillstrom.csv';
const QUANTITIES = ['recency', 'history', 'mens', 'womens', 'newbie'];
const CATEGORIES = ['history_segment', 'zip_code', 'channel'];

export function hillstrom(path: string, mail: 'Womens E-Mail' | 'Mens E-Mail' | 'any', outcome: 'visit' | 'conversion'): UpliftData {
  const rows = parse<Record<string, string>>(readFileSync(path), { columns: true }).filter(({ segment }) => segment === 'No E-Mail' || mail === 'any' || segment === mail);
  const quantity = (name: string): Column => ({ name, values: Float64Array.from(rows, (row) => Number(row[name])) });
  const category = (name: string): Column => {
    const categories = [...new Set(rows.map((row) => row[name]))];
    return { name, values: Float64Array.from(rows, (row) => categories.indexOf(row[name])), categories };
  };
  return {
    x: { rows: rows.length, columns: [...QUANTITIES.map(quantity), ...CATEGORIES.map(category)] },
    y: Float64Array.from(rows, (row) => Number(row[outcome])),
    treated: Uint8Array.from(rows, ({ segment }) => (segment === 'No E-Mail' ? 0 : 1)),
  };
}
