/**
 * What the shop taught about preferences, as versions: canonical JSON with a checksum, opened with the same distrust as models. There is no gate, because a version holds whatever won on its
 * own validation period, the baselines among the candidates: the newest serves, and a person may withdraw it.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import { canonicalJson } from '../base/json.ts';
import type { PreferenceArtefact } from '../estimators/preference/artefact.ts';
import type { TrainedPreferences } from '../training/preference/train.ts';
import { insertPreferences, preferenceArtefact } from '../store/repositories/preferenceModels.ts';
import type { Store } from '../store/connection.ts';

const KIND = 'tagcast_preferences';
const FORMAT_VERSION = 1;
const MAX_BYTES = 256 * 1024 * 1024;
const HINT = 'Train again: `tagcast train preferences`, or withdraw the version: `tagcast preferences --withdraw <version>`.';

/** What knows the artefact is handed in, as for models. Each function throws AppError `artefact_invalid` for what it does not accept. */
export interface PreferenceChecks {
  encode(artefact: PreferenceArtefact): string;
  decode(text: string): PreferenceArtefact;
  /** What is suggested for a few made-up histories: must come out again when the version is opened. */
  golden(artefact: PreferenceArtefact): readonly (readonly string[])[];
}

const invalid = (message: string, cause?: unknown): AppError => new AppError('artefact_invalid', message, { hint: HINT, ...(cause === undefined ? {} : { cause }) });
const checksum = (body: object): string => createHash('sha256').update(canonicalJson(body)).digest('hex');

/** Saves the next version. @throws AppError `artefact_invalid`, `payload_too_large`. */
export async function savePreferences(store: Store, { artefact, report }: TrainedPreferences, checks: PreferenceChecks): Promise<{ readonly version: number; readonly sha256: string }> {
  const text = checks.encode(artefact);
  const golden = checks.golden(checks.decode(text));
  return insertPreferences(store.db, report, store.clock.now(), (version) => {
    const body = { formatVersion: FORMAT_VERSION, kind: KIND, version, artefact: JSON.parse(text) as unknown, golden };
    const sha256 = checksum(body);
    const bytes = Buffer.from(canonicalJson({ ...body, sha256 }));
    if (bytes.length > MAX_BYTES) throw new AppError('payload_too_large', `The preferences are ${bytes.length} bytes; at most ${MAX_BYTES} are stored.`, { hint: 'Put fewer products into the events, or group them.' });
    return { bytes, sha256 };
  });
}

function opened(bytes: Buffer, version: number, checks: PreferenceChecks): { readonly sha256: string; readonly artefact: PreferenceArtefact } {
  try {
    const { sha256, ...body } = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
    if (body.kind !== KIND || body.formatVersion !== FORMAT_VERSION || body.version !== version) throw invalid(`The bytes stored as preferences version ${version} are of another kind, format or version.`);
    if (typeof sha256 !== 'string' || sha256 !== checksum(body)) throw invalid(`The checksum of preferences version ${version} does not match its bytes.`);
    const artefact = checks.decode(canonicalJson(body.artefact));
    if (canonicalJson(checks.golden(artefact)) !== canonicalJson(body.golden)) throw invalid(`Preferences version ${version} suggest other products for their golden histories than when they were trained.`);
    return { sha256, artefact };
  } catch (error) {
    if (error instanceof AppError && error.code === 'artefact_invalid') throw error;
    throw invalid(`Preferences version ${version} cannot be read.`, error);
  }
}

/** @throws AppError `not_found`, or `artefact_invalid` when anything about the stored bytes is wrong. */
export async function loadPreferences(store: Store, version: number, checks: PreferenceChecks): Promise<PreferenceArtefact> {
  const row = await preferenceArtefact(store.db, version);
  if (row === undefined) throw new AppError('not_found', `There is no version ${version} of the preferences.`, { hint: 'See `tagcast preferences`.' });
  const { sha256, artefact } = opened(row.artefact, version, checks);
  if (sha256 !== row.sha256) throw invalid(`The bytes stored as preferences version ${version} belong to another version.`);
  return artefact;
}
