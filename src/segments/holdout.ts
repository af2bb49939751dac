/** Which members are held out of every contact, so that what a contact brings can be measured against customers who were not contacted. */
import { createHash } from 'node:crypto';
import { bindFloat, bindText, sql } from '../conditions/sql/fragment.ts';
import type { Sql } from '../conditions/sql/fragment.ts';

/** Thirteen hexadecimal digits, 52 bits, are whole in a double, so that the store and the program come to the same number. */
const DIGITS = 13;

/**
 * Whether a customer is held out of a segment. The first 52 bits of sha256(`salt:customerId`), read as a fraction of [0, 1), are below the share. The number belongs to customer and salt alone:
 * it does not change from build to build, with the other members or with the day, and a larger share keeps everybody whom a smaller one held out.
 * @param salt of the segment; segments of different salts are independent of each other
 * @param customerId store id
 * @param share of members held out, in [0, 1)
 */
export function inHoldout(salt: string, customerId: number, share: number): boolean {
  const hex = createHash('sha256').update(`${salt}:${customerId}`, 'utf8').digest('hex').slice(0, DIGITS);
  return Number.parseInt(hex, 16) / 2 ** (4 * DIGITS) < share;
}

/** The same of `customers c`, true or false. */
export function holdoutSql(salt: string, share: number): Sql {
  return sql`((('x' || substr(encode(sha256(convert_to(${bindText(salt)} || ':' || c.customer_id::text, 'UTF8')), 'hex'), 1, 13))::bit(52)::int8)::float8 / 4503599627370496::float8 < ${bindFloat(share)})`;
}
