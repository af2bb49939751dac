/** What its age does to a tag: past its day it has no value any more, for a number of last month must not be read as one of today. */
import type { LocalDate } from '../base/time.ts';
import type { Tag } from './tag.ts';

export function asSeenOn(tag: Tag, today: LocalDate): Tag {
  if (tag.status !== 'ok' || tag.expiresAt === null || tag.expiresAt > today) return tag;
  return { ...tag, status: 'stale', value: null, band: null, probability: null, percentile: null, lift: null, interval: null, reasons: [] };
}
