import { readFileSync } from 'node:fs';
import * as fc from '../support/properties.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { ESTIMATORS } from '../../src/estimators/index.ts';
import { liveColumns, modelChecks } from '../../src/jobs/scoring/models.ts';
import { admitModel, aliasesOf, championBytes, champions, promoteModel, rollbackModel } from '../../src/registry/aliases.ts';
import { columnDifferences } from '../../src/registry/columns.ts';
import { openModel, sealModel } from '../../src/registry/envelope.ts';
import { versionStates } from '../../src/reports/versionStates.ts';
import { modelReport, promotionRow, recordGate } from '../../src/store/repositories/modelReports.ts';
import { listModels, loadModel, saveModel } from '../../src/registry/models.ts';
import { aliasHistory } from '../../src/store/repositories/models.ts';
import { listAudit } from '../../src/store/repositories/audit.ts';
import type { TrainedModel } from '../../src/training/trained.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { PLAN } from '../support/scoredShop.ts';

const checks = modelChecks(ESTIMATORS);
/** Written once by this project's own trainer on a simulated shop of 160 customers; read for ever. */
const FROZEN = readFileSync(new URL('../artefacts/v1/purchase_intent.json', import.meta.url));
const frozen = (): TrainedModel => openModel(FROZEN, checks).content;
const live = liveColumns(PLAN);
/** Column lists of the live plan change with the product; a model trained on them is what promotion meets. */
const columnsOf = (content: TrainedModel) => content.columns.map(({ name, unit, missing }) => ({ name, unit, missing })).concat(live.filter(({ name }) => content.population.some((rule) => rule.feature === name)));
const move = { actor: 'test', reason: 'because' };

/** What opening the bytes throws; undefined where they open. */
function openingError(bytes: Uint8Array): unknown {
  try {
    openModel(bytes, checks);
    return undefined;
  } catch (error) {
    return error;
  }
}

function refusal(bytes: Uint8Array): AppError {
  const error = openingError(bytes);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: 'artefact_invalid' });
  return error as AppError;
}

const changed = (edit: (envelope: Record<string, unknown>) => void): Uint8Array => {
  const envelope = JSON.parse(FROZEN.toString()) as Record<string, unknown>;
  edit(envelope);
  return Buffer.from(JSON.stringify(envelope));
};

describe('model envelope', () => {
  test('the frozen file of format 1 opens, gives its golden numbers, and seals to the same bytes', () => {
    const opened = openModel(FROZEN, checks);
    expect(opened).toMatchObject({ name: 'purchase_intent', version: 1 });
    const again = sealModel('purchase_intent', 1, opened.content, checks);
    expect(again.sha256).toBe(opened.sha256);
    expect(again.bytes.equals(FROZEN)).toBe(true);
  });

  test('says what is wrong: a newer format, another kind, a changed number, an unknown estimator', () => {
    expect(refusal(changed((e) => { e.formatVersion = 2; })).message).toMatch(/format 2/);
    expect(refusal(changed((e) => { e.kind = 'other'; })).message).toMatch(/not a Tagcast model/);
    expect(refusal(changed((e) => { e.version = 7; })).message).toMatch(/checksum/);
    expect(refusal(FROZEN.subarray(0, FROZEN.length >> 1)).message).toMatch(/cannot be read/);
    expect(refusal(Buffer.from('[]')).message).toMatch(/no JSON object/);
    expect(refusal(Buffer.from('['.repeat(200_000)))).toBeInstanceOf(AppError);
  });

  test('content with a right checksum is still checked: schema, artefacts, golden rows', () => {
    const seal = (edit: (content: TrainedModel) => TrainedModel): Uint8Array => sealModel('purchase_intent', 1, edit(frozen()), checks).bytes;
    expect(refusal(seal((c) => ({ ...c, heads: [] }))).message).toMatch(/heads/);
    expect(refusal(seal((c) => ({ ...c, heads: c.heads.map((head) => ({ ...head, estimator: 'constructor' })) }))).message).toMatch(/does not have/);
    expect(refusal(seal((c) => ({ ...c, heads: c.heads.map((head) => ({ ...head, artefact: { kind: 'bg_nbd' } })) }))).message).toMatch(/damaged/);
    expect(refusal(seal((c) => ({ ...c, golden: { ...c.golden, predictions: c.golden.predictions.map((row) => row.map((p) => p + 1e-6)) } }))).message).toMatch(/golden/);
    expect(refusal(seal((c) => ({ ...c, model: 'churn' }))).message).toMatch(/different names/);
  });

  test('damaged bytes are an AppError and nothing else', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(FROZEN.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), fc.nat(FROZEN.length), (edits, cut) => {
      const bytes = Buffer.from(FROZEN.subarray(0, cut % 3 === 0 ? cut : FROZEN.length));
      for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
      const error = openingError(bytes);
      // Bytes that say the same (white space, an equal digit) may open.
      expect(error === undefined || (error instanceof AppError && error.code === 'artefact_invalid')).toBe(true);
    }), { numRuns: 200 });
    fc.assert(fc.property(fc.json(), (text) => { refusal(Buffer.from(text)); }), { numRuns: 200 });
  });
});

