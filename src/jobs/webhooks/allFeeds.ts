/** Everything that webhooks can tell. */
import { SEGMENT_FEEDS } from './feeds.ts';
import type { Feeds } from './feeds.ts';
import { STAGE_FEED } from './stageFeed.ts';

export const FEEDS: Feeds = { queued: SEGMENT_FEEDS, cursors: [STAGE_FEED] };
