/**
 * Bytes that are never trusted: `{formatVersion, kind, name, version, content, sha256}` in canonical JSON, the checksum taken over the same text without it.
 * What the content means is the business of whoever seals and opens it.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import { canonicalJson } from '../base/json.ts';

export const FORMAT_VERSION = 1;
/** Largest envelope that is written or opened, in bytes. */
export const MAX_MODEL_BYTES = 256 * 1024 * 1024;
/** Golden rows must come out again within this (absolute, and relative above 1). */
export const GOLDEN_TOLERANCE = 1e-9;

const HINT = 'Train again: `tagcast train`, or go back to the version before: `tagcast models rollback`.';

export function invalid(message: string, cause?: unknown): AppError {
  return new AppError('artefact_invalid', message, { hint: HINT, ...(cause === undefined ? {} : { cause }) });
}

function checksum(body: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}

/** @param content plain JSON. @throws AppError `payload_too_large`. */
export function seal(kind: string, name: string, version: number, content: unknown): { readonly bytes: Buffer; readonly sha256: string } {
  const body = { formatVersion: FORMAT_VERSION, kind, name, version, content };
  const sha256 = checksum(body);
  const bytes = Buffer.from(canonicalJson({ ...body, sha256 }));
  if (bytes.length > MAX_MODEL_BYTES) {
    throw new AppError('payload_too_large', `The model "${name}" is ${bytes.length} bytes; at most ${MAX_MODEL_BYTES} are stored.`, { hint: 'Use fewer or smaller trees in models/.' });
  }
  return { bytes, sha256 };
}

export interface Unsealed {
  readonly name: string;
  readonly version: number;
  readonly sha256: string;
  /** Plain JSON. */
  readonly content: unknown;
}

function plainEnvelope(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length > MAX_MODEL_BYTES) throw invalid(`A stored model is ${bytes.length} bytes; at most ${MAX_MODEL_BYTES} are read.`);
  const plain: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) throw invalid('A stored model is no JSON object.');
  return plain as Record<string, unknown>;
}

/** What the bytes hold, and what `read` makes of the content. @throws AppError `artefact_invalid` whatever is wrong with them, and nothing else. */
export function unseal<T>(kind: string, bytes: Uint8Array, read: (unsealed: Unsealed) => T): T {
  try {
    const { sha256, ...body } = plainEnvelope(bytes);
    const { formatVersion, kind: own, name, version } = body;
    if (own !== kind) throw invalid('The bytes are not a Tagcast model.');
    if (typeof formatVersion !== 'number' || formatVersion > FORMAT_VERSION) {
      throw new AppError('artefact_invalid', `The model has format ${String(formatVersion).slice(0, 20)}; this version of Tagcast reads up to ${FORMAT_VERSION}.`, { hint: 'Start the newer version of Tagcast that wrote it.' });
    }
    if (formatVersion !== FORMAT_VERSION) throw invalid(`The model has the unknown format ${formatVersion}.`);
    if (Object.keys(body).length !== 5 || typeof name !== 'string' || !Number.isInteger(version)) throw invalid('The envelope of a model has not the fields that it must have.');
    if (sha256 !== checksum(body)) throw invalid('The checksum of a stored model does not match its bytes: the file or table was changed or damaged.');
    return read({ name, version: version as number, sha256, content: body.content });
  } catch (error) {
    if (error instanceof AppError && error.code === 'artefact_invalid') throw error;
    throw invalid('A stored model cannot be read.', error);
  }
}

/** Whether a golden number came out again. */
export function sameNumber(a: number, b: number): boolean {
  return Math.abs(a - b) <= GOLDEN_TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}
