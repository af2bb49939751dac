/** What has become of every version in one word: it serves, it was kept back by the gate, it waits for a person (docs/adr/promotion.md). */
import { z } from 'zod';
import { bilingual } from '../base/text.ts';
import type { Bilingual } from '../base/text.ts';
import type { Store } from '../store/connection.ts';
import { admissionRows } from '../store/repositories/modelReports.ts';
import type { AdmissionRow } from '../store/repositories/modelReports.ts';
import { gateAnswerSchema } from '../training/champion/schema.ts';

const VERSION_STATES = ['serves', 'served', 'waits', 'kept_back', 'passed_over', 'unknown'] as const;
type State = (typeof VERSION_STATES)[number];

export const versionStateSchema = z.strictObject({
  /** `served`: once, and no longer. `waits`: it passed the gate, and a person has to promote it. `passed_over`: it waited, and a newer one came. `unknown`: from before answers of the gate were kept. */
  state: z.enum(VERSION_STATES),
  words: z.strictObject({ zh: z.string(), en: z.string() }),
  /** What the gate said, and why; null where it was not asked or its answer cannot be read. */
  gate: gateAnswerSchema.nullable(),
});
export type VersionState = z.infer<typeof versionStateSchema>;

const WORDS: Readonly<Record<State, Bilingual>> = {
  serves: bilingual('使用中', 'serves'), served: bilingual('曾使用', 'served before'), waits: bilingual('通过检查，待人工上线', 'passed, waits for a person'), kept_back: bilingual('未通过检查', 'kept back by the gate'),
  passed_over: bilingual('通过检查，已有更新版本', 'passed, a newer one came'), unknown: bilingual('无记录', 'not recorded'),
};
const AGAINST_THE_GATE = bilingual('使用中（未通过检查，人工上线）', 'serves by hand, against the gate');

function stateOf({ champion, challenger, served }: AdmissionRow, gate: VersionState['gate']): State {
  if (champion) return 'serves';
  if (served) return 'served';
  if (gate === null) return 'unknown';
  return gate.pass ? (challenger ? 'waits' : 'passed_over') : 'kept_back';
}

function read(row: AdmissionRow): VersionState {
  // A list is no place to fail: who asks for the version itself is told that its answer cannot be read.
  const gate = gateAnswerSchema.safeParse(row.gate).data ?? null;
  const state = stateOf(row, gate);
  return { state, words: { ...(state === 'serves' && gate?.pass === false ? AGAINST_THE_GATE : WORDS[state]) }, gate };
}

/** Of all versions that are stored, or of one model's. */
export async function versionStates(store: Store, name?: string): Promise<(name: string, version: number) => VersionState> {
  const known = new Map((await admissionRows(store.db, name)).map((row) => [`${row.name} ${row.version}`, read(row)]));
  return (model, version) => known.get(`${model} ${version}`) ?? { state: 'unknown', words: { ...WORDS.unknown }, gate: null };
}
