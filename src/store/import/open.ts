/** Opens an import file: finds out format, encoding, line end, separator and columns from its name, the mapping and the first megabyte. */
import { extname } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { byteSource, readBytes, type ByteSource } from './bytes.ts';
import { csvRecords, framingOf, readFrames, type CsvOptions } from './csv.ts';
import { chooseEncoding, toUtf8, type Encoding } from './encoding.ts';
import { frameRecords, type FrameBlock, type FramingOptions } from './framing.ts';
import type { FileFormat } from './mapping.ts';
import { jsonColumns, jsonReader, jsonSample, ndjsonRecords } from './ndjson.ts';
import { parquetSource } from './parquet.ts';
import type { RecordSource } from './records.ts';

const SAMPLE_BYTES = 1024 * 1024;
const SAMPLE_RECORDS = 10_000;
export const DEFAULT_RECORD_LIMIT = 1_000_000;
const DELIMITERS = [',', ';', '\t', '|'];

export type Format = NonNullable<FileFormat['format']>;

function formatOf(path: string, wish: Format | undefined): Format {
  if (wish !== undefined) return wish;
  const bare = path.toLowerCase().replace(/\.gz$/, '');
  switch (extname(bare)) {
    case '.csv':
    case '.tsv':
    case '.tab':
    case '.txt':
      return 'csv';
    case '.ndjson':
    case '.jsonl':
      return 'ndjson';
    case '.parquet':
    case '.pq':
      return 'parquet';
    default:
      throw new AppError('invalid_input', `The ending "${extname(bare).slice(0, 16)}" does not say what the file is.`, { hint: 'Add --format csv, ndjson or parquet.' });
  }
}

interface Sample {
  readonly bytes: Buffer;
  readonly whole: boolean;
}

async function sampleOf(source: ByteSource): Promise<Sample> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of readBytes(source)) {
      parts.push(piece);
      size += piece.length;
      if (size >= SAMPLE_BYTES) return { bytes: Buffer.concat(parts), whole: false };
    }
  } catch (error) {
    // A file that is cut off is reported when its sound part has been imported; nothing to import at all is reported here.
    if (!(error instanceof AppError) || error.code !== 'bad_data' || size === 0) throw error;
    return { bytes: Buffer.concat(parts), whole: false };
  }
  return { bytes: Buffer.concat(parts), whole: true };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** The complete records at the beginning of the sample. */
async function sampleFrames(sample: Sample, encoding: Encoding, framing: FramingOptions): Promise<FrameBlock> {
  for await (const block of frameRecords(toUtf8(once(sample.bytes), encoding), framing)) return { buffer: block.buffer, frames: block.frames.slice(0, SAMPLE_RECORDS) };
  return { buffer: Buffer.alloc(0), frames: [] };
}

function empty(): AppError {
  return new AppError('bad_data', 'The file is empty: it has no header line and no rows.', { hint: 'Export it again and run the same command.' });
}

