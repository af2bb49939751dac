/** Models in the store: immutable integer versions, written once and checked whenever they are read. */
import { AppError } from '../base/errors.ts';
import { insertModel, modelArtefact } from '../store/repositories/models.ts';
import { insertModelReport } from '../store/repositories/modelReports.ts';
import { selectRows } from '../store/repositories/bulk.ts';
import type { Store } from '../store/connection.ts';
import type { Diagnostics } from '../training/diagnostics/schema.ts';
import type { TrainedModel } from '../training/trained.ts';
import { MAX_MODEL_BYTES, checkGolden, openModel, sealModel } from './envelope.ts';
import type { ModelChecks, OpenedModel } from './envelope.ts';

export interface ModelReference {
  readonly name: string;
  readonly version: number;
  readonly sha256: string;
}

/** What is known of a version without reading its artefacts. */
export interface ModelSummary extends ModelReference {
  /** Epoch ms. */
  readonly createdAt: number;
  readonly bytes: number;
  readonly card: ModelCard;
}

/** The content without artefacts, serving maps and golden rows. */
export type ModelCard = Omit<TrainedModel, 'heads' | 'golden'> & { readonly heads: readonly Omit<TrainedModel['heads'][number], 'artefact' | 'serving'>[] };

export function cardOf(content: TrainedModel): ModelCard {
  const { golden: _golden, heads, ...rest } = content;
  return { ...rest, heads: heads.map(({ artefact: _artefact, serving: _serving, ...head }) => head) };
}

/**
 * Saves a model under the next version of its name, after checking that it can be loaded again, and what a report shows of its test beside it.
 * @throws AppError `artefact_invalid` when content, artefacts or golden rows do not hold, `payload_too_large`.
 */
export async function saveModel(store: Store, content: TrainedModel, checks: ModelChecks, diagnostics?: Diagnostics): Promise<ModelReference> {
  const name = content.model;
  const checked = checks.decode(checks.encode(content));
  checkGolden(checked, checks);
  return store.db.transaction(async (trx) => {
    // The version is part of the bytes, so nobody else may count to it before they are written.
    await trx.raw('LOCK TABLE models IN SHARE ROW EXCLUSIVE MODE');
    const [row] = await selectRows<{ next: number }>(trx, 'SELECT coalesce(max(version), 0) + 1 AS next FROM models WHERE name = ?', [name]);
    const version = row?.next ?? 1;
    const { bytes, sha256 } = sealModel(name, version, content, checks);
    const given = await insertModel(trx, { name, sha256, envelope: cardOf(content), artefact: bytes, at: store.clock.now() });
    if (given !== version) throw new AppError('internal', `Model "${name}" was given version ${given} instead of ${version}.`);
    if (diagnostics !== undefined) await insertModelReport(trx, { name, version, schemaVersion: diagnostics.schemaVersion, document: diagnostics });
    return { name, version, sha256 };
  });
}

/** @throws AppError `not_found`, or `artefact_invalid` when anything about the stored bytes is wrong. */
export async function loadModel(store: Store, name: string, version: number, checks: ModelChecks): Promise<OpenedModel> {
  const [size] = await selectRows<{ bytes: number; sha256: string }>(store.db, 'SELECT octet_length(artefact) AS bytes, sha256 FROM models WHERE name = ? AND version = ?', [name, version]);
  if (size === undefined) throw new AppError('not_found', `There is no version ${version} of a model "${name.slice(0, 60)}".`, { hint: 'See `tagcast models list`.' });
  if (size.bytes > MAX_MODEL_BYTES) {
    throw new AppError('artefact_invalid', `Model "${name}" version ${version} is ${size.bytes} bytes; at most ${MAX_MODEL_BYTES} are read.`, { hint: 'Go back to the version before: `tagcast models rollback`.' });
  }
  const opened = openModel((await modelArtefact(store.db, name, version)) ?? new Uint8Array(), checks);
  if (opened.name !== name || opened.version !== version || opened.sha256 !== size.sha256) {
    throw new AppError('artefact_invalid', `The bytes stored as model "${name}" version ${version} belong to another version.`, { hint: 'Train again: `tagcast train`.' });
  }
  return opened;
}

/** Every version, newest first within a name, without those of experiments (uplift.ts). `name` narrows to one model. */
export async function listModels(store: Store, name?: string): Promise<ModelSummary[]> {
  return selectRows<ModelSummary>(
    store.db,
    `SELECT name, version, sha256, created_at AS "createdAt", octet_length(artefact) AS bytes, envelope AS card FROM models
     WHERE (?::text IS NULL OR name = ?) AND envelope ->> 'kind' IS DISTINCT FROM 'uplift' ORDER BY name, version DESC`,
    [name ?? null, name ?? null] as string[],
  );
}
