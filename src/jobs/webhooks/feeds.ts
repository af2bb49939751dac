/**
 * What webhooks can tell. A feed writes its rows into the outbox in the transaction of the change itself (segments do), or it has a cursor: a table that only grows, read from where the
 * endpoint stands. Either way a row names a place, and what is told is composed when it is sent.
 */
import type { Knex } from 'knex';
import { segmentChangeData } from '../../segments/feed.ts';
import type { Store } from '../../store/connection.ts';

export interface Feed {
  readonly event: string;
  /** Undefined where nothing is left to tell: the row is skipped. */
  compose(store: Store, source: Readonly<Record<string, unknown>>): Promise<object | undefined>;
}

/** A part of a feed after a position: at most as many customers as one message may have. */
export interface FeedPart {
  /** Where the next part begins. Strictly growing. */
  readonly position: number;
  readonly source: Readonly<Record<string, unknown>>;
}

export interface CursorFeed extends Feed {
  /** Where a new endpoint begins: it is told of what comes after. */
  end(db: Knex): Promise<number>;
  /** Undefined at the end. A row that another transaction may still put before the end must not be passed. */
  next(db: Knex, after: number): Promise<FeedPart | undefined>;
}

const segmentFeed = (event: 'segment.entered' | 'segment.left'): Feed => ({ event, compose: (store, source) => segmentChangeData(store, source) });

export const SEGMENT_FEEDS: readonly Feed[] = [segmentFeed('segment.entered'), segmentFeed('segment.left')];

export interface Feeds {
  readonly queued: readonly Feed[];
  readonly cursors: readonly CursorFeed[];
}

export function eventsOf({ queued, cursors }: Feeds): string[] {
  return [...queued, ...cursors].map(({ event }) => event);
}
