/** Definitions as documents: written out, compared with the store, read in. One kind at a time; what is read in is all of a document or nothing of it. */
import { refuseProblems } from '../base/exchange.ts';
import type { EntryDifference, EntryProblem, ExchangePlan } from '../base/exchange.ts';
import { exportQualityRules, planQuality } from '../quality/exchange.ts';
import { exportStandards, planStandards } from '../quality/standards/exchange.ts';
import { exportSegments, planSegments } from '../segments/exchange.ts';
import { changeDefinitions } from '../store/changeDefinitions.ts';
import type { Store } from '../store/connection.ts';
import { refuseStale, stateOf } from '../store/exchange.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { loadCatalogue } from '../tags/catalogue/catalogue.ts';
import { exportRules, planRules } from '../tags/catalogue/exchange.ts';
import { takeFiles } from '../tags/catalogue/files.ts';
import type { RuleTagDefinition } from '../tags/rules/definition.ts';

interface Exchange<Document> {
  export(store: Store): Promise<Document>;
  plan(inside: Store, document: unknown): Promise<ExchangePlan>;
}

const exchange = <Document>(one: Exchange<Document>): Exchange<Document> => one;

/** By kind, as addresses and commands call them. */
export const EXCHANGES = {
  tags: exchange({ export: async ({ db }) => exportRules(await loadCatalogue(db)), plan: planRules }),
  segments: exchange({ export: exportSegments, plan: async (inside, document) => planSegments(inside, document, (await loadCatalogue(inside.db)).names) }),
  quality: exchange({ export: exportQualityRules, plan: async (inside, document) => planQuality(inside, document, (await loadCatalogue(inside.db)).names) }),
  standards: exchange({ export: exportStandards, plan: planStandards }),
} as const;
export type DefinitionKind = keyof typeof EXCHANGES;

export interface Compared {
  /** Stands for the versions that were compared; an import that is handed it changes nothing that somebody else changed since. */
  readonly state: string;
  readonly entries: readonly EntryDifference[];
  /** What an import would refuse. */
  readonly problems: readonly EntryProblem[];
}

/** A document beside the store. @throws AppError `invalid_input` for what is no document of the kind */
export async function compareDefinitions(store: Store, kind: DefinitionKind, document: unknown): Promise<Compared> {
  const { differences, problems } = await EXCHANGES[kind].plan(store, document);
  return { state: stateOf(differences), entries: differences, problems };
}

export interface ImportOptions {
  readonly actor: string;
  /** Everything is checked, and nothing is written. */
  readonly dryRun?: boolean;
  /** What a comparison told; absent: whatever is there. */
  readonly expectedState?: string;
}

export interface Imported {
  readonly dryRun: boolean;
  readonly created: readonly string[];
  readonly edited: readonly string[];
  readonly same: readonly string[];
  /** What is new or changed, field by field. */
  readonly entries: readonly EntryDifference[];
}

/** Keys; of what comes along with the definitions, with what it is. */
function namesOf(kind: DefinitionKind, differences: readonly EntryDifference[], state: EntryDifference['state']): string[] {
  return differences.filter((one) => one.state === state).map(({ part, key }) => (kind === 'tags' && part !== 'tag' ? `${part} ${key}` : key));
}

/**
 * Makes the definitions of a document those of the store; what it does not name stays as it is. Every change is versioned and in the audit log as an edit is, and the import besides.
 * @throws AppError with the code of the first problem and all of them in its details, `conflict` where `expectedState` is not the state any more; nothing is imported then
 */
export async function importDefinitions(store: Store, kind: DefinitionKind, document: unknown, { actor, dryRun = false, expectedState }: ImportOptions): Promise<Imported> {
  return changeDefinitions(store, async (inside) => {
    const { differences, problems, write } = await EXCHANGES[kind].plan(inside, document);
    refuseProblems(problems);
    if (expectedState !== undefined) refuseStale(differences, expectedState);
    const [created, edited, same] = (['new', 'changed', 'same'] as const).map((state) => namesOf(kind, differences, state));
    if (!dryRun && created.length + edited.length > 0) {
      await write(actor);
      await recordAudit(inside.db, { at: inside.clock.now(), actor, action: 'definitions.imported', object: kind, details: { created: created.length, edited: edited.length, same: same.length } });
    }
    return { dryRun, created, edited, same, entries: differences.filter(({ state }) => state === 'new' || state === 'changed') };
  });
}

/** Takes rule tags of files over, all of them or none. @returns keys that were written @throws AppError of the first file that cannot be saved */
export async function takeDefinitionFiles(store: Store, files: readonly RuleTagDefinition[], { actor, overwrite }: { readonly actor: string; readonly overwrite: boolean }): Promise<string[]> {
  return changeDefinitions(store, async (inside) => {
    const written = await takeFiles(inside, files, { overwrite });
    if (written.length > 0) await recordAudit(inside.db, { at: inside.clock.now(), actor, action: 'definitions.taken', object: 'tags', details: { written: written.length, overwrite } });
    return written;
  });
}
