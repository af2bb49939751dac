/** The search for parameters: what is drawn, who goes on, what is kept, and that a stopped search goes on to the same end. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { encodeArtefact, ESTIMATORS } from '../../src/estimators/index.ts';
import { fileLedger } from '../../src/jobs/training/searchLedger.ts';
import type { AnyEstimator } from '../../src/training/candidate.ts';
import type { ModelDefinition } from '../../src/training/define.ts';
import { BRACKET, runBracket, sharesFor } from '../../src/training/search/halving.ts';
import { memoryLedger } from '../../src/training/search/ledger.ts';
import type { SearchLedger } from '../../src/training/search/ledger.ts';
import { drawParams, familiesOf } from '../../src/training/search/space.ts';
import type { Range } from '../../src/training/search/space.ts';
import { trainModel } from '../../src/training/train.ts';
import type { TrainRequest } from '../../src/training/train.ts';
import { trainedModelSchema } from '../../src/training/trained.ts';
import { COLUMNS, day, DEFINITION, planOf, randomWorld, sourceOf } from './world.ts';

describe('the space', () => {
  const ranges: Readonly<Record<string, Range>> = { leaves: { of: 'whole', from: 4, to: 6 }, rate: { of: 'log', from: 0.01, to: 1 }, share: { of: 'linear', from: 0.5, to: 1 }, knots: { of: 'choice', among: [0, 4] } };
  test('draws within its ranges, and reaches all of them', () => {
    const drawn = Array.from({ length: 300 }, (_, i) => drawParams(ranges, seededRandom(1, i)));
    expect([...new Set(drawn.map(({ leaves }) => leaves as number))].sort((a, b) => a - b)).toEqual([4, 5, 6]);
    expect([...new Set(drawn.map(({ knots }) => knots as number))].sort((a, b) => a - b)).toEqual([0, 4]);
    expect(drawn.every(({ rate, share }) => Number(rate) >= 0.01 && Number(rate) <= 1 && Number(share) >= 0.5 && Number(share) <= 1)).toBe(true);
    expect(drawn.filter(({ rate }) => Number(rate) < 0.1).length / 300).toBeCloseTo(0.5, 0);
  });
  test('a further range changes no other parameter', () => {
    expect(drawParams({ ...ranges, more: { of: 'linear', from: 0, to: 1 } }, seededRandom(3))).toMatchObject(drawParams(ranges, seededRandom(3)));
  });
  test('families are the candidates whose estimators have ranges, or what is declared', () => {
    const candidates: ModelDefinition['candidates'] = [{ name: 'rule', rung: 'rule', estimator: 'column_rule' }, { name: 'trees', rung: 'boosting', estimator: 'boosted_trees' }];
    expect(familiesOf('binary', candidates).map(({ candidate }) => candidate)).toEqual(['trees']);
    expect(familiesOf('duration', candidates)).toEqual([]);
    expect(familiesOf('binary', candidates, { families: [{ candidate: 'trees', ranges: {} }, { candidate: 'gone', ranges: {} }] })).toEqual([{ candidate: 'trees', ranges: {} }]);
  });
});

describe('successive halving', () => {
  test('a third goes on, three times the rows each time; few rows are not divided', () => {
    expect(sharesFor(100_000)).toEqual([1 / 9, 1 / 3, 1]);
    expect(sharesFor(9000)).toEqual([1 / 3, 1]);
    expect(sharesFor(500)).toEqual([1]);
  });
  test('the best on few rows are fitted on more, failures drop out', async () => {
    const asked: string[] = [];
    const finished = await runBracket(Array.from({ length: BRACKET }, (_, i) => i), [1 / 9, 1 / 3, 1], (trial, share) => {
      asked.push(`${trial}@${share.toFixed(2)}`);
      return Promise.resolve(trial === 8 ? undefined : (trial - 3) ** 2);
    });
    expect(asked.slice(9)).toEqual(['3@0.33', '2@0.33', '4@0.33', '3@1.00']);
    expect(finished).toEqual([{ trial: 3, loss: 0 }]);
  });
});

/** Silence through a logistic curve whose slope is the parameter: flat as it is declared, so that any other slope ranks better. */
function sloped(calls: number[]): AnyEstimator {
  return {
    ...ESTIMATORS.base_rate, kind: 'sloped', defaults: { slope: 0 },
    fit: (_train, params) => {
      const { slope } = params as { slope: number };
      calls.push(slope);
      return { ok: true, artefact: { kind: 'sloped', slope } as { readonly kind: string }, report: {} };
    },
    predict: (artefact, x) => {
      const { slope } = artefact as { readonly kind: string; readonly slope: number };
      const silence = x.columns.find(({ name }) => name === 'days_since_last_order')?.values ?? new Float64Array(x.rows);
      return silence.map((days) => 1 / (1 + Math.exp(-slope * (days / 30 - 1))));
    },
    explain: (_artefact, x) => ({ scale: 'log_odds', base: 0, columns: [], contributions: [] as Float64Array[], rows: x.rows }),
  };
}

