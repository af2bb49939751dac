/**
 * The quarantine file: one JSON line per record that was not taken. It holds personal data, so nobody but its owner may read it.
 * Its length is recorded with every committed batch; a resumed import cuts it back to there, so no line is missing or twice.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../base/errors.ts';
import { QUARANTINE_REASONS, type QuarantineReason } from './reasons.ts';

export interface QuarantinedRecord {
  /** Line number; row number in Parquet files. */
  readonly line: number;
  readonly bytes: number;
  readonly reason: QuarantineReason;
  readonly raw: string;
}

export interface QuarantineFile {
  readonly path: string;
  /** Length after the last write. */
  readonly bytes: number;
  /** Lines that were committed before are not in the file any more. */
  readonly shortened: boolean;
  write(records: readonly QuarantinedRecord[]): Promise<void>;
  close(): Promise<void>;
}

function writeFault(cause: unknown): AppError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk_full', 'The disk of the quarantine file is full; the batch that was being written was rolled back.', { hint: 'Free some space, or choose another place with --quarantine, then run the same `tagcast import` again: it goes on where it stopped.', cause });
  }
  return new AppError('file_unreadable', `The quarantine file cannot be written (${code || 'unknown fault'}).`, { hint: 'Choose another place with --quarantine <file>.', cause });
}

export function quarantineLine(record: QuarantinedRecord): string {
  const message = QUARANTINE_REASONS[record.reason];
  return `${JSON.stringify({ line: record.line, reason: record.reason, message: { zh: message.zh, en: message.en }, bytes: record.bytes, raw: record.raw })}\n`;
}

/** `keep`: bytes of an interrupted import that stay; 0 starts the file anew. The file is made when the first record comes. */
export function quarantineFile(path: string, keep: number): QuarantineFile {
  let handle: FileHandle | undefined;
  let bytes = keep;
  let shortened = false;

  const start = async (): Promise<FileHandle> => {
    const file = await open(path, keep > 0 ? 'a+' : 'w', 0o600);
    const info = await file.stat();
    // Devices and pipes have neither a mode of ours nor a length.
    if (!info.isFile()) return file;
    await file.chmod(0o600);
    if (info.size < bytes) {
      shortened = true;
      bytes = info.size;
    } else if (info.size > bytes) await file.truncate(bytes);
    return file;
  };

  return {
    path,
    get bytes() {
      return bytes;
    },
    get shortened() {
      return shortened;
    },
    async write(records) {
      if (records.length === 0) return;
      try {
        handle ??= await start();
        const text = Buffer.from(records.map(quarantineLine).join(''), 'utf8');
        await handle.appendFile(text);
        bytes += text.length;
      } catch (cause) {
        throw writeFault(cause);
      }
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
  };
}
