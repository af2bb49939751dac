/** Artefacts as files: frozen ones are read for ever, damaged ones never do more than being refused. */
import { readFileSync } from 'node:fs';
import * as fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { Matrix } from '../../../src/base/matrix.ts';
import { decodeArtefact } from '../../../src/estimators/codec.ts';
import { estimatorOf } from '../../../src/estimators/index.ts';

interface Frozen {
  readonly artefact: { readonly kind: string };
  readonly columns: readonly { readonly name: string; readonly values: readonly (number | null)[]; readonly categories?: readonly string[] }[];
  readonly predictions: readonly number[];
}

/** Written by version 0.1.0: networks of four units after three epochs on shopRows(400, 9) with a channel, and on activityRows(400, 9); three rows each. */
const frozen = JSON.parse(readFileSync(new URL('../../artefacts/v1/neural.json', import.meta.url), 'utf8')) as readonly Frozen[];

const matrixOf = ({ columns }: Frozen): Matrix => ({ rows: 3, columns: columns.map((column) => ({ ...column, values: Float64Array.from(column.values, (v) => v ?? Number.NaN) })) });

describe.each(frozen.map((one): [string, Frozen] => [one.artefact.kind, one]))('%s', (kind, one) => {
  const { schema } = estimatorOf(kind);

  test('a frozen artefact predicts what it predicted', () => {
    const artefact = decodeArtefact(JSON.stringify(one.artefact), schema);
    const predicted = estimatorOf(kind).predict(artefact, matrixOf(one));
    expect(predicted).toHaveLength(3);
    expect(predicted.every((v, i) => Math.abs(v - one.predictions[i]) <= 1e-12 * Math.max(1, one.predictions[i]))).toBe(true);
  });

  test('a damaged artefact is refused, or still gives numbers in range', () => {
    const paths: (readonly (string | number)[])[] = [];
    const walk = (value: unknown, path: readonly (string | number)[]): void => {
      if (path.length > 0) paths.push(path);
      if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
    };
    walk(one.artefact, []);
    const damage = fc.constantFrom<unknown>(null, -1, 0, 1, 7, 1.5, 1e308, '', 'x', [], {}, true, { $f64: 'AAAAAAAA8D8=' }, { $f64: 'AAAAAAAA+H8=' });
    /** What went wrong beyond a refusal; empty when nothing did. */
    const problems = (text: string): string[] => {
      try {
        const predicted = estimatorOf(kind).predict(decodeArtefact(text, schema), matrixOf(one));
        return Array.from(predicted).filter((v) => !(v >= 0 && v <= Number.MAX_VALUE)).map((v) => `predicted ${v}`);
      } catch (error) {
        // Another name of a column is a column that is not there.
        return error instanceof AppError && (error.code === 'artefact_invalid' || error.code === 'model_mismatch') ? [] : [String(error)];
      }
    };
    fc.assert(fc.property(fc.constantFrom(...paths), damage, (path, value) => {
      const copy = structuredClone(one.artefact) as unknown as Record<string | number, unknown>;
      let at = copy;
      for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
      at[path[path.length - 1]] = value;
      expect(problems(JSON.stringify(copy))).toEqual([]);
    }), { numRuns: 300, seed: 5 });
  });
});