describe('a search within a training', () => {
  const world = randomWorld(1, 600, 420);
  const definition: ModelDefinition = {
    ...DEFINITION, candidates: [{ name: 'sloped', rung: 'linear', estimator: 'sloped', params: { slope: 0 } }],
    search: { families: [{ candidate: 'sloped', ranges: { slope: { of: 'linear', from: 0, to: 3 } } }] },
  };
  const request = (calls: number[], ledger: SearchLedger, limit: { trials?: number; budgetMs?: number }, change: Partial<TrainRequest> = {}): TrainRequest => ({
    definition, source: sourceOf(world), estimators: { ...ESTIMATORS, sloped: sloped(calls) }, plan: planOf(COLUMNS), search: { limit, ledger },
    facts: { customers: 600, orders: world.orders.flat().length, repeatCustomers: 400, firstEvent: day(0), end: day(400) }, snapshot: { hash: 'x', events: 1, customers: 1 }, currency: 'EUR', seed: 5, ...change,
  });

  test('finds better parameters, says how often it tried, and the test stays one', async () => {
    const { heads: [head], ...model } = await trainModel(request([], memoryLedger(), { trials: 12 }));
    expect(trainedModelSchema.safeParse({ ...model, heads: [head] }).error).toBeUndefined();
    expect(head.search).toMatchObject({ trials: 12, found: [{ candidate: 'sloped_found' }] });
    expect(head.search?.found[0].loss).toBeLessThan(head.search?.found[0].declaredLoss ?? 0);
    const lossOf = (name: string): number => head.leaderboard.find(({ candidate }) => candidate === name)?.loss ?? Infinity;
    expect(lossOf('sloped_found')).toBeLessThan(lossOf('sloped'));
    expect(head.leaderboard.map(({ candidate }) => candidate)).toEqual(expect.arrayContaining(['sloped', 'sloped_found', 'recency']));
  });

  test('the same seed and trials give the same bytes; a stopped search goes on and ends the same', async () => {
    const whole = await trainModel(request([], memoryLedger(), { trials: 20 }));
    const ledger = memoryLedger();
    let records = 0;
    const dying: SearchLedger = { known: (key) => ledger.known(key), record: (key, loss) => {
      if (++records > 7) throw new Error('killed');
      ledger.record(key, loss);
    } };
    await expect(trainModel(request([], dying, { trials: 20 }))).rejects.toThrow('killed');
    const calls: number[] = [];
    const resumed = await trainModel(request(calls, ledger, { trials: 20 }));
    expect(encodeArtefact(resumed)).toBe(encodeArtefact(whole));
    const again: number[] = [];
    await trainModel(request(again, ledger, { trials: 20 }));
    // What is left are the fits of the choice, the test and the model that serves.
    expect(again.length).toBeLessThan(calls.length);
    expect(encodeArtefact(await trainModel(request([], memoryLedger(), { trials: 20 }, { seed: 6 })))).not.toBe(encodeArtefact(whole));
  });

  test('a time budget decides how many trials there are, and the number repeats it', async () => {
    let clock = 0;
    const timed = await trainModel(request([], memoryLedger(), { budgetMs: 50 }, { now: () => (clock += 1) }));
    const trials = timed.heads[0].search?.trials ?? 0;
    expect(trials).toBeGreaterThanOrEqual(BRACKET);
    expect(trials % BRACKET).toBe(0);
    const counted = await trainModel(request([], memoryLedger(), { trials }));
    expect(counted.heads[0].search).toEqual(timed.heads[0].search);
    expect(counted.heads[0].artefact).toEqual(timed.heads[0].artefact);
  });

  test('too little data: no search, and the ladder as ever', async () => {
    const few = await trainModel(request([], memoryLedger(), { trials: 12 }, { definition: { ...definition, minimum: { rows: 100_000, positives: 30 } }, facts: { ...request([], memoryLedger(), {}).facts, customers: 1e6, orders: 1e6 } }));
    expect(few.heads[0].search).toBeUndefined();
    expect(few.heads[0].candidate).toBe('recency');
  });
});

test('the ledger of a folder outlives the process, and a line that was cut off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagcast-ledger-'));
  try {
    const first = fileLedger(join(folder, 'search'), 'churn');
    expect(first.known('a')).toBeUndefined();
    first.record('a', 0.25);
    first.record('b', null);
    const file = join(folder, 'search', 'churn.ndjson');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"key":"ab`);
    const second = fileLedger(join(folder, 'search'), 'churn');
    expect([second.known('a'), second.known('b'), second.known('c')]).toEqual([0.25, null, undefined]);
    second.record('c', 1);
    expect(fileLedger(join(folder, 'search'), 'churn').known('c')).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
