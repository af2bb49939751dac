/** Tests of one record, from the closed list of the mapping. */
import { compare, parseDecimal, type NumberFormat } from './decimal.ts';
import type { ColumnResolver } from './columns.ts';
import type { RowCondition, RowTest } from './mapping.ts';

export type Matches = (values: readonly string[]) => boolean;

function compileTest(test: RowTest, columns: ColumnResolver, role: string, numbers: NumberFormat | undefined): Matches {
  const cell = columns.cell(test.column, role);
  if ('equals' in test) return (values) => cell(values) === test.equals;
  if ('in' in test) {
    const set = new Set(test.in);
    return (values) => set.has(cell(values));
  }
  if ('startsWith' in test) return (values) => cell(values).startsWith(test.startsWith);
  if ('endsWith' in test) return (values) => cell(values).endsWith(test.endsWith);
  if ('missing' in test) return (values) => (cell(values) === '') === test.missing;
  const [bound, wanted] = 'lessThan' in test ? [test.lessThan, -1] : [test.greaterThan, 1];
  const limit = parseDecimal(String(bound));
  // A text that is no number is neither less nor greater.
  return (values) => {
    const value = parseDecimal(cell(values), numbers);
    return value !== undefined && limit !== undefined && compare(value, limit) === wanted;
  };
}

export function compileCondition(condition: RowCondition, columns: ColumnResolver, role: string, numbers?: NumberFormat): Matches {
  if ('any' in condition) {
    const tests = condition.any.map((test) => compileTest(test, columns, role, numbers));
    return (values) => tests.some((test) => test(values));
  }
  if ('all' in condition) {
    const tests = condition.all.map((test) => compileTest(test, columns, role, numbers));
    return (values) => tests.every((test) => test(values));
  }
  return compileTest(condition, columns, role, numbers);
}
