/** Versions of what preferences are read from, as rows: bytes in, bytes out. */
import type { Knex } from 'knex';
import { instantText } from '../types.ts';
import { selectRows, storableJson } from './bulk.ts';

export interface PreferenceRow {
  readonly version: number;
  readonly sha256: string;
  readonly report: unknown;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly bytes: number;
  readonly withdrawn: boolean;
}

const COLUMNS = `version, sha256, report, created_at AS "createdAt", octet_length(artefact) AS bytes, withdrawn`;

/** Stores the next version; `seal` makes its bytes, of which the version is a part. */
export async function insertPreferences(db: Knex, report: unknown, at: number, seal: (version: number) => { readonly bytes: Uint8Array; readonly sha256: string }): Promise<{ readonly version: number; readonly sha256: string }> {
  return db.transaction(async (trx) => {
    // Two writers must not count to the same number.
    await trx.raw('LOCK TABLE preference_models IN SHARE ROW EXCLUSIVE MODE');
    const [row] = await selectRows<{ next: number }>(trx, 'SELECT coalesce(max(version), 0) + 1 AS next FROM preference_models');
    const version = row?.next ?? 1;
    const { bytes, sha256 } = seal(version);
    await trx.raw('INSERT INTO preference_models (version, sha256, report, artefact, created_at) VALUES (?, ?, ?::jsonb, ?::bytea, ?::timestamptz)', [version, sha256, storableJson(report), Buffer.from(bytes), instantText(at)]);
    return { version, sha256 };
  });
}

/** Newest first, without artefacts. */
export async function listPreferences(db: Knex): Promise<PreferenceRow[]> {
  return selectRows<PreferenceRow>(db, `SELECT ${COLUMNS} FROM preference_models ORDER BY version DESC`);
}

/** The newest version that was not withdrawn. */
export async function servingPreferences(db: Knex): Promise<number | undefined> {
  return (await selectRows<{ version: number | null }>(db, 'SELECT max(version) AS version FROM preference_models WHERE NOT withdrawn'))[0]?.version ?? undefined;
}

export async function preferenceArtefact(db: Knex, version: number): Promise<{ readonly sha256: string; readonly artefact: Buffer } | undefined> {
  return (await selectRows<{ sha256: string; artefact: Buffer }>(db, 'SELECT sha256, artefact FROM preference_models WHERE version = ?', [version]))[0];
}

/** A channel whose messages a version knows, as its tags need it. */
export interface ServedChannel {
  readonly slug: string;
  readonly name: string;
  /** Within which an answer follows its message. */
  readonly days: number;
  readonly outcomes: readonly ('open' | 'click' | 'convert')[];
}

/** Channels of the version that serves, else of the newest: while none serves their tags are paused. None before the first training. */
export async function responseChannels(db: Knex): Promise<ServedChannel[]> {
  const [row] = await selectRows<{ days: number | null; channels: { slug: string; name: string; outcomes: { outcome: ServedChannel['outcomes'][number] }[] }[] | null }>(
    db, `SELECT (report #>> '{responses,days}')::int AS days, report #> '{responses,channels}' AS channels FROM preference_models ORDER BY withdrawn, version DESC LIMIT 1`);
  return (row?.channels ?? []).map(({ slug, name, outcomes }) => ({ slug, name, days: row?.days ?? 0, outcomes: outcomesServed(outcomes.map(({ outcome }) => outcome)) }));
}

/** The main outcome is told of every channel, if only that nothing is known; the others where they were learned. */
export function outcomesServed(learned: readonly ServedChannel['outcomes'][number][]): ServedChannel['outcomes'] {
  return ['open', ...learned.filter((outcome) => outcome !== 'open')];
}

/** Takes a version out of service, or puts it back. False where there is no such version. */
export async function setPreferencesWithdrawn(db: Knex, version: number, withdrawn: boolean): Promise<boolean> {
  return (await selectRows(db, 'UPDATE preference_models SET withdrawn = ? WHERE version = ? RETURNING version', [withdrawn, version])).length > 0;
}
