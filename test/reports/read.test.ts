/** Reports put together from what both stores hold. */
import { beforeAll, expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/store/migrations/index.ts';
import { reportSchema } from '../../src/reports/document.ts';
import { readReport } from '../../src/reports/read.ts';
import { insertModel, moveAlias } from '../../src/store/repositories/models.ts';
import { insertModelReport, latestScores, modelReport } from '../../src/store/repositories/modelReports.ts';
import { insertScores } from '../../src/store/repositories/scores.ts';
import { takeRun } from '../../src/store/repositories/runs.ts';
import { exampleDiagnostics } from '../../src/surfaces/http/exampleReport.ts';
import { describeOnEachStore } from '../support/stores.ts';
import { modelEnvelope } from '../surfaces/http/support.ts';

const words = { models: [{ name: 'churn', label: { zh: '流失', en: 'Churn' }, description: { zh: '描述', en: 'About' } }], features: [{ name: 'days_since_last_order', label: { zh: '沉默', en: 'Silence' } }] };
const at = Date.parse('2026-03-01T00:00:00Z');

describeOnEachStore('reports', (getStore) => {
  beforeAll(async () => {
    const { db } = getStore();
    for (let version = 1; version <= 3; version++) await insertModel(db, { name: 'churn', sha256: 'ab'.repeat(32), envelope: modelEnvelope(), artefact: Buffer.from('x'), at });
    await db.transaction((trx) => insertModelReport(trx, { name: 'churn', version: 2, schemaVersion: 1, document: { schemaVersion: 1, heads: [exampleDiagnostics] } }));
    await db.transaction((trx) => insertModelReport(trx, { name: 'churn', version: 3, schemaVersion: 9, document: { schemaVersion: 9 } }));
    await moveAlias(db, { name: 'churn', alias: 'champion', version: 2, at, actor: 'test', reason: 'test' });
  });

  test('a version with its diagnostics, names and aliases', async () => {
    const report = await readReport(getStore(), 'churn', 2, words);
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    expect([report.aliases, report.label?.en, report.columns[0].label?.en]).toEqual([['champion'], 'Churn', 'Silence']);
    expect(report.heads[0].diagnostics).toEqual(exampleDiagnostics);
    expect(report.heads[0]).not.toHaveProperty('artefact');
    expect(report.heads[0].latest).toBeNull();
  });

  test('a version of before has none and is no failure; one that cannot be read and one that is not there are', async () => {
    expect((await readReport(getStore(), 'churn', 1, words)).heads[0]).toMatchObject({ diagnostics: null, latest: null, candidate: 'boosted_trees' });
    await expect(readReport(getStore(), 'churn', 3, words)).rejects.toMatchObject({ code: 'artefact_invalid' });
    await expect(readReport(getStore(), 'churn', 9, words)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('the newest scores are counted in the bins of the test, whatever lies beyond the ends', async () => {
    const { db } = getStore();
    expect(await latestScores(db, 'churn', 90, [0, 0.5, 1])).toBeUndefined();
    const run = await takeRun(db, { job: 'nightly', asOf: '2026-03-01', owner: 'test', leaseMs: 60_000, at });
    if (!run.ok) throw new Error(run.detail);
    const values = Array.from({ length: 40 }, (_, i) => (i - 4.5) / 20);
    await insertScores(db, run.value.runId, values.map((value, i) => ({ customerId: i + 1, model: 'churn', horizonDays: 90, version: 2, status: 'ok' as const, value, probability: value, low: null, high: null, level: null, reasons: null })));
    expect(await latestScores(db, 'churn', 90, [0, 0.5, 1])).toBeUndefined();
    await db.raw(`UPDATE runs SET state = 'done' WHERE run_id = ?`, [run.value.runId]);
    expect(await latestScores(db, 'churn', 90, [0, 0.5, 1])).toMatchObject({ asOf: '2026-03-01', version: 2, customers: 40, rows: [15, 25], mean: expect.closeTo(0.75, 9) as number });
    const { latest } = (await readReport(getStore(), 'churn', 2, words)).heads[0];
    expect(latest).toMatchObject({ rows: [15, 25], customers: 40 });
    expect(latest?.psi).toBeGreaterThan(latest?.noise ?? Infinity);
    // Days of those alone who came back are not set beside the days of everyone; those of everyone are.
    const kept = async (of?: 'everyone'): Promise<unknown> => {
      const document = { schemaVersion: 1, heads: [{ ...exampleDiagnostics, task: 'duration', scores: { ...exampleDiagnostics.scores, ...(of === undefined ? {} : { of }) } }] };
      await db.raw(`UPDATE model_reports SET document = ?::jsonb WHERE name = 'churn' AND version = 2`, [JSON.stringify(document)]);
      return (await readReport(getStore(), 'churn', 2, words)).heads[0].latest;
    };
    expect(await kept()).toBeNull();
    expect(await kept('everyone')).toMatchObject({ customers: 40 });
  });

  test('a store from before the step is brought up to date and keeps its models', async () => {
    const { db } = getStore();
    const [{ name }] = MIGRATIONS.filter((step) => step.name.endsWith('_model_reports'));
    await db.raw('DROP TABLE model_reports');
    await db('schema_migrations').where({ name }).delete();
    const { migrate } = await import('../../src/store/migrate.ts');
    await migrate(db);
    expect(await modelReport(db, 'churn', 2)).toBeUndefined();
    expect((await readReport(getStore(), 'churn', 2, words)).heads[0].diagnostics).toBeNull();
  });
});
