import type { TreeParams } from './boostedParams.ts';
import type { TrainingSet } from './data/trainingSet.ts';

/** Monotone and interaction constraints by column of the training set. */
export function columnBounds({ monotone, interactions }: Pick<TreeParams, 'monotone' | 'interactions'>, { columns }: TrainingSet): { readonly monotone: Int8Array | undefined; readonly interactions: readonly Uint8Array[] | undefined } {
  const signs = Int8Array.from(columns, ({ name }) => monotone[name] ?? 0);
  const groups = interactions.map((group) => Uint8Array.from(columns, ({ name }) => (group.includes(name) ? 1 : 0)));
  const alone = columns.flatMap((_, c) => (groups.some((group) => group[c] === 1) ? [] : [Uint8Array.from(columns, (__, other) => (other === c ? 1 : 0))]));
  return { monotone: signs.some((sign) => sign !== 0) ? signs : undefined, interactions: interactions.length === 0 ? undefined : [...groups, ...alone] };
}
