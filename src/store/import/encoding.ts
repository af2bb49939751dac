/** Which encoding a text file has, and its bytes in UTF-8. Rules: docs/import.md, "Encodings". */
import { isUtf8 } from 'node:buffer';
import { AppError } from '../../base/errors.ts';
import type { FileFormat } from './mapping.ts';

export type Encoding = NonNullable<FileFormat['encoding']>;

function bomOf(bytes: Buffer): { readonly encoding: Encoding; readonly length: number } | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', length: 2 };
  return undefined;
}

function decodes(bytes: Buffer, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Share of bytes on even and on odd places that are 0: UTF-16 without a byte order mark has many on one side. */
function zeroShares(bytes: Buffer): [number, number] {
  let even = 0;
  let odd = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0) continue;
    if (i % 2 === 0) even += 1;
    else odd += 1;
  }
  return [even / (bytes.length / 2), odd / (bytes.length / 2)];
}

/**
 * The encoding to read with: a byte order mark decides, then the wish; otherwise UTF-8, and when the sample is not valid UTF-8
 * an error that names the encoding it looks like. `whole`: the sample is the entire file.
 */
export function chooseEncoding(sample: Buffer, wish: Encoding | undefined, whole: boolean): Encoding {
  const bom = bomOf(sample);
  if (bom !== undefined) return bom.encoding;
  if (wish !== undefined) return wish;
  // Up to three bytes at the end of a cut sample may belong to a character that goes on.
  const checked = whole ? [0] : [0, 1, 2, 3];
  if (checked.some((cut) => isUtf8(sample.subarray(0, sample.length - cut)))) {
    const [even, odd] = zeroShares(sample.subarray(0, 4096));
    if (Math.max(even, odd) < 0.2 || Math.min(even, odd) > 0.2) return 'utf-8';
    const like = odd > even ? 'utf-16le' : 'utf-16be';
    throw new AppError('bad_data', 'The file looks like UTF-16 without a byte order mark.', { hint: `Run the same command again with --encoding ${like}.`, details: { looksLike: like } });
  }
  const like = decodes(sample, 'gb18030') ? 'gbk' : decodes(sample, 'big5') ? 'big5' : 'windows-1252';
  throw new AppError('bad_data', `The file is not valid UTF-8; it looks like ${like}.`, {
    hint: `Run the same command again with --encoding ${like}, or save the file as UTF-8.`,
    details: { looksLike: like },
  });
}

/** The same pieces in UTF-8 without byte order mark. Bytes that are not valid become U+FFFD when they are decoded here; UTF-8 passes unchanged. */
export async function* toUtf8(pieces: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  let first = true;
  const decoder = encoding === 'utf-8' ? undefined : new TextDecoder(encoding, { ignoreBOM: true });
  for await (const piece of pieces) {
    let bytes = piece;
    if (first) {
      const bom = bomOf(bytes);
      if (bom !== undefined && bom.encoding === encoding) bytes = bytes.subarray(bom.length);
      first = false;
    }
    yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }), 'utf8');
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield Buffer.from(rest, 'utf8');
}
