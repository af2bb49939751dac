/** Files of earlier formats load, predict and explain as on the day they were written. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeArtefact, encodeArtefact } from '../../../src/estimators/codec.ts';
import { estimatorOf } from '../../../src/estimators/index.ts';
import { boostedTrees } from '../../../src/estimators/trees/boostedTrees.ts';

interface Frozen {
  readonly objective: string;
  readonly artefact: { readonly kind: string };
  readonly columns: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  readonly predictions: readonly number[];
  readonly explanation: { readonly base: number; readonly columns: readonly string[]; readonly contributions: readonly (readonly number[])[] };
}

const { cases } = JSON.parse(readFileSync(new URL('../../artefacts/v1/boosted_trees.json', import.meta.url), 'utf8')) as { readonly cases: readonly Frozen[] };

describe.each(cases)('boosted_trees of the first format, $objective', ({ artefact, columns, predictions, explanation }) => {
  const text = JSON.stringify(artefact);
  const x = { rows: predictions.length, columns: columns.map(({ name, values }) => ({ name, values: Float64Array.from(values, (v) => v ?? NaN) })) };

  test('predicts and explains as it did', () => {
    const now = decodeArtefact(text, boostedTrees.schema);
    boostedTrees.predict(now, x).forEach((p, i) => expect(p).toBeCloseTo(predictions[i], 12));
    const { base, columns: names, contributions } = boostedTrees.explain?.(now, x) ?? { base: NaN, columns: [], contributions: [] };
    expect(base).toBeCloseTo(explanation.base, 12);
    expect(names).toEqual(explanation.columns);
    contributions.forEach((values, c) => values.forEach((v, i) => expect(v).toBeCloseTo(explanation.contributions[c][i], 11)));
  });

  test('is brought up to date where its kind is known at run time only, and keeps its new form', () => {
    const asWritten = decodeArtefact(text, z.looseObject({ kind: z.string() }));
    const current = decodeArtefact(text, boostedTrees.schema);
    expect(estimatorOf('boosted_trees').predict(asWritten, x)).toEqual(boostedTrees.predict(current, x));
    expect(encodeArtefact(decodeArtefact(encodeArtefact(current), boostedTrees.schema))).toBe(encodeArtefact(current));
  });
});