/** The separator under which most of the wanted columns are found, then the one that gives most columns. */
async function sniffDelimiter(path: string, wanted: readonly string[], header: (delimiter: string) => Promise<readonly string[]>): Promise<string> {
  const preferred = /\.(tsv|tab)(\.gz)?$/i.test(path) ? '\t' : ',';
  let best = preferred;
  let bestScore = -1;
  for (const delimiter of [preferred, ...DELIMITERS.filter((other) => other !== preferred)]) {
    const names = new Set(await header(delimiter));
    const score = wanted.filter((name) => names.has(name)).length * 10_000 + Math.min(names.size, 9_999);
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

async function openCsv(source: ByteSource, sample: Sample, encoding: Encoding, file: FileFormat, limit: number, wanted: readonly string[]): Promise<RecordSource> {
  const newline = sample.bytes.includes(10) || !sample.bytes.includes(13) ? 10 : 13;
  const optionsFor = (delimiter: string): CsvOptions => ({ delimiter, newline, limit, transcoded: encoding !== 'utf-8' });
  const rowsOf = async (delimiter: string, most: number): Promise<string[][]> => {
    const block = await sampleFrames(sample, encoding, framingOf(optionsFor(delimiter)));
    return readFrames({ buffer: block.buffer, frames: block.frames.slice(0, most) }, optionsFor(delimiter)).filter((row) => typeof row !== 'string');
  };
  const headerOf = async (delimiter: string): Promise<string[]> => ((await rowsOf(delimiter, 1))[0] ?? []).map((name) => name.trim());
  const delimiter = file.delimiter ?? (await sniffDelimiter(source.path, wanted, headerOf));
  const options = optionsFor(delimiter);
  const rows = await rowsOf(delimiter, SAMPLE_RECORDS);
  if (rows.length === 0) throw empty();
  const columns = file.header ?? (rows[0] ?? []).map((name) => name.trim());
  const hasHeader = file.header === undefined;
  if (file.delimiter !== undefined && hasHeader && columns.length === 1) {
    const better = await sniffDelimiter(source.path, wanted, headerOf);
    if (better !== delimiter && (await headerOf(better)).length > 1) {
      const spoken = better === '\t' ? '"\\t" (tab)' : `"${better}"`;
      throw new AppError('bad_data', `The header line is one single column under the given separator; the file looks separated by ${spoken}.`, { hint: `Run the import again with --delimiter ${spoken}, or without --delimiter.` });
    }
  }
  const twice = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i && wanted.includes(name));
  if (twice !== undefined) throw new AppError('bad_data', `Two columns of the file are called "${twice}".`, { hint: 'Rename one of them, then run the same command.' });
  return {
    columns,
    sample: hasHeader ? rows.slice(1) : rows,
    records: (onProgress) => csvRecords(toUtf8(readBytes(source, onProgress), encoding), options, columns.length, hasHeader),
  };
}

async function openNdjson(source: ByteSource, sample: Sample, encoding: Encoding, limit: number, wanted: readonly string[]): Promise<RecordSource> {
  const objects = jsonSample(await sampleFrames(sample, encoding, { quotes: false, delimiter: 0, newline: 10, limit }));
  const found = new Set<string>();
  for (const object of objects) jsonColumns(object, found);
  // Only mapped columns are read out of each object; the others are known by name for messages.
  const columns = [...wanted.filter((name) => found.has(name)), ...[...found].filter((name) => !wanted.includes(name))];
  const used = columns.slice(0, wanted.filter((name) => found.has(name)).length);
  const read = jsonReader(used);
  return {
    columns,
    sample: objects.flatMap((object) => {
      const values = read(object);
      return typeof values === 'string' ? [] : [values];
    }),
    records: (onProgress) => ndjsonRecords(toUtf8(readBytes(source, onProgress), encoding), { limit, transcoded: encoding !== 'utf-8' }, used),
  };
}

export interface OpenedFile extends RecordSource {
  readonly format: Format;
  readonly bytes: ByteSource;
}

/** `wanted`: every column name that the mapping mentions. */
export async function openRecords(path: string, file: FileFormat, wanted: readonly string[], limit: number = DEFAULT_RECORD_LIMIT): Promise<OpenedFile> {
  const format = formatOf(path, file.format);
  const bytes = await byteSource(path);
  if (bytes.size === 0) throw empty();
  if (format === 'parquet') return { format, bytes, ...(await parquetSource(path, bytes.size)) };
  const sample = await sampleOf(bytes);
  if (sample.bytes.length === 0) throw empty();
  const encoding = chooseEncoding(sample.bytes, file.encoding, sample.whole);
  const source = format === 'csv' ? await openCsv(bytes, sample, encoding, file, limit, wanted) : await openNdjson(bytes, sample, encoding, limit, wanted);
  return { format, bytes, ...source };
}
