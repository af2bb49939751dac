/** A small shop in a real store, keys of every role, and a server on a free port. */
import { request } from 'node:http';
import { Writable } from 'node:stream';
import pino from 'pino';
import { FEATURES } from '../../../features/index.ts';
import { MODELS } from '../../../models/index.ts';
import { DEFAULT_TIME_ZONE, localDate } from '../../../src/base/time.ts';
import { readCondition } from '../../../src/conditions/text/read.ts';
import { ESTIMATORS } from '../../../src/estimators/index.ts';
import { featurePlan } from '../../../src/features/plan.ts';
import { saveQualityRule } from '../../../src/quality/rules.ts';
import { saveStandards } from '../../../src/quality/standards/edit.ts';
import { buildSegment } from '../../../src/segments/build.ts';
import { createSegment } from '../../../src/segments/edit.ts';
import { changeList } from '../../../src/segments/lists.ts';
import { createHttpServer } from '../../../src/surfaces/http/index.ts';
import type { AppDeps, HttpServer, Listening, ServerOptions } from '../../../src/surfaces/http/index.ts';
import { EXAMPLE_EVALUATION } from '../../../src/surfaces/http/exampleExperiments.ts';
import { EXAMPLES } from '../../../src/surfaces/http/examples.ts';
import { createApiKey, ROLES } from '../../../src/store/repositories/apiKeys.ts';
import type { Role } from '../../../src/store/repositories/apiKeys.ts';
import { recordConsents } from '../../../src/store/repositories/consents.ts';
import { linkIdentities, upsertCustomers } from '../../../src/store/repositories/customers.ts';
import { appendEvents } from '../../../src/store/repositories/events.ts';
import { RESPONSE_REPORT } from '../../support/responseShop.ts';
import { insertPreferences } from '../../../src/store/repositories/preferenceModels.ts';
import { insertModel, moveAlias } from '../../../src/store/repositories/models.ts';
import { takeRun } from '../../../src/store/repositories/runs.ts';
import { publishTags, stageTags } from '../../../src/store/repositories/tagPublish.ts';
import { deleteWebhook, insertWebhook } from '../../../src/store/repositories/webhooks.ts';
import { openStore } from '../../../src/store/connection.ts';
import { seal } from '../../../src/webhooks/secretBox.ts';
import type { Store } from '../../../src/store/connection.ts';
import { loadCatalogue } from '../../../src/tags/catalogue/catalogue.ts';
import { ruleFrom } from '../../../src/tags/catalogue/draft.ts';
import { saveCategory } from '../../../src/tags/catalogue/categoryEdit.ts';
import { createRule } from '../../../src/tags/catalogue/edit.ts';
import { LIFECYCLE_TAG } from '../../../src/tags/catalogue/lifecycle.ts';
import { PREDICTIVE_TAGS } from '../../../src/tags/catalogue/predictive.ts';
import { STATISTICAL_TAGS } from '../../../src/tags/catalogue/statistical.ts';
import type { Tag } from '../../../src/tags/tag.ts';
import { upliftReportSchema } from '../../../src/training/uplift/report.ts';
import { createExperiment } from '../../../src/experiments/edit.ts';
import { upliftChecks } from '../../../src/jobs/uplift/models.ts';
import { testClock } from '../../support/stores.ts';
import type { TestClock } from '../../support/stores.ts';

export const NOW = '2026-03-01T04:00:00Z';
export const TODAY = '2026-03-01';
/** Personal data that must never be seen where it does not belong. */
export const PII = { phone: '13812345678', name: '张伟测试', odd: `C-"O'Brien"-😀` } as const;
const CATALOGUE = [...STATISTICAL_TAGS, ...PREDICTIVE_TAGS, LIFECYCLE_TAG];

export function tag(key: string, over: Partial<Tag> = {}): Tag {
  const definition = CATALOGUE.find((candidate) => candidate.key === key);
  return {
    key, kind: definition?.kind ?? 'predictive', status: 'ok', value: null, band: null, probability: null, percentile: null, lift: null, interval: null, horizonDays: null,
    asOf: TODAY, validFrom: TODAY, expiresAt: null, source: { name: 'churn', version: 1, run: 1 }, confidence: 'high', reasons: [], ...over,
  };
}

