/** Exports a segment as a stream of bytes to somebody who asked for it. Everything that can be refused is refused before the first byte. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Cell } from '../../segments/export/rows.ts';
import { Counted, textStreams } from './bytes.ts';
import { planExport } from './plan.ts';
import type { ExportDeps, ExportFormat, ExportOptions } from './plan.ts';
import { writeParquet } from './toFile.ts';

export interface ExportStream {
  readonly contentType: string;
  readonly fileName: string;
  /** A consumer that stops reading ends the work. An error in the middle breaks the stream off: half an export must not look like a whole one. */
  readonly body: AsyncGenerator<Buffer>;
}

const TYPES: Readonly<Record<ExportFormat, string>> = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8', parquet: 'application/vnd.apache.parquet' };

async function* continued(first: IteratorResult<Cell[][]>, rest: AsyncGenerator<Cell[][]>): AsyncGenerator<Cell[][]> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

/** @throws AppError as {@link planExport}, and what reading the first page throws */
export async function openExport(deps: ExportDeps, options: ExportOptions): Promise<ExportStream> {
  const plan = await planExport(deps, options);
  const { pages, rows } = plan.begin();
  const whole = continued(await pages.next(), pages);
  await plan.record('segment.export', { to: 'http' });
  const { format, gzip = false, bom = false } = options;

  async function* bytes(): AsyncGenerator<Buffer> {
    const scratch = format === 'parquet' ? await mkdtemp(join(tmpdir(), 'tagcast-export-')) : undefined;
    let counted = new Counted();
    let ended = false;
    try {
      let joined: Promise<void>;
      if (scratch === undefined) {
        const text = textStreams(whole, { columns: plan.columns, format: format === 'ndjson' ? 'ndjson' : 'csv', bom, gzip });
        counted = text.counted;
        joined = pipeline(text.streams);
      } else {
        const file = join(scratch, 'export.parquet');
        await writeParquet(plan, whole, file);
        joined = pipeline(createReadStream(file), counted);
      }
      // The reader below meets the same error.
      joined.catch(() => undefined);
      for await (const chunk of counted) yield chunk as Buffer;
      await joined;
      await plan.record('segment.exported', { to: 'http', rows: rows(), bytes: counted.bytes, sha256: counted.sha256() });
      ended = true;
    } finally {
      if (!ended) await plan.record('segment.export_stopped', { to: 'http', rows: rows(), bytes: counted.bytes }).catch(() => undefined);
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
    }
  }
  const name = 'segment' in options.subject ? options.subject.segment : 'customers';
  return { contentType: gzip ? 'application/gzip' : TYPES[format], fileName: `${name}-${options.asOf}.${format}${gzip ? '.gz' : ''}`, body: bytes() };
}
