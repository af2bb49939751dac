/**
 * Cuts a stream of UTF-8 bytes into records, with line numbers and sizes, without reading the fields. Memory is bounded by the size
 * limit of one record: what is larger is passed over and reported, and the import goes on behind it.
 */

export type FrameProblem = 'record_too_large' | 'unclosed_quote';

export interface Frame {
  /** Place in the block's buffer; for a record that is too large only its beginning is there. */
  readonly start: number;
  readonly end: number;
  /** Number of the first line of the record, from 1. */
  readonly line: number;
  /** Size of the record in bytes. */
  readonly bytes: number;
  readonly problem?: FrameProblem;
}

export interface FrameBlock {
  readonly buffer: Buffer;
  readonly frames: readonly Frame[];
}

export interface FramingOptions {
  /** Whether `"` at the start of a field opens a field that may hold line ends. */
  readonly quotes: boolean;
  /** The field separator, one byte, where quotes count. */
  readonly delimiter: number;
  /** 10, or 13 for files of old Macs. */
  readonly newline: number;
  /** Largest record in bytes. */
  readonly limit: number;
}

const QUOTE = 0x22;
const CR = 0x0d;
/** How much of a record that is too large is kept for the quarantine file. */
export const KEPT_BYTES = 1024;

/** Where the record that starts at `start` ends: the place of its line end; or what it is in when the buffer ends first. */
function endOfQuoted(buffer: Buffer, start: number, options: FramingOptions): number | 'open' | 'quoted' {
  const { delimiter, newline } = options;
  let atFieldStart = true;
  for (let i = start; i < buffer.length; i++) {
    const byte = buffer[i];
    if (byte === newline) return i;
    if (byte === delimiter) atFieldStart = true;
    else if (byte === QUOTE && atFieldStart) {
      for (i += 1; ; i += 2) {
        i = buffer.indexOf(QUOTE, i);
        if (i < 0) return 'quoted';
        if (buffer[i + 1] !== QUOTE) break;
      }
      atFieldStart = false;
    } else atFieldStart = false;
  }
  return 'open';
}

function countLineEnds(buffer: Buffer, start: number, end: number, newline: number): number {
  let count = 0;
  for (let i = buffer.indexOf(newline, start); i >= 0 && i < end; i = buffer.indexOf(newline, i + 1)) count += 1;
  return count;
}

/** Empty lines are no records. */
export async function* frameRecords(pieces: AsyncIterable<Buffer>, options: FramingOptions): AsyncGenerator<FrameBlock> {
  const { newline, limit } = options;
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  /** A record that is too large and whose end has not come yet. */
  let passing: { readonly head: Buffer; readonly line: number; bytes: number } | undefined;

  const cut = (buffer: Buffer, final: boolean): { frames: Frame[]; used: number } => {
    const frames: Frame[] = [];
    let at = 0;
    let quote = options.quotes ? buffer.indexOf(QUOTE) : -1;
    const push = (start: number, end: number, problem?: FrameProblem): void => {
      const trimmed = newline !== CR && end > start && buffer[end - 1] === CR ? end - 1 : end;
      const bytes = trimmed - start;
      if (bytes > 0) {
        const fault = bytes > limit ? 'record_too_large' : problem;
        frames.push(fault === undefined ? { start, end: trimmed, line, bytes } : { start, end: fault === 'record_too_large' ? start + Math.min(bytes, KEPT_BYTES) : trimmed, line, bytes, problem: fault });
      }
    };
    while (at < buffer.length) {
      const plainEnd = buffer.indexOf(newline, at);
      if (quote >= 0 && quote < at) quote = buffer.indexOf(QUOTE, at);
      const hasQuote = quote >= 0 && (plainEnd < 0 || quote < plainEnd);
      const end = hasQuote ? endOfQuoted(buffer, at, options) : plainEnd < 0 ? 'open' : plainEnd;
      if (typeof end === 'number') {
        push(at, end);
        line += hasQuote ? 1 + countLineEnds(buffer, at, end, newline) : 1;
        at = end + 1;
        continue;
      }
      const tooLarge = buffer.length - at > limit;
      if (!final && !tooLarge) break;
      if (end === 'quoted' && plainEnd >= 0) {
        // The quote was never meant to open: only its line is set aside, and reading goes on with the next one.
        push(at, plainEnd, 'unclosed_quote');
        line += 1;
        at = plainEnd + 1;
        continue;
      }
      if (final) {
        push(at, buffer.length, end === 'quoted' ? 'unclosed_quote' : undefined);
      } else {
        passing = { head: Buffer.from(buffer.subarray(at, at + KEPT_BYTES)), line, bytes: buffer.length - at };
      }
      at = buffer.length;
    }
    return { frames, used: at };
  };

  const passed = (over: { readonly head: Buffer; readonly line: number; readonly bytes: number }): FrameBlock => ({
    buffer: over.head,
    frames: [{ start: 0, end: over.head.length, line: over.line, bytes: over.bytes, problem: 'record_too_large' }],
  });

  for await (const piece of pieces) {
    let fresh = piece;
    if (passing !== undefined) {
      const end = fresh.indexOf(newline);
      if (end < 0) {
        passing.bytes += fresh.length;
        continue;
      }
      passing.bytes += end;
      yield passed(passing);
      line += 1;
      passing = undefined;
      fresh = fresh.subarray(end + 1);
    }
    const buffer = rest.length === 0 ? fresh : Buffer.concat([rest, fresh]);
    const { frames, used } = cut(buffer, false);
    rest = buffer.subarray(used);
    if (frames.length > 0) yield { buffer, frames };
  }
  if (passing !== undefined) yield passed(passing);
  else if (rest.length > 0) {
    const { frames } = cut(rest, true);
    if (frames.length > 0) yield { buffer: rest, frames };
  }
}