/** The example version as the registry would keep it, with parts that must not be served. */
export function modelEnvelope(): unknown {
  const { name: _n, version: _v, createdAt: _c, sha256: _s, bytes: _b, aliases: _a, heads, ...rest } = (EXAMPLES.readVersion?.response ?? {}) as Record<string, unknown> & { heads: object[] };
  return { ...rest, model: 'churn', observations: { at: 'cutoffs' }, heads: heads.map((head) => ({ ...head, typical: { secret_median: 1 }, serving: { secret_level: 2 }, artefact: { secret_weights: [3] } })), golden: { rows: [[42.4242]], predictions: [[0.5]] } };
}

/** Ten customers C1001 … C1010, a phone number, orders, tags, one who refused marketing, a model and a run. */
export async function seed(store: Store, at: number): Promise<void> {
  const { db } = store;
  const names = [...Array.from({ length: 10 }, (_, i) => `C${1001 + i}`), PII.odd];
  const ids = await upsertCustomers(db, names.map((externalId) => ({ externalId, attributes: { city: '北京', name: PII.name } })), at);
  const idOf = (name: string): number => ids.get(name) ?? 0;
  await linkIdentities(db, [{ namespace: 'phone', value: PII.phone, customerId: idOf('C1001') }]);
  await appendEvents(db, names.flatMap((customer, i) => Array.from({ length: i + 1 }, (_, k) => ({ customer, occurredAt: at - (k + 2) * 86_400_000, kind: 'order', amount: '10.00', eventId: `${i}-${k}` }))), { source: 'seed', at });
  await recordConsents(db, [{ customerId: idOf('C1010'), purpose: 'marketing', state: 'refused', recordedAt: at, source: 'test' }]);
  const run = await takeRun(db, { job: 'nightly', asOf: TODAY, owner: 'test-host', leaseMs: 60_000, at });
  if (!run.ok) throw new Error(run.detail);
  const tags = names.flatMap((name, i) => [
    { customerId: idOf(name), tag: tag('churn_prob_90d', { probability: i / 10, value: i / 10, percentile: 1 + i * 9, horizonDays: 90, expiresAt: '2026-03-08' }) },
    { customerId: idOf(name), tag: tag('churn_risk_band', { value: 'safe', band: 'safe', expiresAt: '2026-02-28' }) },
    { customerId: idOf(name), tag: tag('lifecycle_stage', { value: 'loyal', band: 'loyal' }) },
  ]);
  await db.transaction((trx) => stageTags(trx, run.value, tags));
  await publishTags(db, run.value, { at, details: { customers: names.length } });
  const version = await insertModel(db, { name: 'churn', sha256: 'ab'.repeat(32), envelope: modelEnvelope(), artefact: Buffer.from('secret_bytes'), at });
  await moveAlias(db, { name: 'churn', alias: 'champion', version, at, actor: 'cli', reason: 'first version' });
}

