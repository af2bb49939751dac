/**
 * A model as bytes: `{formatVersion, kind, name, version, content, sha256}` in canonical JSON, the checksum taken over the same text without it.
 * Opening bytes never trusts them: size, JSON, checksum, format, content schema, every artefact's own schema, and the golden rows scored anew.
 * What knows estimators is handed in ({@link ModelChecks}): this room stores models and never fits or runs one by itself.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import { canonicalJson } from '../base/json.ts';
import type { TrainedModel } from '../training/trained.ts';

export type { TrainedHead, TrainedModel } from '../training/trained.ts';

export const FORMAT_VERSION = 1;
export const MODEL_KIND = 'tagcast_model';
/** Largest envelope that is written or opened, in bytes. */
export const MAX_MODEL_BYTES = 256 * 1024 * 1024;
/** Golden rows must come out again within this (absolute, and relative above 1). */
export const GOLDEN_TOLERANCE = 1e-9;

/** What the registry has to ask others about a model. Each function throws AppError `artefact_invalid` for what it does not accept. */
export interface ModelChecks {
  /** Canonical JSON text of content that holds typed arrays. */
  encode(content: TrainedModel): string;
  /** The inverse of `encode`, with the content's schema and every artefact's own schema checked. */
  decode(text: string): TrainedModel;
  /** Raw predictions of the golden rows, as `content.golden.predictions` are laid out: heads × rows. */
  predictGolden(content: TrainedModel): readonly (readonly number[])[];
}

export interface OpenedModel {
  readonly name: string;
  readonly version: number;
  readonly sha256: string;
  readonly content: TrainedModel;
}

const HINT = 'Train again: `tagcast train`, or go back to the version before: `tagcast models rollback`.';

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('artefact_invalid', message, { hint: HINT, ...(cause === undefined ? {} : { cause }) });
}

function checksum(body: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}

/** The bytes of a model. @throws AppError `artefact_invalid` for content that cannot be stored, `payload_too_large`. */
export function sealModel(name: string, version: number, content: TrainedModel, checks: ModelChecks): { readonly bytes: Buffer; readonly sha256: string } {
  const body = { formatVersion: FORMAT_VERSION, kind: MODEL_KIND, name, version, content: JSON.parse(checks.encode(content)) as unknown };
  const sha256 = checksum(body);
  const bytes = Buffer.from(canonicalJson({ ...body, sha256 }));
  if (bytes.length > MAX_MODEL_BYTES) {
    throw new AppError('payload_too_large', `The model "${name}" is ${bytes.length} bytes; at most ${MAX_MODEL_BYTES} are stored.`, { hint: 'Use fewer or smaller trees in models/.' });
  }
  return { bytes, sha256 };
}

function plainEnvelope(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length > MAX_MODEL_BYTES) throw invalid(`A stored model is ${bytes.length} bytes; at most ${MAX_MODEL_BYTES} are read.`);
  const plain: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) throw invalid('A stored model is no JSON object.');
  return plain as Record<string, unknown>;
}

function same(a: number, b: number): boolean {
  return Math.abs(a - b) <= GOLDEN_TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}

/** Scores the golden rows again. @throws AppError `artefact_invalid` naming the first head whose numbers differ. */
export function checkGolden(content: TrainedModel, checks: ModelChecks): void {
  const now = checks.predictGolden(content);
  content.heads.forEach((head, h) => {
    const stored = content.golden.predictions[h] ?? [];
    const again = now[h] ?? [];
    const equal = stored.length === content.golden.rows.length && again.length === stored.length && stored.every((value, row) => same(value, again[row]));
    if (!equal) throw invalid(`The model "${content.model}" gives other numbers for its golden rows than when it was trained (horizon ${head.horizonDays} days).`);
  });
}

/** The model in `bytes`. @throws AppError `artefact_invalid` whatever is wrong with them, and nothing else. */
export function openModel(bytes: Uint8Array, checks: ModelChecks): OpenedModel {
  try {
    const { sha256, ...body } = plainEnvelope(bytes);
    const { formatVersion, kind, name, version } = body;
    if (kind !== MODEL_KIND) throw invalid('The bytes are not a Tagcast model.');
    if (typeof formatVersion !== 'number' || formatVersion > FORMAT_VERSION) {
      throw new AppError('artefact_invalid', `The model has format ${String(formatVersion).slice(0, 20)}; this version of Tagcast reads up to ${FORMAT_VERSION}.`, { hint: 'Start the newer version of Tagcast that wrote it.' });
    }
    if (formatVersion !== FORMAT_VERSION) throw invalid(`The model has the unknown format ${formatVersion}.`);
    if (Object.keys(body).length !== 5 || typeof name !== 'string' || !Number.isInteger(version)) throw invalid('The envelope of a model has not the fields that it must have.');
    if (sha256 !== checksum(body)) throw invalid('The checksum of a stored model does not match its bytes: the file or table was changed or damaged.');
    const content = checks.decode(canonicalJson(body.content));
    if (content.model !== name) throw invalid('The envelope of a model and its content have different names.');
    checkGolden(content, checks);
    return { name, version: version as number, sha256, content };
  } catch (error) {
    if (error instanceof AppError && error.code === 'artefact_invalid') throw error;
    throw invalid('A stored model cannot be read.', error);
  }
}
