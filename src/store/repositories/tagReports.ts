/** Usefulness reports of tags as documents, one per tag and day: what they mean is the business of reports. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { arrayLiteral, selectRows, storableJson } from './bulk.ts';

export interface TagReportRow {
  readonly key: string;
  readonly day: string;
  readonly document: unknown;
}

/** Replaces what there is of the same tags and day. */
export async function saveTagReports(db: Knex, reports: readonly TagReportRow[], at: number): Promise<void> {
  await db.transaction(async (trx) => {
    for (const { key, day, document } of reports) {
      await trx.raw(
        'INSERT INTO tag_reports (tag_key, day, made_at, document) VALUES (?, ?::date, ?, ?::jsonb) ON CONFLICT (tag_key, day) DO UPDATE SET made_at = excluded.made_at, document = excluded.document',
        [key, day, instantText(at), storableJson(document)]);
    }
  });
}

/** Day of the newest reports; undefined where none were made. */
export async function newestReportDay(db: Knex): Promise<string | undefined> {
  return (await selectRows<{ day: string | null }>(db, 'SELECT max(day) AS day FROM tag_reports'))[0]?.day ?? undefined;
}

/** The newest report of each tag, made on the day or before it. */
export async function tagReportsUntil(db: Knex, day: string, keys?: readonly string[]): Promise<TagReportRow[]> {
  const list = keys === undefined ? null : arrayLiteral('text', keys);
  return selectRows<TagReportRow>(
    db, 'SELECT DISTINCT ON (tag_key) tag_key AS key, day, document FROM tag_reports WHERE day <= ?::date AND (?::text[] IS NULL OR tag_key = ANY (?::text[])) ORDER BY tag_key, day DESC', [day, list, list] as Knex.RawBinding[]);
}

/** First day with a report, by tag. */
export async function firstReportDays(db: Knex, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await selectRows<{ key: string; day: string }>(db, 'SELECT tag_key AS key, min(day) AS day FROM tag_reports WHERE tag_key = ANY (?::text[]) GROUP BY tag_key', [arrayLiteral('text', keys)]);
  return new Map(rows.map(({ key, day }) => [key, day]));
}
