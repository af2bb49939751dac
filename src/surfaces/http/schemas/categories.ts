/** The tree of categories, and the values of a tag. */
import { z } from 'zod';
import { tagSchema } from '../../../tags/tag.ts';
import { about, bilingualSchema, expectedVersion, instantSchema, integerText, writtenText } from './common.ts';

export const categoryCode = about(tagSchema.shape.key, '类别代码', 'Code of the category');
export const categoryParams = z.strictObject({ code: categoryCode });

const category = {
  code: z.string(),
  label: bilingualSchema,
  parent: about(z.string().nullable(), '上级类别；顶层为空', 'Category above it; null at the top'),
  builtIn: about(z.boolean(), '产品自带', 'Comes with the product'),
  version: about(z.int(), '版本，修改时作为 expectedVersion；产品自带且未修改的为 0', 'Version: the `expectedVersion` of an edit; 0 for one of the product that nobody changed'),
  level: about(z.int(), '层级，顶层为 1', '1 at the top'),
  tags: about(z.int(), '直接属于它的标签数', 'Tags right in it'),
} as const;

export const categoriesResponse = z.strictObject({ categories: about(z.array(z.strictObject(category)), '上级在下级之前', 'Parents before their children') });
export const categoryResponse = z.strictObject(category);
export const categoryBody = z.strictObject({
  expectedVersion,
  label: about(z.strictObject({ zh: writtenText(200), en: writtenText(200) }), '名称', 'Name'),
  parent: about(categoryCode.nullable(), '上级类别；空为顶层', 'Category above it; null: the top'),
});

export const categoryVersionsResponse = z.strictObject({
  versions: about(z.array(z.strictObject({ version: z.int(), parent: z.string().nullable(), label: bilingualSchema, deleted: z.boolean(), actor: z.string(), changedAt: instantSchema })), '新的在前', 'Newest first'),
});

export const placesResponse = z.strictObject({
  versions: about(z.array(z.strictObject({ version: z.int(), category: about(z.string().nullable(), '空：产品原来的位置', 'Null: where the product has it'), actor: z.string(), changedAt: instantSchema })), '新的在前；规则标签的位置在其版本中', 'Newest first; of a rule tag its versions tell'),
});

export const placeBody = z.strictObject({ category: about(categoryCode.nullable(), '类别代码；空：产品标签放回原处', 'Code of a category; null: a tag of the product goes back to where it was') });

export const valuesQuery = z.strictObject({
  search: about(z.string().min(1).max(200).optional(), '代码或名称中的文字', 'Text in code or name'),
  offset: about(integerText(0, 1_000_000).optional(), '跳过的取值数', 'Values to skip'),
  limit: about(integerText(1, 1_000).optional(), '最多返回的取值数，默认 100', 'Most values to answer, default 100'),
});
export const valuesResponse = z.strictObject({
  key: z.string(),
  total: about(z.int(), '符合条件的取值数', 'Values that match'),
  values: z.array(z.strictObject({
    value: z.string(),
    label: bilingualSchema,
    customers: about(z.int(), '今天有此有效值的客户数', 'Customers with this valid value today'),
    declared: about(z.boolean(), '定义中的等级；否则仅为观察到的值', 'A declared band; else it was only observed'),
  })),
});
