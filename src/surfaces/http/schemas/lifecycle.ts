/** Lifecycle over HTTP: rules, the feed of changes, flows by week. */
import { z } from 'zod';
import { lifecycleSchema, STAGE_CODES } from '../../../tags/lifecycle/rules.ts';
import { about, bilingualSchema, dateSchema, instantSchema, integerText, jsonValue } from './common.ts';
import { cursorSchema } from './segments.ts';

const stage = z.enum(STAGE_CODES);
const week = z.string().regex(/^\d{4}-(W\d{2}|\d{2}-\d{2})$/, 'must be an ISO week such as 2026-W14, or a day in it');

export const rulesSchema = z.strictObject({
  rules: about(lifecycleSchema, '当前配置的规则', 'The rules as they are configured now'),
  hash: z.string(),
  version: about(z.int().nullable(), '规则版本；尚未被夜间计算使用时为空', 'Version of these rules; null while no night has used them'),
  versions: about(
    z.array(z.strictObject({ version: z.int(), hash: z.string(), rules: jsonValue, madeAt: instantSchema, firstDay: dateSchema.nullable(), lastDay: dateSchema.nullable() })),
    '所有用过的规则及其日期，新的在前', 'Every version that was used, with the days that it made; newest first',
  ),
});

export const changesQuery = z.strictObject({
  cursor: cursorSchema,
  limit: about(integerText(1, 1000).optional(), '每页行数，默认 100', 'Changes of a page, default 100'),
  from: about(stage.optional(), '只要离开此阶段的变化', 'Only changes out of this stage'),
  to: about(stage.optional(), '只要进入此阶段的变化', 'Only changes into this stage'),
});

export const changesSchema = z.strictObject({
  changes: z.array(z.strictObject({
    customer: about(z.string(), '店铺自己的客户编号', "The shop's own customer id"),
    from: about(stage.nullable(), '之前的阶段；空：之前没有阶段', 'Stage before; null: had none'),
    to: about(stage.nullable(), '之后的阶段；空：已拒绝个性化或数据中已不存在', 'Stage after; null: refused scoring, or is not found in the data any more'),
    day: dateSchema,
    run: z.int(),
    rulesVersion: z.int().nullable(),
    contactable: about(z.boolean(), '为假时已拒绝营销：不要触达', 'False where the customer refused marketing: not to be contacted'),
  })),
  next: about(z.string(), '下一次调用的 cursor；没有新变化时不变', '`cursor` of the next call; the same where nothing is new'),
  more: about(z.boolean(), '现在还有更多', 'There are more now'),
});

export const flowsQuery = z.strictObject({
  from: about(week.optional(), '第一周（ISO 周）或其中一天', 'First ISO week, or a day in it'),
  to: about(week.optional(), '最后一周；默认是最后一次夜间计算所在的周', 'Last week; default: the one of the last night'),
  weeks: about(integerText(1, 106).optional(), '周数，默认 5', 'So many weeks where an end is missing, default 5'),
});

export const flowsSchema = z.strictObject({
  weeks: z.array(z.strictObject({ week: z.string(), from: dateSchema, to: dateSchema, complete: about(z.boolean(), '周日的夜间计算已发布', 'The night of the Sunday was published') })),
  nodes: about(
    z.array(z.strictObject({ id: z.string(), week: z.string(), column: z.int(), stage: z.string(), label: bilingualSchema, customers: z.int() })),
    '每周每个阶段的客户数；arrived 为新进入，gone 为离开', 'Customers per week and stage; `arrived`: without a stage before, `gone`: without one afterwards',
  ),
  links: about(
    z.array(z.strictObject({
      source: z.int(), target: z.int(), week: z.string(), from: z.string(), to: z.string(), kind: z.enum(['stayed', 'moved', 'arrived', 'gone']), value: z.int(),
    })),
    'source 和 target 是 nodes 中的位置，可直接交给 d3-sankey', '`source` and `target` are places in `nodes`, as d3-sankey takes them',
  ),
});

export const accuracyQuery = z.strictObject({ asOf: about(dateSchema.optional(), '要评判的夜间；默认是最近一个已有结果的', 'The night to judge; default: the newest whose outcome is known') });
const share = z.number().min(0).max(1);
const hits = z.strictObject({ stage: z.string(), customers: z.int(), predicted: share, stays: about(share, '“不变”规则', 'Nothing changes'), matrix: about(share.nullable(), '“上次多数去向”规则；历史不足时为空', 'What most did the time before; null where the history is too short') });
export const accuracySchema = z.strictObject({
  accuracy: about(z.strictObject({ day: dateSchema, later: dateSchema, all: hits, byStage: z.array(hits), wins: about(z.boolean(), '是否比两条规则都准', 'Whether it was right more often than both rules') }).nullable(), '预测命中的比例；尚无结果时为空', 'Shares that came true; null while no outcome is known'),
  unknown: about(z.string().nullable(), '为何还没有', 'Why there is none yet'),
});
