/** One JSON object a line. Values of nested objects are columns with dotted names (`user.id`). */
import { isUtf8 } from 'node:buffer';
import { recordBlock } from './csv.ts';
import { type FrameBlock, frameRecords } from './framing.ts';
import type { QuarantineReason } from './reasons.ts';
import type { RecordBlock } from './records.ts';

const MAX_DEPTH = 5;

export interface NdjsonOptions {
  readonly limit: number;
  readonly transcoded: boolean;
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The names of all scalar values of an object. */
export function jsonColumns(value: Readonly<Record<string, unknown>>, into: Set<string>, prefix = '', depth = 1): void {
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
      if (depth < MAX_DEPTH) jsonColumns(item as Record<string, unknown>, into, `${prefix}${key}.`, depth + 1);
    } else into.add(prefix + key);
  }
}

/** Follows a column name into an object: the name itself first, then as a path. Own properties only. */
function valueAt(object: Readonly<Record<string, unknown>>, column: string, path: readonly string[]): unknown {
  if (Object.hasOwn(object, column)) return object[column];
  let at: unknown = object;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
  return JSON.stringify(value);
}

/** Objects of a sample, for its columns. */
export function jsonSample({ buffer, frames }: FrameBlock): Record<string, unknown>[] {
  return frames.map((frame) => objectOf(buffer.toString('utf8', frame.start, frame.end))).filter((object) => object !== undefined);
}

/** Reader of one object: its values in the order of `columns`. */
export function jsonReader(columns: readonly string[]): (object: Readonly<Record<string, unknown>>) => string[] | QuarantineReason {
  const paths = columns.map((column) => column.split('.'));
  return (object) => {
    const values: string[] = [];
    for (const [i, column] of columns.entries()) {
      const text = textOf(valueAt(object, column, paths[i] ?? []));
      if (text === undefined) return 'unsafe_number';
      values.push(text);
    }
    return values;
  };
}

export async function* ndjsonRecords(pieces: AsyncIterable<Buffer>, options: NdjsonOptions, columns: readonly string[]): AsyncGenerator<RecordBlock> {
  const read = jsonReader(columns);
  for await (const { buffer, frames } of frameRecords(pieces, { quotes: false, delimiter: 0, newline: 10, limit: options.limit })) {
    yield recordBlock(buffer, frames, () =>
      frames.map((frame) => {
        if (frame.problem !== undefined) return frame.problem;
        const bytes = buffer.subarray(frame.start, frame.end);
        if (!options.transcoded && !isUtf8(bytes)) return 'bad_encoding';
        const text = bytes.toString('utf8');
        if (options.transcoded && text.includes('\uFFFD')) return 'bad_encoding';
        const object = objectOf(text);
        return object === undefined ? 'bad_json' : read(object);
      }),
    );
  }
}
