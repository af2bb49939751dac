/** The aliases champion, challenger and previous: moved in one transaction that also writes the history and the audit log. */
import type { Knex } from 'knex';
import { AppError } from '../base/errors.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { listAliases, moveAlias } from '../store/repositories/models.ts';
import type { Store } from '../store/connection.ts';
import type { TrainedModel } from '../training/trained.ts';
import { requireColumns } from './columns.ts';
import type { LiveColumn } from './columns.ts';
import type { ModelChecks } from './envelope.ts';
import { promotionGate } from './gate.ts';
import type { GateAnswer, ServingModel } from './gate.ts';
import { loadModel } from './models.ts';

export const ALIASES = ['champion', 'challenger', 'previous'] as const;
export type Alias = (typeof ALIASES)[number];
export type AliasVersions = Readonly<Partial<Record<Alias, number>>>;

/** Who moves an alias, and why; both are kept for ever. */
export interface Move {
  readonly actor: string;
  readonly reason: string;
}

async function readAliases(db: Knex, name: string): Promise<AliasVersions> {
  return Object.fromEntries((await listAliases(db, name)).map(({ alias, version }) => [alias, version]));
}

export function aliasesOf(store: Store, name: string): Promise<AliasVersions> {
  return readAliases(store.db, name);
}

/** The champion's version of every model that has one, by model name. */
export async function champions(store: Store): Promise<ReadonlyMap<string, number>> {
  return new Map((await listAliases(store.db)).filter(({ alias }) => alias === 'champion').map(({ name, version }) => [name, version]));
}

type Decide = (now: AliasVersions) => { readonly alias: Alias; readonly to: number | undefined }[];

async function moveAliases(store: Store, name: string, action: string, move: Move, decide: Decide): Promise<AliasVersions> {
  return store.db.transaction(async (trx) => {
    // Taken before anything is read: two moves of one model never interleave.
    await trx.raw('LOCK TABLE model_aliases IN SHARE ROW EXCLUSIVE MODE');
    const now = await readAliases(trx, name);
    const moves = decide(now).filter(({ alias, to }) => now[alias] !== to);
    const at = store.clock.now();
    for (const { alias, to } of moves) await moveAlias(trx, { name, alias, version: to ?? null, at, actor: move.actor, reason: move.reason });
    if (moves.length > 0) {
      const changed = moves.map(({ alias, to }) => ({ alias, from: now[alias] ?? null, to: to ?? null }));
      await recordAudit(trx, { at, actor: move.actor, action, object: `model ${name}`, details: { moves: changed, reason: move.reason } });
    }
    return readAliases(trx, name);
  });
}

function toChampion(version: number): Decide {
  return (now) => [
    { alias: 'champion', to: version },
    { alias: 'previous', to: now.champion === version ? now.previous : now.champion },
    { alias: 'challenger', to: now.challenger === version ? undefined : now.challenger },
  ];
}

/**
 * Makes a version the champion; the old champion becomes `previous`. The version is opened and checked first.
 * @throws AppError `not_found`, `artefact_invalid`, `model_mismatch` naming the columns that the live features do not have as trained.
 */
export async function promoteModel(store: Store, name: string, version: number, live: readonly LiveColumn[], checks: ModelChecks, move: Move): Promise<AliasVersions> {
  const { content } = await loadModel(store, name, version, checks);
  requireColumns(name, version, content, live);
  return moveAliases(store, name, 'model.promote', move, toChampion(version));
}

/** Champion ← previous, and previous ← the champion until now, so that a roll-back can be undone. @throws AppError `conflict` without a previous version, and as {@link promoteModel}. */
export async function rollbackModel(store: Store, name: string, live: readonly LiveColumn[], checks: ModelChecks, move: Move): Promise<AliasVersions> {
  const { previous } = await readAliases(store.db, name);
  if (previous === undefined) throw new AppError('conflict', `Model "${name.slice(0, 60)}" has no previous champion to go back to.`, { hint: 'See `tagcast models list`, and choose a version: `tagcast models promote`.' });
  const { content } = await loadModel(store, name, previous, checks);
  requireColumns(name, previous, content, live);
  return moveAliases(store, name, 'model.rollback', move, (now) => {
    if (now.previous !== previous) throw new AppError('conflict', `The aliases of model "${name}" were moved meanwhile.`, { hint: 'See `tagcast models list`, and try again.' });
    return toChampion(previous)(now);
  });
}

export interface Admission {
  readonly champion: boolean;
  readonly gate: GateAnswer;
  readonly aliases: AliasVersions;
}

/**
 * What happens after training: the version becomes the champion when its gate passes, the challenger otherwise.
 * @param servingEvaluation the serving champion's primary head measured on the new version's test period, where the trainer did that
 */
export async function admitModel(store: Store, name: string, version: number, checks: ModelChecks, move: Move, servingEvaluation?: ServingModel['evaluation']): Promise<Admission> {
  const { content } = await loadModel(store, name, version, checks);
  const { champion } = await readAliases(store.db, name);
  const serving = champion === undefined ? undefined : await loadServing(store, name, champion, checks);
  const gate = promotionGate(content, serving === undefined ? undefined : { content: serving, ...(servingEvaluation === undefined ? {} : { evaluation: servingEvaluation }) });
  const aliases = await moveAliases(store, name, gate.pass ? 'model.promote' : 'model.challenge', { actor: move.actor, reason: `${move.reason}: ${gate.why}` },
    gate.pass ? toChampion(version) : () => [{ alias: 'challenger', to: version }]);
  return { champion: gate.pass, gate, aliases };
}

/** A champion that can no longer be opened does not bar its successor. */
async function loadServing(store: Store, name: string, version: number, checks: ModelChecks): Promise<TrainedModel | undefined> {
  try {
    return (await loadModel(store, name, version, checks)).content;
  } catch (error) {
    if (error instanceof AppError && error.code === 'artefact_invalid') return undefined;
    throw error;
  }
}
