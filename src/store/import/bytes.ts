/** The bytes of an imported file: unpacked, in UTF-8, in pieces, with back-pressure and a count of what was read from the disk. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../base/errors.ts';

const PIECE = 256 * 1024;

export interface ByteSource {
  readonly path: string;
  /** Bytes on the disk. */
  readonly size: number;
  readonly gzip: boolean;
}

function unreadable(cause: unknown): AppError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' || code === 'EPERM' ? 'may not be read by this user' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code || 'unknown fault'})`;
  return new AppError('file_unreadable', `The file ${why}.`, { hint: 'Check the path of the file.', cause });
}

/** Looks at the file; gzip is told by its first two bytes, whatever its name. */
export async function byteSource(path: string): Promise<ByteSource> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw Object.assign(new Error('folder'), { code: 'EISDIR' });
    const file = await open(path, 'r');
    try {
      const head = Buffer.alloc(2);
      await file.read(head, 0, 2, 0);
      return { path, size: info.size, gzip: head[0] === 0x1f && head[1] === 0x8b };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** sha256 of the file as it lies on the disk. */
export async function fileSha256(source: ByteSource, onBytes: (bytes: number) => void = () => undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(source.path, { highWaterMark: PIECE }) as AsyncIterable<Buffer>) {
      hash.update(piece);
      onBytes(piece.length);
    }
  } catch (cause) {
    throw unreadable(cause);
  }
  return hash.digest('hex');
}

const GZIP_ERRORS = new Set(['Z_BUF_ERROR', 'Z_DATA_ERROR', 'ERR_TRAILING_JUNK_AFTER_STREAM_END']);

/** Unpacked pieces. `onBytes` gets the number of bytes taken from the disk. */
export async function* readBytes(source: ByteSource, onBytes: (bytes: number) => void = () => undefined): AsyncGenerator<Buffer> {
  const file = createReadStream(source.path, { highWaterMark: PIECE });
  let stream: Readable = file;
  if (source.gzip) {
    file.on('data', (piece: Buffer | string) => onBytes(piece.length));
    stream = file.pipe(createGunzip({ chunkSize: PIECE }));
    // A stream that is piped does not hand on its errors by itself.
    file.on('error', (error) => stream.destroy(error));
  }
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      if (!source.gzip) onBytes(piece.length);
      yield piece;
    }
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    if (!GZIP_ERRORS.has(code)) throw unreadable(cause);
    const cut = code === 'Z_BUF_ERROR';
    throw new AppError('bad_data', cut ? 'The .gz file ends in the middle: it was cut off.' : 'The .gz file is damaged.', {
      hint: 'The rows before that point are kept. Fetch the whole file and run the same `tagcast import` again: nothing is counted twice.',
      cause,
    });
  } finally {
    file.destroy();
    stream.destroy();
  }
}
