/** Data-quality rules, results and alerts. */
import { z } from 'zod';
import { DIMENSIONS, qualityRuleSchema } from '../../../quality/schema.ts';
import { tagSchema } from '../../../tags/tag.ts';
import { about, bilingualSchema, dateSchema, expectedVersion, instantSchema, jsonValue } from './common.ts';

const ruleKey = about(tagSchema.shape.key, '规则代码', 'Key of the rule');
export const qualityParams = z.strictObject({ key: ruleKey });

const rule = {
  key: z.string(),
  label: bilingualSchema,
  dimension: about(z.enum(DIMENSIONS), '正确性、一致性、完整性或及时性', 'What kind of quality it is about'),
  check: about(jsonValue, '检查内容（见 docs/quality.md）', 'What is checked (docs/quality.md)'),
  mostBad: about(z.number(), '允许的不合格比例', 'Share that may be bad'),
  days: about(z.int(), '检查最近多少天的事件', 'Events of so many days are looked at'),
  status: z.enum(['enabled', 'paused']),
  holdsNight: about(z.boolean(), '不合格时夜间运行是否等待', 'Whether the night waits while it is broken'),
  owner: z.string(),
  version: about(z.int(), '版本，修改时作为 expectedVersion；产品自带且未修改的为 0', 'The `expectedVersion` of an edit; 0 for one of the product that nobody changed'),
  builtIn: z.boolean(),
} as const;

export const qualityRulesResponse = z.strictObject({ rules: z.array(z.strictObject(rule)) });

const result = {
  checked: about(z.int(), '检查的行数', 'Rows that were looked at'),
  bad: z.int(),
  state: z.enum(['good', 'bad', 'nothing_to_check']),
  ageHours: about(z.number().nullable(), '最近一条事件距今小时数（及时性）', 'Of timeliness: hours since the newest event'),
  limitHours: about(z.number().nullable(), '允许的小时数', 'Of timeliness: hours that are allowed'),
  unknown: about(z.array(z.string()), '条件中已不存在的名称', 'Names in its condition that are not there any more'),
} as const;
const alert = z.strictObject({ rule: z.string(), openedOn: dateSchema, lastBadOn: dateSchema, closedOn: dateSchema.nullable(), worst: about(z.number(), '期间最大的不合格比例', 'Largest share that was bad since it opened') });

export const qualityQuery = z.strictObject({ all: about(z.enum(['true', 'false']).optional(), 'true：也返回已解除的预警', '`true`: also alerts that are over') });
export const qualityResponse = z.strictObject({ results: z.array(z.strictObject({ rule: z.string(), day: dateSchema, ...result })), alerts: z.array(alert) });

export const qualityRuleResponse = z.strictObject({
  ...rule,
  history: about(z.array(z.strictObject({ day: dateSchema, ...result })), '最近30天，新的在前', 'Last 30 results, newest first'),
  examples: about(z.array(z.string()).nullable(), '不合格的客户（最多10个）；数据科学角色为空', 'Up to ten customers with a bad row; null for data scientists'),
  versions: z.array(z.strictObject({ version: z.int(), deleted: z.boolean(), actor: z.string(), changedAt: instantSchema })),
});

export const qualityRuleBody = z.strictObject({ expectedVersion, rule: z.record(z.string().max(64), z.unknown()) });
export const qualityRuleDocument = z.strictObject({ expectedVersion, rule: about(qualityRuleSchema.omit({ key: true }), '规则', 'The rule') });

export const qualityCheckBody = z.strictObject({ rules: about(z.array(ruleKey).min(1).max(500).optional(), '只检查这些规则；默认为全部启用的', 'Only these; default: every enabled one') });
export const qualityCheckResponse = z.strictObject({
  day: dateSchema, results: z.array(z.strictObject({ rule: z.string(), ...result })),
  opened: about(z.array(z.string()), '新预警', 'Alerts that opened'), closed: about(z.array(z.string()), '解除的预警', 'Alerts that are over'), holds: about(z.array(z.string()), '阻止夜间运行的规则', 'Broken rules that make the night wait'),
});
