/** The bytes of an export, with what the audit log wants to know of them: rows, size and hash. */
import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { createGzip } from 'node:zlib';
import { BOM } from '../../base/csv.ts';
import { csvHeader, csvLine, ndjsonLine } from '../../segments/export/text.ts';
import type { ExportColumn } from '../../segments/export/columns.ts';
import type { Cell } from '../../segments/export/rows.ts';

export type TextFormat = 'csv' | 'ndjson';

/** Passes bytes on and keeps count of them. */
export class Counted extends Transform {
  readonly #hash = createHash('sha256');
  bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    done(null, chunk);
  }

  /** Of everything that has passed; the last call. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

async function* lines(pages: AsyncIterable<Cell[][]>, columns: readonly ExportColumn[], format: TextFormat, bom: boolean): AsyncGenerator<Buffer> {
  if (format === 'csv') yield Buffer.from(`${bom ? BOM : ''}${csvHeader(columns)}`);
  for await (const page of pages) yield Buffer.from(page.map((cells) => (format === 'csv' ? csvLine(cells) : ndjsonLine(columns, cells))).join(''));
}

/** The streams of a text export, to be joined with `pipeline`: lines, packed where asked, counted as they leave. */
export function textStreams(pages: AsyncIterable<Cell[][]>, options: { readonly columns: readonly ExportColumn[]; readonly format: TextFormat; readonly bom: boolean; readonly gzip: boolean }): { readonly streams: [Readable, ...Transform[]]; readonly counted: Counted } {
  const counted = new Counted();
  const source = Readable.from(lines(pages, options.columns, options.format, options.bom), { objectMode: false, highWaterMark: 1 << 20 });
  return { streams: options.gzip ? [source, createGzip(), counted] : [source, counted], counted };
}
