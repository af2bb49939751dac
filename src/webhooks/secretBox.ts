/** Secrets at rest: AES-256-GCM under a key that is not in the store, bound to the endpoint that they belong to. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '../base/errors.ts';

export const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @returns 12 bytes of nonce, 16 of tag, the rest is the text */
export function seal(key: Buffer, owner: string, text: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner, 'utf8'));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** @throws AppError `invalid_config` where the key is another one than it was sealed with */
export function unseal(key: Buffer, owner: string, sealed: Buffer): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES)).setAAD(Buffer.from(owner, 'utf8')).setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new AppError('invalid_config', 'The secret of a webhook cannot be read: the key of this installation is not the one that it was stored with.', { hint: 'Set TAGCAST_SECRET_KEY to the key of the installation that made it, or rotate the secret: `tagcast webhook rotate`.', cause });
  }
}
