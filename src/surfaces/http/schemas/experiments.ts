/** Experiments: campaigns with a randomised hold-out, who was assigned to which arm, and what came of it. */
import { z } from 'zod';
import { tagSchema } from '../../../tags/tag.ts';
import { intervalSchema, upliftReportSchema } from '../../../training/uplift/report.ts';
import { about, bilingualSchema, customerIdSchema, dateSchema, instantSchema, jsonValue, ownerSchema, writtenText, writtenWords } from './common.ts';
import { documentedCondition, parsedCondition } from './segments.ts';

const keySchema = about(tagSchema.shape.key, '实验代码；标签为 uplift_代码', 'Key of the experiment; its tag is uplift_ and the key');
export const experimentParams = z.strictObject({ key: keySchema });

const kind = z.string().regex(/^[a-z][a-z0-9_]{0,47}$/);
const outcomes = (condition: z.ZodType) => about(
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('order') }), z.strictObject({ kind: z.literal('revenue') }), z.strictObject({ kind: z.literal('event'), event: kind, ownCampaign: z.boolean().optional() }), z.strictObject({ kind: z.literal('condition'), condition }),
  ]),
  '什么算作结果：下单、净收入、某类事件，或只涉及响应期内事件的条件', 'What counts: an order, net revenue, an event, or a condition on the events of the response window',
);

const definition = {
  label: about(writtenWords, '名称', 'Name'),
  description: about(writtenWords.optional(), '说明；默认同名称', 'Default: the name'),
  owner: ownerSchema,
  campaign: about(writtenText(200).nullable().default(null), '发送的活动：其事件说明谁真正被触达', 'Campaign that is sent: its events show who was really contacted'),
  channel: about(writtenText(200).nullable().default(null), '渠道', 'Channel'),
  startsOn: about(dateSchema, '分组的第一天', 'First day on which customers are assigned'),
  endsOn: about(dateSchema.optional(), '最后一天；默认同第一天', 'Last day; default: the first'),
  responseDays: about(z.int().min(1).max(365), '响应期：从分组时刻起算的天数', 'Days from the assignment on in which the outcome counts'),
  segment: about(tagSchema.shape.key.nullable().default(null), '由该人群的留出决定分组', 'Segment whose hold-out decides'),
  treatmentProbability: about(z.number().gt(0).lt(1).optional(), '名单抽取时的触达概率；由人群留出决定时不填', 'Chance of treatment with which a list was drawn; not for a hold-out'),
};
export const experimentBody = z.strictObject({ ...definition, outcome: outcomes(parsedCondition) });
export const experimentDocument = z.strictObject({ ...definition, outcome: outcomes(documentedCondition) });

const armsSchema = z.strictObject({ treated: z.int(), heldOut: z.int(), firstAt: instantSchema.nullable(), lastAt: instantSchema.nullable() });
const covariates = about(z.array(z.strictObject({ name: z.string(), kind: z.enum(['quantity', 'category']) })), '随名单导入的、分组前已知的列', 'Columns that came with the list and were known before');

const head = {
  key: keySchema, label: bilingualSchema, description: bilingualSchema, owner: ownerSchema, campaign: z.string().nullable(), channel: z.string().nullable(), startsOn: dateSchema, endsOn: dateSchema, responseDays: z.int(),
  outcome: about(jsonValue, '结果的定义', 'Definition of the outcome'), segment: z.string().nullable(), treatmentProbability: z.number(), covariates, createdAt: instantSchema, arms: armsSchema,
  evaluation: about(z.strictObject({ version: z.int(), rankable: z.boolean() }).nullable(), '最近一次评估；rankable 为否即证据不足', 'The newest evaluation; not rankable: not enough evidence'),
};
export const experimentListSchema = z.strictObject({ experiments: z.array(z.strictObject(head)) });

const effect = about(intervalSchema.nullable(), '95% 区间', '95 % interval');
export const reportBody = z.strictObject({ ...upliftReportSchema.shape, averageEffect: effect, qini: effect, responseQini: effect, lead: effect });
export const experimentSchema = z.strictObject({ ...head, report: about(z.strictObject({ ...reportBody.shape, evaluatedAt: instantSchema }).nullable(), '最近一次评估的报告，不含客户编号', 'Report of the newest evaluation; holds no customer ids') });
export const evaluatedSchema = z.strictObject({ version: z.int(), report: reportBody, whyItServes: about(bilingualSchema, '为何最新的评估直接上线', 'Why the newest evaluation serves at once') });
export const evaluateBody = z.strictObject({ end: about(dateSchema.optional(), '不可知的第一天；默认今天', 'First day that must not be known; default: today'), seed: z.int().min(0).max(4_294_967_295).default(1) }).optional();

const MOST_ROWS = 1_000;
export const assignmentsBody = z.strictObject({
  fromHoldout: about(z.literal(true).optional(), '按人群当前成员和留出记录：在触达时调用', 'Record the arms of the segment\'s members as they are now: call it at the moment of the contact'),
  rows: about(z.array(z.strictObject({
    customer: customerIdSchema, arm: z.enum(['treated', 'held_out']), assignedAt: z.iso.datetime({ offset: true }).optional(), covariates: z.record(z.string().min(1).max(100), z.union([z.number(), writtenText(200)])).optional(),
  })).min(1).max(MOST_ROWS).optional(), `名单，每次最多 ${MOST_ROWS} 行`, `A list, at most ${MOST_ROWS} rows at once`),
}).refine(({ fromHoldout, rows }) => (fromHoldout === undefined) !== (rows === undefined), 'needs either rows or fromHoldout');
export const assignedSchema = z.strictObject({ added: z.int(), known: z.int(), unknown: about(z.int(), '系统中不存在的客户', 'Customers whom the store does not have'), arms: armsSchema, covariates });

