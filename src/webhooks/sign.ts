/**
 * Signatures of the Standard Webhooks specification 1.0.0: HMAC-SHA256 over `id.timestamp.body` with the bytes behind `whsec_`, written as `v1,<base64>`; while a secret is being
 * replaced there are two of them, separated by a space.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'whsec_';
/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32;

export function makeSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** @param seconds Unix time of the attempt */
export function signature(secret: string, id: string, seconds: number, body: string): string {
  return `v1,${createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64')).update(`${id}.${seconds}.${body}`, 'utf8').digest('base64')}`;
}

export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** @param secrets the present one first */
export function signedHeaders(secrets: readonly string[], id: string, seconds: number, body: string): SignedHeaders {
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': secrets.map((secret) => signature(secret, id, seconds, body)).join(' ') };
}

/** What a receiver does, in constant time: whether one of the signatures is of this secret. */
export function verifies(secret: string, headers: SignedHeaders, body: string): boolean {
  const wanted = Buffer.from(signature(secret, headers['webhook-id'], Number(headers['webhook-timestamp']), body));
  return headers['webhook-signature'].split(' ').some((given) => {
    const bytes = Buffer.from(given);
    return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
  });
}
