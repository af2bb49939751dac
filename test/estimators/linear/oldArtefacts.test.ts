/** Artefacts as they were written before there were categories, splines and a penalty in them: read for ever, to the same predictions. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeArtefact, encodeArtefact } from '../../../src/estimators/codec.ts';
import { inference, type InferableArtefact } from '../../../src/estimators/linear/index.ts';
import { estimatorOf } from '../../../src/estimators/index.ts';

interface Frozen {
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  readonly cases: readonly { readonly artefact: string; readonly predicted: readonly number[] }[];
}

const { rows, cases } = JSON.parse(readFileSync(new URL('../../artefacts/v1/linear.json', import.meta.url), 'utf8')) as Frozen;
const x = { rows: 12, columns: rows.map(({ name, values }) => ({ name, values: Float64Array.from(values, (v) => v ?? NaN) })) };

test.each(cases.map((one) => [(JSON.parse(one.artefact) as { readonly kind: string }).kind, one] as const))('%s of the first format', (kind, { artefact, predicted }) => {
  const estimator = estimatorOf(kind);
  const read = decodeArtefact(artefact, estimator.schema);
  expect(encodeArtefact(read)).toBe(artefact);
  estimator.predict(read, x).forEach((value, i) => expect(value / predicted[i]).toBeCloseTo(1, 12));
  expect(inference(read as InferableArtefact, { x, y: new Float64Array(12) })).toMatchObject({ ok: false, reason: 'penalised' });
});
