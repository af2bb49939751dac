/** Versions of the preferences: the list, and taking one out of service. */
import { AppError } from '../../base/errors.ts';
import type { Store } from '../../store/connection.ts';
import { recordAudit } from '../../store/repositories/audit.ts';
import { listPreferences, setPreferencesWithdrawn } from '../../store/repositories/preferenceModels.ts';
import type { PreferenceReport } from '../../training/preference/train.ts';

export interface PreferenceVersion {
  readonly version: number;
  readonly sha256: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly bytes: number;
  readonly withdrawn: boolean;
  /** The newest that was not withdrawn. */
  readonly serves: boolean;
  readonly report: PreferenceReport;
}

/** Newest first. */
export async function preferenceVersions({ db }: Store): Promise<PreferenceVersion[]> {
  const rows = await listPreferences(db);
  const serving = rows.find(({ withdrawn }) => !withdrawn)?.version;
  return rows.map((row) => ({ ...row, serves: row.version === serving, report: row.report as PreferenceReport }));
}

/** Takes a version out of service or puts it back; the next night and every answer on demand follow. @throws AppError `not_found`. */
export async function withdrawPreferences(store: Store, version: number, withdrawn: boolean, actor: string): Promise<void> {
  await store.db.transaction(async (trx) => {
    if (!(await setPreferencesWithdrawn(trx, version, withdrawn))) throw new AppError('not_found', `There is no version ${version} of the preferences.`, { hint: 'See `tagcast preferences`.' });
    await recordAudit(trx, { at: store.clock.now(), actor, action: withdrawn ? 'preferences.withdraw' : 'preferences.restore', object: `preferences/${version}`, details: {} });
  });
}