/** The rule tag and the segment of the examples as they are saved first, the segment built. */
export async function seedDefinitions(store: Store, at: number): Promise<void> {
  await store.db.raw('DELETE FROM segments');
  await store.db.raw('DELETE FROM tag_definitions');
  await store.db.raw('DELETE FROM tag_categories');
  await store.db.raw('DELETE FROM tag_placements');
  await store.db.raw('DELETE FROM quality_rules');
  await store.db.raw('DELETE FROM experiments');
  await store.db.raw('DELETE FROM value_standards');
  const catalogue = await loadCatalogue(store.db);
  const { names } = catalogue;
  await saveCategory(store, catalogue, { code: 'churn_action', label: { zh: '挽留', en: 'Win-back' }, parent: 'churn' }, { actor: 'test' });
  await createRule(store, catalogue, ruleFrom('frequent_buyer', { condition: readCondition('orders last 60 days >= 3'), label: { zh: '高频买家', en: 'Frequent buyer' }, owner: 'ann' }, names), 'enabled', { actor: 'test' });
  await saveStandards(store, 'attribute.title', [{ standard: 'CMO', aliases: ['首席营销官'] }], 'test');
  await saveQualityRule(store, { key: 'level_allowed', label: { zh: '会员等级在列表内', en: 'Level is one of the list' }, check: { field: { attribute: 'level' }, test: { in: ['gold', 'silver', 'none'] } }, mostBad: 0.01 }, names, 'test');
  const words = { zh: '高概率流失', en: 'Likely to leave' };
  const segment = await createSegment(store, { key: 'likely_to_leave', label: words, description: words, owner: 'ann', condition: readCondition('tag.churn_prob_90d.probability >= 0.3'), status: 'enabled', schedule: 'nightly', holdoutShare: 0.4 }, names, 'test');
  await buildSegment(store, segment, { asOf: localDate(at, DEFAULT_TIME_ZONE), timeZone: DEFAULT_TIME_ZONE, names });
  await changeList(store, { key: 'invited', change: 'replace', ids: [['C1001']], asOf: localDate(at, DEFAULT_TIME_ZONE), actor: 'test' });
  await seedWebhook(store, at);
  const mail = { zh: '春季邮件', en: 'Spring mail' };
  await createExperiment(store, { key: 'spring_mail', label: mail, description: mail, owner: 'ann', campaign: 'spring', channel: 'email', startsOn: '2026-02-01', endsOn: '2026-02-01', responseDays: 14, outcome: { kind: 'order' }, segment: null, treatmentProbability: 0.5 }, names, 'test');
}

/** A version of the preferences to look at; its bytes are of no use. */
export async function seedPreferences(store: Store): Promise<void> {
  const interval = { estimate: 0.2, low: 0.1, high: 0.3 };
  await insertPreferences(store.db, {
    end: '2026-03-01', seed: 1, customers: 40, sampled: 40, categories: 0, products: 7, category: null, responses: RESPONSE_REPORT,
    product: {
      horizonDays: 28, cutoffs: [5], days: { weigh: 1, validation: 2, test: 3, end: 4 }, customers: { weigh: 9, validation: 8, test: 7 }, popularDays: 28, halfLifeDays: 91, validation: [], chosen: 'popular',
      test: [{ method: 'popular', coverage: 0.1, recall: [interval], ndcg: [interval] }], against: [], durableItems: 0,
    },
  }, Date.parse('2026-03-01T18:00:00Z'), (version) => ({ bytes: Buffer.from('{}'), sha256: String(version) }));
}

/** Names resolve to a public address that nobody answers at. */
const WEBHOOKS = { key: () => Buffer.alloc(32, 7), allowed: [], resolve: () => Promise.resolve([{ address: '93.184.215.14', family: 4 as const }]) };

/** The webhook of the examples. */
export async function seedWebhook(store: Store, at: number): Promise<void> {
  const webhookId = EXAMPLES.deleteWebhook?.path?.webhook ?? '';
  await deleteWebhook(store.db, webhookId);
  await insertWebhook(store.db, { webhookId, url: 'https://crm.example.com/tagcast', description: 'CRM', events: ['segment.entered'], segment: null, status: 'enabled', createdBy: 'test', secret: seal(WEBHOOKS.key(), webhookId, 'whsec_c2VlZGVk'), at });
}

