/** What makes two events the same event: the source's own id, or else all that is written in the row. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../../base/json.ts';
import type { NewEvent } from '../events.ts';

/** One spelling per number: '010.50' and '10.5' are equal, and so are '-0.0' and '0'. */
export function canonicalDecimal(text: string): string {
  const [, sign, whole, fraction] = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(text) ?? ['', '', text, ''];
  const digits = fraction === undefined || fraction === '' ? whole : `${whole}.${fraction}`;
  return digits === '0' ? '0' : `${sign}${digits}`;
}

const decimal = (text: string | undefined): string | null => (text === undefined ? null : canonicalDecimal(text));

/**
 * 128 bits of SHA-256 as a uuid. An event with `eventId` is the same event when source and id are the same, whatever else it says;
 * one without is the same when every field is, whatever the source is called: the same file under another name adds nothing.
 */
export function dedupeKey(source: string, event: NewEvent): string {
  const content =
    event.eventId === undefined
      ? [
          'row', event.customer, event.occurredAt, event.kind, decimal(event.amount), decimal(event.quantity), decimal(event.discount), event.product ?? null, event.category ?? null,
          event.channel ?? null, event.campaign ?? null, event.session ?? null, event.orderRef ?? null, event.properties === undefined ? null : canonicalJson(event.properties),
        ]
      : ['id', source, event.eventId];
  const hex = hash('sha256', JSON.stringify(content), 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
