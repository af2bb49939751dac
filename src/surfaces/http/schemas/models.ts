/** Models: versions, metrics beside the baseline's, calibration. Never weights, never rows of customers. */
import { z } from 'zod';
import { RUN_STATES } from './runStates.ts';
import { promotionSchema } from '../../../reports/promotion.ts';
import { versionStateSchema } from '../../../reports/versionStates.ts';
import { headSchema, trainedModelSchema } from '../../../training/trained.ts';
import { about, bilingualSchema, dateSchema, instantSchema, integerText, jsonValue } from './common.ts';

export const modelName = about(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), '模型名称', 'Name of the model');
export const modelParams = z.strictObject({ name: modelName });
export const versionParams = z.strictObject({ name: modelName, version: about(integerText(1, 999_999_999), '版本号', 'Number of the version') });

const { shape: head } = headSchema;

/** What a head says of itself in one line. */
export const headLineSchema = z.strictObject({
  horizonDays: head.horizonDays,
  task: head.task,
  candidate: head.candidate,
  rung: head.rung,
  grade: head.grade,
  confidence: head.confidence,
  beatsBaseline: head.beatsBaseline,
  metrics: about(z.record(z.string(), z.number()), '最后一期上的指标', 'Metrics on the last period'),
  baselineMetrics: about(z.record(z.string(), z.number()), '基线在同一期上的指标', 'Metrics of the baseline on the same period'),
});

const aliases = about(z.record(z.string(), z.int()), '别名 → 版本', 'Alias → version');

export const versionLineSchema = z.strictObject({
  version: z.int(),
  createdAt: instantSchema,
  sha256: z.string(),
  aliases: z.array(z.string()),
  trainedUntil: about(dateSchema, '训练所不知道的第一天', 'First day that training did not know'),
  promotion: about(versionStateSchema, '使用中、未通过上线检查或待人工上线，以及检查给出的理由', 'Whether it serves, was kept back by the gate or waits for a person, and what the gate said'),
  heads: z.array(headLineSchema),
});

export const modelListSchema = z.strictObject({
  models: z.array(z.strictObject({
    name: z.string(),
    label: bilingualSchema.nullable(),
    aliases,
    versions: z.int(),
    champion: about(versionLineSchema.nullable(), '正在使用的版本', 'The version that serves'),
    challenger: about(versionLineSchema.nullable(), '最近一个未上线的版本', 'The last version that does not serve'),
  })),
});

export const modelSchema = z.strictObject({
  name: z.string(),
  label: bilingualSchema.nullable(),
  aliases,
  versions: z.array(versionLineSchema),
  history: about(
    z.array(z.strictObject({ alias: z.string(), from: z.int().nullable(), to: z.int().nullable(), movedAt: instantSchema, reason: z.string() })),
    '别名的变动，最新在前',
    'Moves of the aliases, newest first',
  ),
});

/** A head without its weights, its calibration map and its medians. */
export const headCardSchema = z.strictObject({
  horizonDays: head.horizonDays,
  task: head.task,
  candidate: head.candidate,
  rung: head.rung,
  estimator: head.estimator,
  split: head.split,
  rows: head.rows,
  baseRate: head.baseRate,
  evaluation: about(head.evaluation, '指标、校准表和提升表', 'Metrics, calibration table and lift table'),
  baseline: about(head.baseline, '基线的同样数字', 'The same numbers of the baseline'),
  beatsBaseline: head.beatsBaseline,
  leaderboard: head.leaderboard,
  grade: head.grade,
  confidence: head.confidence,
  warnings: head.warnings,
});

const { shape: model } = trainedModelSchema;

export const modelVersionSchema = z.strictObject({
  name: z.string(),
  version: z.int(),
  createdAt: instantSchema,
  sha256: z.string(),
  bytes: z.int(),
  aliases: z.array(z.string()),
  target: z.record(z.string(), jsonValue),
  population: z.array(z.record(z.string(), jsonValue)),
  columns: model.columns,
  featureSetHash: model.featureSetHash,
  timeZone: model.timeZone,
  currency: model.currency,
  seed: model.seed,
  data: model.data,
  readiness: model.readiness,
  heads: z.array(headCardSchema),
  promotion: about(promotionSchema, '为何上线或未上线，以及与训练时在线版本的比较', 'Why the version serves or not, and how it did beside the one that served when it was trained'),
});

export const reportQuery = z.strictObject({ lang: about(z.enum(['zh', 'en']).optional(), '先显示的语言，默认 zh', 'Language that is shown first, default zh') });

export const runsQuery = z.strictObject({
  job: about(z.string().regex(/^[\p{L}\p{N}_.:,-]{1,300}$/u, 'must be the name of a job').optional(), '任务名称', 'Name of the job'),
  state: about(z.enum(RUN_STATES).optional(), '状态', 'State'),
  limit: about(integerText(1, 200).optional(), '最多几条，默认 20', 'At most so many, default 20'),
});

export const runsSchema = z.strictObject({
  runs: z.array(z.strictObject({
    run: z.int(),
    job: z.string(),
    asOf: dateSchema,
    state: z.enum(RUN_STATES),
    startedAt: instantSchema,
    finishedAt: instantSchema.nullable(),
    details: z.record(z.string(), jsonValue),
  })),
});