export function depsFor(store: Store, clock: TestClock): AppDeps {
  return {
    webhookSettings: WEBHOOKS, webhooks: ({ signal }) => ({ store, clock, owner: 'test', webhooks: WEBHOOKS, timeoutMs: 30, ...(signal === undefined ? {} : { signal }) }),
    store, clock, version: '0.1.0', shop: { timeZone: DEFAULT_TIME_ZONE, historic: false }, catalogue: () => loadCatalogue(store.db), models: MODELS, plan: featurePlan(FEATURES, { timeZone: DEFAULT_TIME_ZONE }),
    today: () => Promise.resolve(localDate(clock.now(), DEFAULT_TIME_ZONE)),
    scoring: ({ progress }) => ({ store, clock, progress, owner: 'test', snapshotDir: '', plan: featurePlan(FEATURES, { timeZone: DEFAULT_TIME_ZONE }), estimators: ESTIMATORS, models: MODELS.map(({ name }) => name), ruleTags: [], timeZone: DEFAULT_TIME_ZONE }),
    experiments: ({ progress }, names) => ({ store, progress, names, snapshotDir: '', plan: featurePlan(FEATURES, { timeZone: DEFAULT_TIME_ZONE }), checks: upliftChecks(ESTIMATORS), timeZone: DEFAULT_TIME_ZONE, currency: 'CNY' }),
    // test/jobs/experiments.test.ts has the real job.
    evaluate: () => Promise.resolve({ ...EXAMPLE_EVALUATION, report: upliftReportSchema.parse(EXAMPLE_EVALUATION.report) }),
    // test/jobs/lookalikes.test.ts has the real job.
    lookalikes: (_deps, { seed, save }) => Promise.resolve({
      seed: { key: seed, version: 1, members: 60 }, ranked: 40, saved: { key: save, version: 1, members: 2 }, estimator: 'column_rule', candidates: [{ estimator: 'column_rule', auc: { value: 0.7, low: 0.6, high: 0.8 } }], dropped: [],
      top: [{ externalId: 'C1002', score: 1, percentile: 100, reasons: [] }],
    }),
    // The seeded model is a row to look at; score.test.ts has the real job.
    scoreOne: (_deps, customerId) => Promise.resolve([tag('churn_prob_90d', { probability: 0.5, value: 0.5, source: { name: 'churn', version: 1, run: customerId } })]),
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The body as JSON; fails where it is none. */
  json(): any; // oxlint-disable-line typescript/no-explicit-any -- answers are checked by their schemas, tests pick fields
}

export interface Send {
  readonly key?: string;
  readonly method?: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** Plain node:http, because fetch does not let a test set Host. */
export function send(at: Listening, path: string, { key, method, body, raw, headers = {} }: Send = {}): Promise<Reply> {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: at.host, port: at.port, path, method: method ?? (payload === undefined ? 'GET' : 'POST'), agent: false,
        headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }), ...headers },
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: res.statusCode ?? 0, headers: res.headers, text, json: () => JSON.parse(text) as unknown });
        });
        res.once('error', reject);
      },
    );
    req.once('error', reject);
    req.end(payload);
  });
}

export interface Running {
  readonly store: Store;
  readonly clock: TestClock;
  readonly deps: AppDeps;
  readonly server: HttpServer;
  readonly at: Listening;
  readonly keys: Readonly<Record<Role, string>>;
  readonly keyIds: Readonly<Record<Role, string>>;
  /** Everything the server has logged. */
  logged(): string;
  call(path: string, options?: Send): Promise<Reply>;
  stop(): Promise<void>;
}

/** Buckets that no test empties by accident. */
export const WIDE = { perKey: { capacity: 1e9, perSecond: 1e9 }, perAddress: { capacity: 1e9, perSecond: 1e9 } } as const;

export async function makeKeys(store: Store, at: number): Promise<Pick<Running, 'keys' | 'keyIds'>> {
  const made = await Promise.all(ROLES.map(async (role) => [role, await createApiKey(store.db, { name: role, role, at })] as const));
  return { keys: Object.fromEntries(made.map(([role, { key }]) => [role, key])) as Record<Role, string>, keyIds: Object.fromEntries(made.map(([role, { keyId }]) => [role, keyId])) as Record<Role, string> };
}

/** Starts a server on a store that is open and seeded already, or on a new one in memory. */
export async function start(options: ServerOptions = {}, given?: { store: Store; clock: TestClock }, change: Partial<AppDeps> = {}): Promise<Running> {
  const clock = given?.clock ?? testClock(NOW);
  const store = given?.store ?? (await openStore({ memory: true }, { clock }));
  if (given === undefined) await seed(store, clock.now());
  const { keys, keyIds } = await makeKeys(store, clock.now());
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, new Writable({ write: (chunk: Buffer, _encoding, done) => { lines.push(chunk.toString()); done(); } }));
  const deps = { ...depsFor(store, clock), ...change };
  const server = createHttpServer(deps, { port: 0, checkResponses: true, log, ...WIDE, ...options });
  const at = await server.listen();
  return {
    store, clock, deps, server, at, keys, keyIds,
    logged: () => lines.join(''),
    call: (path, sent) => send(at, path, sent),
    stop: async () => {
      await server.close();
      if (given === undefined) await store.close();
    },
  };
}
