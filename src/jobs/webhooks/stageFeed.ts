/** Changes of stages as a feed with a cursor: read from the table that lifecycle nights write in order (src/store/repositories/lifecycleChanges.ts). */
import type { Knex } from 'knex';
import { z } from 'zod';
import { selectRows } from '../../store/repositories/bulk.ts';
import { stageChanges } from '../../store/repositories/lifecycleChanges.ts';
import { CUSTOMERS_PER_MESSAGE } from '../../store/repositories/webhookOutbox.ts';
import type { CursorFeed } from './feeds.ts';

/** Changes behind `after`, up to and with `upTo`. */
const sourceSchema = z.strictObject({ after: z.int(), upTo: z.int() });

export const STAGE_FEED: CursorFeed = {
  event: 'stage.changed',
  async end(db: Knex) {
    return (await selectRows<{ last: number | null }>(db, 'SELECT max(change_id) AS last FROM lifecycle_changes'))[0]?.last ?? 0;
  },
  async next(db: Knex, after: number) {
    const [part] = await selectRows<{ upTo: number | null }>(db, `SELECT max(change_id) AS "upTo" FROM (SELECT change_id FROM lifecycle_changes WHERE change_id > ? ORDER BY change_id LIMIT ${CUSTOMERS_PER_MESSAGE}) AS part`, [after]);
    const upTo = part?.upTo ?? null;
    return upTo === null ? undefined : { position: upTo, source: { after, upTo } };
  },
  async compose(store, source) {
    const { after, upTo } = sourceSchema.parse(source);
    const { changes } = await stageChanges(store.db, { after, limit: CUSTOMERS_PER_MESSAGE });
    const told = changes.filter(({ id }) => id <= upTo).map(({ externalId, from, to, day, contactable }) => ({ id: externalId, from, to, day, contactable }));
    return told.length === 0 ? undefined : { customers: told };
  },
};
