/** The aliases champion, challenger and previous: moved in one transaction that also writes the history and the audit log. */
import type { Knex } from 'knex';
import { AppError } from '../base/errors.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { recordGate } from '../store/repositories/modelReports.ts';
import { listAliases, modelArtefact, moveAlias } from '../store/repositories/models.ts';
import type { Store } from '../store/connection.ts';
import { requireColumns } from './columns.ts';
import type { LiveColumn } from './columns.ts';
import type { ModelChecks } from './envelope.ts';
import { promotionGate } from './gate.ts';
import type { ChampionComparison, GateAnswer } from './gate.ts';
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

interface AliasMove {
  readonly alias: Alias;
  readonly to: number | undefined;
}

interface Decision {
  /** Name in the audit log. */
  readonly action: string;
  readonly move: Move;
  readonly moves: readonly AliasMove[];
  /** In the same transaction. */
  readonly also?: (trx: Knex.Transaction) => Promise<void>;
}

async function moveAliases(store: Store, name: string, decide: (now: AliasVersions) => Decision): Promise<AliasVersions> {
  return store.db.transaction(async (trx) => {
    // Taken before anything is read: two moves of one model never interleave.
    await trx.raw('LOCK TABLE model_aliases IN SHARE ROW EXCLUSIVE MODE');
    const now = await readAliases(trx, name);
    const { action, move, also, ...decided } = decide(now);
    const moves = decided.moves.filter(({ alias, to }) => now[alias] !== to);
    const at = store.clock.now();
    for (const { alias, to } of moves) await moveAlias(trx, { name, alias, version: to ?? null, at, actor: move.actor, reason: move.reason });
    if (moves.length > 0) {
      const changed = moves.map(({ alias, to }) => ({ alias, from: now[alias] ?? null, to: to ?? null }));
      await recordAudit(trx, { at, actor: move.actor, action, object: `model ${name}`, details: { moves: changed, reason: move.reason } });
    }
    await also?.(trx);
    return readAliases(trx, name);
  });
}

function toChampion(version: number, now: AliasVersions): AliasMove[] {
  return [
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
  return moveAliases(store, name, (now) => ({ action: 'model.promote', move, moves: toChampion(version, now) }));
}

/** Champion ← previous, and previous ← the champion until now, so that a roll-back can be undone. @throws AppError `conflict` without a previous version, and as {@link promoteModel}. */
export async function rollbackModel(store: Store, name: string, live: readonly LiveColumn[], checks: ModelChecks, move: Move): Promise<AliasVersions> {
  const { previous } = await readAliases(store.db, name);
  if (previous === undefined) throw new AppError('conflict', `Model "${name.slice(0, 60)}" has no previous champion to go back to.`, { hint: 'See `tagcast models list`, and choose a version: `tagcast models promote`.' });
  const { content } = await loadModel(store, name, previous, checks);
  requireColumns(name, previous, content, live);
  return moveAliases(store, name, (now) => {
    if (now.previous !== previous) throw new AppError('conflict', `The aliases of model "${name}" were moved meanwhile.`, { hint: 'See `tagcast models list`, and try again.' });
    return { action: 'model.rollback', move, moves: toChampion(previous, now) };
  });
}

export interface Admission {
  /** It serves from now on. */
  readonly champion: boolean;
  readonly gate: GateAnswer;
  readonly aliases: AliasVersions;
}

/**
 * What happens after training: the version becomes the champion when its gate passes, the challenger otherwise. The gate's answer is kept with the version.
 * @param comparison the version's own, with the champion that served when its training began; absent: none did
 * @param automatic false: a version that passes waits for a person all the same
 */
export async function admitModel(store: Store, name: string, version: number, checks: ModelChecks, move: Move, { comparison, automatic = true }: { readonly comparison?: ChampionComparison; readonly automatic?: boolean } = {}): Promise<Admission> {
  const { content } = await loadModel(store, name, version, checks);
  const judge = ({ champion }: AliasVersions): GateAnswer => promotionGate(content, champion === undefined ? undefined : { version: champion, ...(comparison === undefined ? {} : { comparison }) });
  let gate = judge({});
  const aliases = await moveAliases(store, name, (now) => {
    // Asked of the champion of this very instant: a person may have moved it while the version was trained.
    gate = judge(now);
    const serves = gate.pass && automatic;
    return {
      action: serves ? 'model.promote' : 'model.challenge',
      move: { actor: move.actor, reason: `${move.reason}: ${gate.why.en}${gate.pass && !automatic ? ' (this shop promotes by hand)' : ''}` },
      moves: serves ? toChampion(version, now) : [{ alias: 'challenger', to: version }],
      also: (trx) => recordGate(trx, name, version, gate),
    };
  });
  return { champion: gate.pass && automatic, gate, aliases };
}

export interface ServingBytes {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** The champion as it is stored, unopened: whoever trains its successor opens it where that is done. Undefined where none serves. */
export async function championBytes(store: Store, name: string): Promise<ServingBytes | undefined> {
  const { champion } = await readAliases(store.db, name);
  return champion === undefined ? undefined : { version: champion, bytes: (await modelArtefact(store.db, name, champion)) ?? new Uint8Array() };
}
