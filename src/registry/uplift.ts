/** Models of experiments in the store: versions of `uplift_<experiment>` beside the other models, sealed the same way, with the report of the evaluation; the newest serves. */
import { AppError } from '../base/errors.ts';
import { canonicalJson } from '../base/json.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { insertModel, modelArtefact, moveAlias } from '../store/repositories/models.ts';
import { insertModelReport } from '../store/repositories/modelReports.ts';
import { selectRows, storableText } from '../store/repositories/bulk.ts';
import type { Store } from '../store/connection.ts';
import type { UpliftModel } from '../training/uplift/trained.ts';
import { NEWEST_SERVES } from './newestServes.ts';
import { invalid, sameNumber, seal, unseal } from './seal.ts';

export type { UpliftModel } from '../training/uplift/trained.ts';

export const UPLIFT_KIND = 'tagcast_uplift';
export const upliftModelName = (experiment: string): string => `uplift_${experiment}`;

/** What the registry has to ask others about a model of uplift. Each function throws AppError `artefact_invalid` for what it does not accept. */
export interface UpliftChecks {
  encode(content: UpliftModel): string;
  decode(text: string): UpliftModel;
  /** Uplift, then the outcome without treatment, of the golden rows. */
  predictGolden(content: UpliftModel): readonly (readonly number[])[];
}

/** What is known of a version without reading its artefact. */
export type UpliftCard = Pick<UpliftModel, 'experiment' | 'experimentCreatedAt' | 'responseDays' | 'unit' | 'rankable' | 'learner' | 'averageEffect' | 'data'> & { readonly kind: 'uplift'; readonly naturalMean: number };

export function upliftCard({ experiment, experimentCreatedAt, responseDays, unit, rankable, learner, averageEffect, data, natural }: UpliftModel): UpliftCard {
  return { kind: 'uplift', experiment, experimentCreatedAt, responseDays, unit, rankable, learner, averageEffect, data, naturalMean: natural.mean };
}

function checkGolden(content: UpliftModel, checks: UpliftChecks): void {
  const again = checks.predictGolden(content).flat();
  const stored = content.golden.predictions.flat();
  if (stored.length !== again.length || !stored.every((value, i) => sameNumber(value, again[i]))) throw invalid(`The model of experiment ${content.experiment} gives other numbers for its golden rows than when it was trained.`);
}

export function openUplift(bytes: Uint8Array, checks: UpliftChecks): UpliftModel {
  return unseal(UPLIFT_KIND, bytes, ({ name, content: plain }) => {
    const content = checks.decode(canonicalJson(plain));
    if (upliftModelName(content.experiment) !== name) throw invalid('The envelope of a model and its content have different names.');
    checkGolden(content, checks);
    return content;
  });
}

/** Saves a version with its report and lets it serve, whatever its verdict: a newer evaluation knows more. @throws AppError `artefact_invalid`, `payload_too_large`. */
export async function saveUplift(store: Store, content: UpliftModel, checks: UpliftChecks, report: { readonly schemaVersion: number; readonly document: unknown }, actor: string): Promise<number> {
  const name = upliftModelName(content.experiment);
  const text = checks.encode(content);
  checkGolden(checks.decode(text), checks);
  const at = store.clock.now();
  return store.db.transaction(async (trx) => {
    await trx.raw('LOCK TABLE models IN SHARE ROW EXCLUSIVE MODE');
    const [row] = await selectRows<{ next: number }>(trx, 'SELECT coalesce(max(version), 0) + 1 AS next FROM models WHERE name = ?', [name]);
    const version = row?.next ?? 1;
    const { bytes, sha256 } = seal(UPLIFT_KIND, name, version, JSON.parse(text) as unknown);
    const given = await insertModel(trx, { name, sha256, envelope: upliftCard(content), artefact: bytes, at });
    if (given !== version) throw new AppError('internal', `Model "${name}" was given version ${given} instead of ${version}.`);
    await insertModelReport(trx, { name, version, ...report });
    await moveAlias(trx, { name, alias: 'champion', version, at, actor, reason: `evaluated: ${content.rankable ? 'rankable' : 'insufficient evidence'}; ${NEWEST_SERVES.uplift.en}` });
    await recordAudit(trx, { at, actor, action: 'experiment.evaluated', object: content.experiment, details: { version, rankable: content.rankable } });
    return version;
  });
}

/** @throws AppError `not_found`, `artefact_invalid`. */
export async function loadUplift(store: Store, experiment: string, version: number, checks: UpliftChecks): Promise<UpliftModel> {
  const bytes = await modelArtefact(store.db, storableText(upliftModelName(experiment)), version);
  if (bytes === undefined) throw new AppError('not_found', `There is no version ${version} of a model of experiment ${experiment.slice(0, 60)}.`, { hint: 'Run `tagcast experiment evaluate`.' });
  return openUplift(bytes, checks);
}
