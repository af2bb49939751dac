/** Amounts of a row: a column, an exact product or an exact sum. */
import type { ColumnResolver } from './columns.ts';
import { add, multiply, parseDecimal, type Decimal, type NumberFormat } from './decimal.ts';
import type { AmountRef } from './mapping.ts';

/** Undefined: the row has none. `bad_number`: it has one that cannot be read. */
export type ReadAmount = (values: readonly string[]) => Decimal | 'bad_number' | undefined;

export function compileAmount(ref: AmountRef, columns: ColumnResolver, role: string, numbers: NumberFormat | undefined): ReadAmount {
  const single = (column: string | string[]): ReadAmount => {
    const cell = columns.cell(column, role);
    return (values) => {
      const text = cell(values);
      return text === '' ? undefined : (parseDecimal(text, numbers) ?? 'bad_number');
    };
  };
  if (typeof ref === 'string' || Array.isArray(ref)) return single(ref);
  // Of a product both factors must be there; of a sum whatever is there counts.
  const isProduct = 'product' in ref;
  const parts = (isProduct ? ref.product : ref.sum).map(single);
  return (values) => {
    let total: Decimal | undefined;
    for (const part of parts) {
      const value = part(values);
      if (value === 'bad_number') return value;
      if (value === undefined) {
        if (isProduct) return undefined;
        continue;
      }
      total = total === undefined ? value : isProduct ? multiply(total, value) : add(total, value);
    }
    return total;
  };
}