describe('columns and gate', () => {
  test('only columns that the model needs matter, and each one is named', () => {
    const content = frozen();
    const now = columnsOf(content);
    expect(columnDifferences(content, [...now, { name: 'something_new', unit: 'days', missing: 0 }])).toEqual([]);
    const [first, second] = content.columns;
    const broken = now.filter(({ name }) => name !== first?.name).map((column) => (column.name === second?.name ? { ...column, unit: 'furlongs' } : column));
    expect(columnDifferences(content, broken)).toEqual(expect.arrayContaining([{ column: first?.name, why: 'missing' }, expect.objectContaining({ column: second?.name, why: 'unit', live: 'furlongs' })]));
  });
});

describeOnEachStore('registry', (getStore) => {
  const name = 'purchase_intent';
  beforeAll(async () => { for (let i = 0; i < 3; i++) await saveModel(getStore(), frozen(), checks); });

  test('versions are whole numbers from 1, also for savers at the same instant, and are never rewritten', async () => {
    const store = getStore();
    const saved = await Promise.all([1, 2, 3].map(() => saveModel(store, frozen(), checks)));
    expect(saved.map(({ version }) => version).sort((a, b) => a - b)).toEqual([4, 5, 6]);
    const [newest] = await listModels(store, name);
    expect(newest).toMatchObject({ version: 6, sha256: saved.find(({ version }) => version === 6)?.sha256 });
    expect(newest.card.heads[0]).not.toHaveProperty('artefact');
    expect((await loadModel(store, name, 4, checks)).content).toEqual(frozen());
  });

  test('what a report shows is kept beside its version, goes with it, and is no part of the bytes', async () => {
    const store = getStore();
    const document = { schemaVersion: 1 as const, heads: [] };
    const saved = await saveModel(store, { ...frozen(), model: 'reported' }, checks, document);
    const plain = await saveModel(store, { ...frozen(), model: 'reported' }, checks);
    expect(await modelReport(store.db, 'reported', saved.version)).toEqual({ schemaVersion: 1, document });
    expect(await modelReport(store.db, 'reported', plain.version)).toBeUndefined();
    expect((await loadModel(store, 'reported', saved.version, checks)).content).toEqual((await loadModel(store, 'reported', plain.version, checks)).content);
    await store.db.raw(`DELETE FROM models WHERE name = 'reported' AND version = ?`, [saved.version]);
    expect(await modelReport(store.db, 'reported', saved.version)).toBeUndefined();
  });

  test('promote, roll back, roll forward: aliases, history and audit agree', async () => {
    const store = getStore();
    const columns = columnsOf(frozen());
    await promoteModel(store, name, 1, columns, checks, move);
    expect(await promoteModel(store, name, 2, columns, checks, move)).toEqual({ champion: 2, previous: 1 });
    expect(await rollbackModel(store, name, columns, checks, move)).toEqual({ champion: 1, previous: 2 });
    expect(await rollbackModel(store, name, columns, checks, move)).toEqual({ champion: 2, previous: 1 });
    expect(await promoteModel(store, name, 2, columns, checks, move)).toEqual({ champion: 2, previous: 1 });
    expect([...(await champions(store))]).toEqual([[name, 2]]);
    expect((await aliasHistory(store.db, name)).filter(({ alias }) => alias === 'champion').map(({ to }) => to)).toEqual([2, 1, 2, 1]);
    expect((await listAudit(store.db, { limit: 10 })).map(({ action }) => action)).toEqual(['model.rollback', 'model.rollback', 'model.promote', 'model.promote']);
  });

  test('a version whose columns are gone is refused by name, and nothing moves', async () => {
    const store = getStore();
    const [first] = frozen().columns;
    const without = columnsOf(frozen()).filter((column) => column.name !== first?.name);
    await expect(promoteModel(store, name, 3, without, checks, move)).rejects.toMatchObject({ code: 'model_mismatch', message: expect.stringContaining(first.name) as string, hint: expect.stringContaining('tagcast train') as string });
    await expect(promoteModel(store, name, 99, live, checks, move)).rejects.toMatchObject({ code: 'not_found' });
    await expect(rollbackModel(store, 'churn', live, checks, move)).rejects.toMatchObject({ code: 'conflict' });
    expect(await aliasesOf(store, name)).toEqual({ champion: 2, previous: 1 });
  });

  test('a new version that does not pass becomes the challenger', async () => {
    expect(await admitModel(getStore(), name, 3, checks, move)).toMatchObject({ champion: false, gate: { rule: 'not_recommended' }, aliases: { champion: 2, challenger: 3, previous: 1 } });
  });

  test('bytes changed in the table are refused', async () => {
    const store = getStore();
    await store.db.raw("UPDATE models SET artefact = set_byte(artefact, 300, (get_byte(artefact, 300) + 1) % 128) WHERE version = 5");
    await expect(loadModel(store, name, 5, checks)).rejects.toMatchObject({ code: 'artefact_invalid' });
    await store.db.raw('UPDATE models SET artefact = (SELECT artefact FROM models WHERE version = 1), sha256 = (SELECT sha256 FROM models WHERE version = 1) WHERE version = 6');
    await expect(loadModel(store, name, 6, checks)).rejects.toMatchObject({ code: 'artefact_invalid' });
  });

  test('a version that passes serves, unless the shop promotes by hand; what the gate said is kept beside it', async () => {
    const store = getStore();
    const saveAs = async (model: string): Promise<number> => (await saveModel(store, { ...frozen(), model, heads: frozen().heads.map((head) => ({ ...head, grade: 'usable' as const })) }, checks, { schemaVersion: 1, heads: [] })).version;
    const first = await saveAs('admitted');
    expect(await admitModel(store, 'admitted', first, checks, move, { automatic: false })).toMatchObject({ champion: false, gate: { pass: true, rule: 'first_version' }, aliases: { challenger: first } });
    expect((await aliasHistory(store.db, 'admitted'))[0].reason).toContain('promotes by hand');
    const second = await saveAs('admitted');
    expect(await admitModel(store, 'admitted', second, checks, move)).toMatchObject({ champion: true, aliases: { champion: second, challenger: first } });
    expect(await promotionRow(store.db, 'admitted', second)).toMatchObject({ comparison: null, gate: { pass: true, rule: 'first_version', why: { en: expect.stringContaining('first version') as string } } });
    expect((await championBytes(store, 'admitted'))?.version).toBe(second);
    expect(openModel((await championBytes(store, 'admitted'))?.bytes ?? new Uint8Array(), checks).version).toBe(second);
    expect(await championBytes(store, 'nobody')).toBeUndefined();
  });

  test('what has become of each version: waits, passed over, kept back, serves, served before, not recorded', async () => {
    const store = getStore();
    const model = 'states';
    const saveAs = async (grade: 'usable' | 'not_recommended', report = true): Promise<number> => (await saveModel(store, { ...frozen(), model, heads: frozen().heads.map((head) => ({ ...head, grade })) }, checks, ...(report ? [{ schemaVersion: 1 as const, heads: [] }] : []))).version;
    const states = async (): Promise<string[]> => {
      const of = await versionStates(store, model);
      return [1, 2, 3, 4].map((version) => of(model, version).state);
    };
    await saveAs('usable');
    await admitModel(store, model, 1, checks, move, { automatic: false });
    expect(await states()).toEqual(['waits', 'unknown', 'unknown', 'unknown']);
    await saveAs('usable');
    await admitModel(store, model, 2, checks, move, { automatic: false });
    await saveAs('not_recommended');
    await admitModel(store, model, 3, checks, move);
    await saveAs('usable', false);
    expect(await states()).toEqual(['passed_over', 'passed_over', 'kept_back', 'unknown']);
    const columns = columnsOf(frozen());
    await promoteModel(store, model, 2, columns, checks, move);
    await promoteModel(store, model, 3, columns, checks, move);
    expect(await states()).toEqual(['passed_over', 'served', 'serves', 'unknown']);
    const of = await versionStates(store);
    expect(of(model, 3)).toMatchObject({ words: { en: 'serves by hand, against the gate' }, gate: { pass: false, rule: 'not_recommended', why: { zh: expect.any(String) as string, en: expect.any(String) as string } } });
    expect(of(name, 1).gate).toBeNull();
    // An answer that cannot be read spoils no list.
    await recordGate(store.db, model, 1, { pass: 'perhaps' });
    expect((await versionStates(store, model))(model, 1)).toMatchObject({ state: 'unknown', gate: null });
  });
});
