/** Passes over whole columns: their values are outside of the kernel's memory and are handed over in chunks. */
import { RECORD, share, type Kernel } from './kernel.ts';
import { at, type KernelMemory } from './wasmMemory.ts';
import type { Call } from './workerPool.ts';

/** Bytes of column values that are handed over at a time, and columns among them at most. */
const STAGE_BYTES = 4 * 1024 * 1024;
const STAGE_COLUMNS = 48;

export function columnPasses({ ints, doubles, mark, backTo }: KernelMemory, threads: number, everyThread: (calls: (thread: number) => readonly Call[]) => void): Pick<Kernel, 'hashRows' | 'sortAll' | 'binColumns'> {
  /** Passes over the columns' values in chunks of rows, with `calls` for a thread's rows of a chunk, staged at `values`. */
  const staged = (columns: readonly ArrayLike<number>[], rows: number, calls: (c: number, values: number, row: number, count: number) => Call): void => {
    const before = mark();
    const stage = doubles(STAGE_BYTES / 8);
    const chunk = Math.floor(STAGE_BYTES / 8 / Math.min(STAGE_COLUMNS, columns.length));
    for (let first = 0; first < columns.length; first += STAGE_COLUMNS) {
      const some = columns.slice(first, first + STAGE_COLUMNS);
      for (let row = 0; row < rows; row += chunk) {
        const count = Math.min(chunk, rows - row);
        some.forEach((values, c) => {
          const part = values instanceof Float64Array ? values.subarray(row, row + count) : Array.prototype.slice.call(values, row, row + count);
          stage.set(part, c * chunk);
        });
        everyThread((t) => {
          const [from, to] = [share(0, count, t, threads), share(0, count, t + 1, threads)];
          return some.map((_, c) => calls(first + c, at(stage) + 8 * (c * chunk + from), row + from, to - from));
        });
      }
    }
    backTo(before);
  };
  return {
    hashRows(columns, hashes) {
      hashes.fill(0);
      staged(columns, hashes.length, (_, values, row, count) => ['hashValues', values, count, hashes.byteOffset + 4 * row]);
    },
    sortAll(arrays) {
      const most = arrays.reduce((max, { length }) => Math.max(max, length), 0);
      const before = mark();
      const spares = Array.from({ length: threads }, () => doubles(most));
      const digits = Array.from({ length: threads }, () => ints(2048));
      for (let first = 0; first < arrays.length; first += threads) {
        everyThread((t) => {
          const values = arrays[first + t];
          return values === undefined ? [] : [['sortValues', values.byteOffset, values.length, at(spares[t]), at(digits[t])]];
        });
      }
      backTo(before);
    },
    binColumns(store, columns, places, cuts) {
      if (columns.length === 0) return;
      const most = cuts.reduce((max, { length }) => Math.max(max, length), 1);
      const steps = 32 - Math.clz32(most);
      const before = mark();
      const padded = doubles(cuts.length << steps).fill(Infinity);
      cuts.forEach((ends, c) => padded.set(ends, c << steps));
      staged(columns, store.rows, (c, values, row, count) => {
        const column = places[c];
        const block = Math.floor(column / store.perBlock);
        const records = store.records.byteOffset + (block * store.rows + row) * RECORD + (column - block * store.perBlock);
        return ['binValues', values, count, padded.byteOffset + 8 * (c << steps), steps, store.byColumn.byteOffset + column * store.rows + row, records];
      });
      backTo(before);
    },
  };
}
