/** API keys: shown once, kept as a hash. The secret has 256 random bits, so a plain SHA-256 is enough. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, storableText } from './bulk.ts';

export const ROLES = ['admin', 'data_scientist', 'marketer', 'service'] as const;
export type Role = (typeof ROLES)[number];

export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

const COLUMNS = `key_id AS "keyId", name, role, created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;
const FORM = /^pk_([0-9a-f]{16})_([\w-]{43})$/;
/** A key in use is not written more often than this. */
const TOUCH_MS = 60_000;

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Makes a key. `key` is the only copy: it is not stored and cannot be shown again. */
export async function createApiKey(db: Knex, input: { readonly name: string; readonly role: Role; readonly at: number; readonly expiresAt?: number }): Promise<{ keyId: string; key: string }> {
  const keyId = randomBytes(8).toString('hex');
  const key = `pk_${keyId}_${randomBytes(32).toString('base64url')}`;
  await db.raw('INSERT INTO api_keys (key_id, name, role, sha256, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)', [
    keyId, storableText(input.name), input.role, hashOf(key), instantText(input.at), input.expiresAt === undefined ? null : instantText(input.expiresAt),
  ] as Knex.RawBinding[]);
  return { keyId, key };
}

/** The key's row when it is right, not expired and not revoked at `at`; always asks the store, so that a revoked key fails on the next call. */
export async function verifyApiKey(db: Knex, key: string, at: number): Promise<ApiKey | undefined> {
  const keyId = FORM.exec(key)?.[1];
  if (keyId === undefined) return undefined;
  const [row] = await selectRows<ApiKey & { sha256: Buffer }>(db, `SELECT ${COLUMNS}, sha256 FROM api_keys WHERE key_id = ?`, [keyId]);
  const { sha256, ...found } = row ?? { sha256: Buffer.alloc(32) };
  // The comparison takes the same time whether the id exists or not.
  const equal = timingSafeEqual(hashOf(key), sha256);
  if (!equal || !('keyId' in found) || found.revokedAt !== null || (found.expiresAt !== null && found.expiresAt <= at)) return undefined;
  if (found.lastUsedAt === null || at - found.lastUsedAt >= TOUCH_MS) await db.raw('UPDATE api_keys SET last_used_at = ? WHERE key_id = ?', [instantText(at), keyId]);
  return found;
}

/** Returns whether there was such a key that was not revoked yet. */
export async function revokeApiKey(db: Knex, keyId: string, at: number): Promise<boolean> {
  return (await selectRows(db, 'UPDATE api_keys SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL RETURNING 1', [instantText(at), storableText(keyId)])).length > 0;
}

/** Without secrets, oldest first. */
export async function listApiKeys(db: Knex): Promise<ApiKey[]> {
  return selectRows<ApiKey>(db, `SELECT ${COLUMNS} FROM api_keys ORDER BY created_at, key_id`);
}
