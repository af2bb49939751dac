/** What every reader hands on: records in file order, each with its fields or the reason why it has none. */
import type { QuarantineReason } from './reasons.ts';

export interface RecordBlock {
  readonly count: number;
  /** Line number (text files) or row number (Parquet) of record `i`, from 1. */
  line(i: number): number;
  /** Size of record `i` in bytes; for Parquet about that. */
  bytes(i: number): number;
  /** The record as it stands in the file, cut where it was too large. */
  raw(i: number): string;
  /** Fields in the order of the columns, or a reason. Worked out when first asked for, so that records that are skipped cost little. */
  read(): readonly (readonly string[] | QuarantineReason)[];
}

/** An opened file: its columns and its records, once from the beginning. */
export interface RecordSource {
  readonly columns: readonly string[];
  /** The first records, for dates and delimiters. */
  readonly sample: readonly (readonly string[])[];
  records(onProgress: (bytesOnDisk: number) => void): AsyncGenerator<RecordBlock>;
}
