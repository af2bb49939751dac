/** Values of a model in JSON, checked where they are read: an error names the field. */
import { damaged } from './sourceTree.ts';

const FORMAT = 'XGBoost';

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(FORMAT, `${where} is no object`);
  return value as Fields;
}

export function listOf(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw damaged(FORMAT, `${where} is no list`);
  return value;
}

/** Numbers, of which XGBoost writes some as text and some as booleans. */
export function numberOf(value: unknown, where: string): number {
  const number = typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (!Number.isFinite(number)) throw damaged(FORMAT, `${where} is no number`);
  return number;
}

export function numbersOf(value: unknown, where: string, count?: number): Float64Array {
  const list = listOf(value, where);
  if (count !== undefined && list.length !== count) throw damaged(FORMAT, `${where} has ${list.length} values; it must have ${count}`);
  return Float64Array.from(list, (one, i) => numberOf(one, `${where}[${i}]`));
}
