/**
 * Artefacts as bytes. Plain values are canonical JSON; a typed array becomes `{"$f64": "<base64 of its little-endian bytes>"}`
 * (`$i32`, `$u8` likewise), so no digit is lost and encode → decode → encode gives equal bytes.
 */
import { z } from 'zod';
import { canonicalJson } from '../base/json.ts';
import { AppError } from '../base/errors.ts';

const BLOCKS = { $f64: Float64Array, $i32: Int32Array, $u8: Uint8Array } as const;
type BlockTag = keyof typeof BLOCKS;

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The bytes of one element turned round on big-endian machines, so that files are the same everywhere. */
function inFileOrder(bytes: Buffer, width: number): Buffer {
  if (LITTLE_ENDIAN || width === 1) return bytes;
  return width === 4 ? bytes.swap32() : bytes.swap64();
}

function pack(value: unknown): unknown {
  for (const [tag, Block] of Object.entries(BLOCKS)) {
    if (value instanceof Block) {
      const copy = Buffer.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      return { [tag]: inFileOrder(copy, value.BYTES_PER_ELEMENT).toString('base64') };
    }
  }
  if (Array.isArray(value)) return value.map(pack);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pack(inner)]));
  return value;
}

function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && only[0] in BLOCKS && typeof only[1] === 'string') {
    const Block = BLOCKS[only[0] as BlockTag];
    const bytes = inFileOrder(Buffer.from(only[1], 'base64'), Block.BYTES_PER_ELEMENT);
    if (bytes.length % Block.BYTES_PER_ELEMENT !== 0) {
      throw new AppError('artefact_invalid', `A ${only[0]} block holds ${bytes.length} bytes, which is no whole number of elements.`, { hint: 'Train again: `tagcast train`.' });
    }
    // Copied, so that the array is aligned and keeps no part of a pooled buffer alive.
    return new Block(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, unpack(inner)]));
}

/** Text of an artefact (or of any plain value with Float64Array, Int32Array and Uint8Array inside). Throws TypeError on NaN or ±Infinity outside typed arrays. */
export function encodeArtefact(artefact: object): string {
  return canonicalJson(pack(artefact));
}

/** The artefact in `text`, checked by `schema`. Throws `artefact_invalid` naming the first thing that is wrong. */
export function decodeArtefact<Artefact>(text: string, schema: z.ZodType<Artefact>): Artefact {
  let plain: unknown;
  try {
    plain = unpack(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('artefact_invalid', `A model artefact of ${text.length} characters is not readable JSON.`, { hint: 'Train again: `tagcast train`.', cause });
  }
  return checkArtefact(plain, schema);
}

/** `value` as an artefact of `schema`, or `artefact_invalid` naming the first thing that is wrong. */
export function checkArtefact<Artefact>(value: unknown, schema: z.ZodType<Artefact>): Artefact {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError('artefact_invalid', `A model artefact is damaged at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? 'unknown problem'}.`, {
    hint: 'Train again: `tagcast train`, or go back to the version before: `tagcast models rollback`.',
  });
}

const allFinite = (values: ArrayLike<number>): boolean => {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
};

/** Schema parts that artefacts share. */
export const finite = z.number();
export const float64Block: z.ZodType<Float64Array> = z.instanceof(Float64Array).refine(allFinite, 'must hold finite numbers only');
export const int32Block: z.ZodType<Int32Array> = z.instanceof(Int32Array);
export const uint8Block: z.ZodType<Uint8Array> = z.instanceof(Uint8Array);
