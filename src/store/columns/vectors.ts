/** DuckDB result vectors to plain columns: numbers become doubles with NaN for NULL, everything else text with null. */
import { DuckDBDecimalValue, DuckDBTypeId } from '@duckdb/node-api';
import type { DuckDBDataChunk, DuckDBValue, DuckDBVector } from '@duckdb/node-api';

/** NaN is missing. Whole numbers beyond 2^53 lose their last digits: select them as text. */
export type ColumnArray = Float64Array | (string | null)[];

const NUMERIC: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.BOOLEAN, DuckDBTypeId.TINYINT, DuckDBTypeId.SMALLINT, DuckDBTypeId.INTEGER, DuckDBTypeId.BIGINT, DuckDBTypeId.UTINYINT, DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER, DuckDBTypeId.UBIGINT, DuckDBTypeId.HUGEINT, DuckDBTypeId.FLOAT, DuckDBTypeId.DOUBLE, DuckDBTypeId.DECIMAL,
]);

export const isNumeric = (type: DuckDBTypeId): boolean => NUMERIC.has(type);

function toNumber(value: DuckDBValue): number {
  if (value === null) return Number.NaN;
  return value instanceof DuckDBDecimalValue ? value.toDouble() : Number(value);
}

/** The inside of a DOUBLE vector. Read directly because a build has tens of millions of values and `getItem` goes through BigInt for each. */
interface DoubleVector {
  readonly items: Float64Array;
  readonly validity: { readonly data: BigUint64Array | null; readonly offset: number };
}

function isDoubleVector(vector: unknown): vector is DoubleVector {
  const { items, validity } = vector as Partial<DoubleVector>;
  return items instanceof Float64Array && validity !== undefined && validity.offset === 0 && (validity.data === null || validity.data instanceof BigUint64Array);
}

function copyDoubles({ items, validity }: DoubleVector, into: Float64Array, offset: number): void {
  into.set(items, offset);
  if (validity.data === null) return;
  const words = new Uint32Array(validity.data.buffer, validity.data.byteOffset, validity.data.length * 2);
  for (let i = 0; i < items.length; i++) {
    if (((words[i >>> 5] >>> (i & 31)) & 1) === 0) into[offset + i] = Number.NaN;
  }
}

/** Writes the chunk's rows into `into` from row `offset` on. */
export function copyChunk(chunk: DuckDBDataChunk, types: readonly DuckDBTypeId[], into: readonly ColumnArray[], offset: number): void {
  for (let column = 0; column < types.length; column++) {
    const vector: DuckDBVector = chunk.getColumnVector(column);
    const target = into[column];
    if (target instanceof Float64Array) {
      if (types[column] === DuckDBTypeId.DOUBLE && isDoubleVector(vector)) copyDoubles(vector, target, offset);
      else for (let i = 0; i < chunk.rowCount; i++) target[offset + i] = toNumber(vector.getItem(i));
    } else {
      for (let i = 0; i < chunk.rowCount; i++) {
        const value = vector.getItem(i);
        target[offset + i] = value === null ? null : String(value);
      }
    }
  }
}
