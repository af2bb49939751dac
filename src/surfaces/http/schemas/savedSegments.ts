/** Saved segments: their definition, their builds, their members, and what they are like. */
import { z } from 'zod';
import { MAX_PAGE } from '../../../segments/page.ts';
import { tagSchema } from '../../../tags/tag.ts';
import { about, bilingualSchema, dateSchema, expectedVersion, instantSchema, integerText, jsonValue, ownerSchema, writtenWords } from './common.ts';
import { cursorSchema, documentedCondition, nextSchema, parsedCondition } from './segments.ts';

export const keySchema = about(tagSchema.shape.key, '人群代码', 'Key of the segment');
const status = about(z.enum(['draft', 'enabled', 'paused']), '草稿和暂停的人群夜间不生成', 'Drafts and paused segments are not built at night');
const schedule = about(z.enum(['nightly', 'manual']), '每夜生成，或仅在要求时生成', 'Built with every night, or only when asked');
const holdoutShare = about(z.number().min(0).lt(1), '留出比例：这些成员不被触达，且始终是同一批客户', 'Share of members kept out of every contact, always the same customers');

export const segmentParams = z.strictObject({ key: keySchema });

const definition = {
  expectedVersion,
  label: about(writtenWords, '名称', 'Name'),
  description: about(writtenWords.optional(), '说明；默认是条件的文字', 'Default: the condition in words'),
  owner: ownerSchema,
  status: status.default('enabled'),
  schedule: schedule.default('nightly'),
  holdoutShare: holdoutShare.default(0),
};
export const segmentBody = z.strictObject({ condition: parsedCondition, ...definition });
export const segmentDocument = z.strictObject({ condition: documentedCondition, ...definition });

const buildSchema = z.strictObject({
  version: about(z.int(), '生成编号', 'Number of the build'),
  definitionVersion: z.int(),
  asOf: dateSchema,
  state: about(z.enum(['building', 'live', 'retired']), '成员取自 live 的一次', 'Members are read of the live one'),
  members: z.int(),
  entered: z.int().nullable(),
  left: z.int().nullable(),
  startedAt: instantSchema,
  finishedAt: instantSchema.nullable(),
});

const head = {
  key: keySchema,
  label: bilingualSchema,
  description: bilingualSchema,
  owner: ownerSchema,
  status,
  schedule,
  holdoutShare,
  definitionVersion: about(z.int(), '定义的版本，修改时作为 expectedVersion', 'Version of the definition: the `expectedVersion` of an edit'),
  createdAt: instantSchema,
  updatedAt: instantSchema,
};

export const segmentListSchema = z.strictObject({ segments: z.array(z.strictObject({ ...head, live: about(buildSchema.nullable(), '当前成员所属的生成；从未生成为空', 'The build that members are read of; null before the first one') })) });

export const segmentSchema = z.strictObject({
  ...head,
  condition: about(jsonValue.nullable(), '条件（JSON，见 Condition）；名单为空', 'The condition as JSON (see `Condition`); null for a list'),
  text: about(z.string().nullable(), '条件的文本形式', 'The condition as people type it'),
  words: about(bilingualSchema.nullable(), '条件的文字说明', 'The condition in words'),
  builds: about(z.array(buildSchema), '最近的生成，新的在前', 'The last builds, newest first'),
});

export const deletedSchema = z.strictObject({ deleted: z.string() });

export const builtSchema = z.strictObject({ key: keySchema, version: z.int(), members: z.int(), entered: z.int(), left: z.int() });

const page = { limit: about(integerText(1, MAX_PAGE).optional(), '每页行数，默认 100', 'Rows of a page, default 100'), cursor: cursorSchema };
export const membersQuery = z.strictObject({ ...page, holdout: about(z.enum(['only', 'without']).optional(), '只要留出的成员，或去掉留出的成员；默认都要', 'Only members who are held out, or without them; default: both') });
export const changesQuery = z.strictObject({ ...page, change: about(z.enum(['entered', 'left']), '进入或离开', 'Which of the two') });

const builtVersion = about(z.int(), '所属的生成编号；翻页时变化说明已重新生成，请重头读取', 'Number of the build; where it changes between pages the segment was built anew, so begin again');
export const membersSchema = z.strictObject({
  version: builtVersion,
  rows: z.array(z.strictObject({ customer: z.string(), holdout: about(z.boolean(), '留出：不要触达', 'Held out: not to be contacted') })),
  next: nextSchema,
});
export const changesSchema = z.strictObject({ version: builtVersion, rows: z.array(z.strictObject({ customer: z.string() })), next: nextSchema });

const top = about(z.int().min(1).max(200).default(20), '最多几个标签和属性', 'At most so many tags and attributes');
export const oneSubject = (body: { readonly segment?: unknown; readonly condition?: unknown }): boolean => (body.segment === undefined) !== (body.condition === undefined);
export const ONE = 'needs either a segment or a condition';
export const portraitBody = z.strictObject({ segment: keySchema.optional(), condition: parsedCondition.optional(), top }).refine(oneSubject, ONE);
export const portraitDocument = z.strictObject({ segment: keySchema.optional(), condition: documentedCondition.optional(), top }).refine(oneSubject, ONE);

export const portraitSchema = z.strictObject({
  asOf: dateSchema,
  members: z.int(),
  customers: z.int(),
  reliable: about(z.boolean(), '人数少时占比仅供参考', 'False where so few members make shares anecdotes'),
  dimensions: about(
    z.array(z.strictObject({
      kind: z.enum(['tag', 'rule', 'number', 'list', 'attribute']),
      key: z.string(),
      label: bilingualSchema,
      difference: about(z.number(), '与全体的差异（Jensen–Shannon，0 相同，1 完全不同）', 'Jensen–Shannon divergence from everybody in bits, 0 alike to 1'),
      edges: about(z.array(z.number()).nullable(), '数值五等分的边界', 'Of numbers: the edges between the fifths of everybody'),
      known: z.strictObject({ inSegment: z.int(), everybody: z.int() }),
      values: z.array(z.strictObject({
        value: z.string(), label: bilingualSchema.nullable(), inSegment: z.int(), everybody: z.int(), segmentShare: z.number(), everybodyShare: z.number(),
        lift: about(z.number().nullable(), '人群占比 ÷ 全体占比', 'Share in the segment ÷ share of everybody'),
      })),
    })),
    '差异最大的在前', 'Most different first',
  ),
});
