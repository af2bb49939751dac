/** CSV, TSV and other separated text: the framing cuts the records, csv-parse reads their fields. */
import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { type Frame, type FrameBlock, frameRecords, type FramingOptions } from './framing.ts';
import type { QuarantineReason } from './reasons.ts';
import type { RecordBlock } from './records.ts';

export interface CsvOptions {
  /** One byte of ASCII, or `blanks`. */
  readonly delimiter: string;
  readonly newline: number;
  readonly limit: number;
  /** Bytes were decoded from another encoding: U+FFFD stands for what could not be. */
  readonly transcoded: boolean;
}

const REPLACEMENT = Buffer.from('\uFFFD', 'utf8');

export function framingOf(options: CsvOptions): FramingOptions {
  return { quotes: options.delimiter !== 'blanks', delimiter: options.delimiter.charCodeAt(0), newline: options.newline, limit: options.limit };
}

function splitBlanks(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/[ \t]+/);
}

/** Fields of the records in `bytes`. Quotes inside unquoted fields stand for themselves (5" pipe). */
function fieldsOf(bytes: Buffer, options: CsvOptions): string[][] {
  if (options.delimiter === 'blanks') return bytes.toString('utf8').split(options.newline === 13 ? '\r' : /\r?\n/).map(splitBlanks).filter((fields) => fields.length > 0);
  return parse(bytes, {
    delimiter: options.delimiter,
    record_delimiter: options.newline === 13 ? ['\r'] : ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
}

function badEncoding(bytes: Buffer, options: CsvOptions): boolean {
  return options.transcoded ? bytes.includes(REPLACEMENT) : !isUtf8(bytes);
}

/** Reads one record alone: what the quick way could not explain. */
function readAlone(bytes: Buffer, options: CsvOptions): string[] | QuarantineReason {
  if (badEncoding(bytes, options)) return 'bad_encoding';
  try {
    const records = fieldsOf(bytes, options);
    return records.length === 1 && records[0] !== undefined ? records[0] : 'bad_quotes';
  } catch {
    return 'bad_quotes';
  }
}

/** Fields or reasons of all frames. Runs of sound frames are read in one call; a run that does not come out even is read one by one. */
export function readFrames({ buffer, frames }: FrameBlock, options: CsvOptions): (string[] | QuarantineReason)[] {
  const result: (string[] | QuarantineReason)[] = [];
  const suspicious = badEncoding(buffer, options);
  const readRun = (run: readonly Frame[]): void => {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return;
    if (!suspicious) {
      try {
        const records = fieldsOf(buffer.subarray(first.start, last.end), options);
        if (records.length === run.length) {
          for (const record of records) result.push(record);
          return;
        }
      } catch {
        // One record spoils the run: read one by one below.
      }
    }
    for (const frame of run) result.push(readAlone(buffer.subarray(frame.start, frame.end), options));
  };
  let run: Frame[] = [];
  for (const frame of frames) {
    if (frame.problem === undefined) run.push(frame);
    else {
      readRun(run);
      run = [];
      result.push(frame.problem);
    }
  }
  readRun(run);
  return result;
}

/** Blocks of records whose number of fields is `width`; others are `wrong_columns`. `skipLines` leaves out the header. */
export async function* csvRecords(pieces: AsyncIterable<Buffer>, options: CsvOptions, width: number, hasHeader: boolean): AsyncGenerator<RecordBlock> {
  let header = hasHeader;
  const blank = options.delimiter === 'blanks';
  for await (const block of frameRecords(pieces, framingOf(options))) {
    let frames = header ? block.frames.slice(1) : block.frames;
    header = false;
    if (blank) frames = frames.filter((frame) => frame.problem !== undefined || block.buffer.subarray(frame.start, frame.end).some((byte) => byte !== 32 && byte !== 9));
    if (frames.length === 0) continue;
    yield recordBlock(block.buffer, frames, () => readFrames({ buffer: block.buffer, frames }, options).map((fields) => (typeof fields !== 'string' && fields.length !== width ? 'wrong_columns' : fields)));
  }
}

/** A block over a buffer; `read` runs at most once. */
export function recordBlock(buffer: Buffer, frames: readonly Frame[], read: () => readonly (readonly string[] | QuarantineReason)[]): RecordBlock {
  let done: readonly (readonly string[] | QuarantineReason)[] | undefined;
  return {
    count: frames.length,
    line: (i) => frames[i]?.line ?? 0,
    bytes: (i) => frames[i]?.bytes ?? 0,
    raw: (i) => buffer.toString('utf8', frames[i]?.start ?? 0, frames[i]?.end ?? 0),
    read: () => (done ??= read()),
  };
}
