/** The columns of an export, as people write them: `id`, `stage`, `holdout`, `attr.city`, `identity.phone`, `tag.clv_tier.band`. */
import { AppError } from '../../base/errors.ts';
import type { SegmentContext } from '../context.ts';
import { checkTagKeys } from '../tagValues.ts';

export const TAG_FIELDS = ['value', 'band', 'probability', 'percentile', 'status'] as const;
export type TagField = (typeof TAG_FIELDS)[number];

/** What a column holds; in files without types of their own (CSV) it decides nothing, in Parquet it is the type. */
export type ColumnType = 'text' | 'number' | 'boolean' | 'date' | 'list' | 'json';

export type ExportColumn = { readonly name: string; readonly type: ColumnType } & (
  | { readonly from: 'id' | 'stage' | 'holdout' }
  | { readonly from: 'attribute' | 'identity'; readonly key: string }
  | { readonly from: 'tag'; readonly key: string; readonly field: TagField }
);

export type TagValueType = 'number' | 'text' | 'date' | 'list';

export const MOST_COLUMNS = 60;
export const DEFAULT_COLUMNS: readonly string[] = ['id', 'stage'];

function wrong(reason: string): never {
  throw new AppError('invalid_input', `The columns of the export are not as they must be: ${reason}.`, { hint: 'For example `id,stage,attr.city,identity.phone,tag.churn_prob_90d.probability,tag.clv_tier.band`; docs/cli.md lists the forms.' });
}

function tagColumn(name: string, rest: string, types: ReadonlyMap<string, TagValueType>): ExportColumn {
  const [key, field = 'value', more] = rest.split('.');
  if (more !== undefined || !(TAG_FIELDS as readonly string[]).includes(field)) wrong(`"${name.slice(0, 80)}" should be tag.KEY with one of ${TAG_FIELDS.join(', ')} behind it`);
  const type: ColumnType = field === 'probability' || field === 'percentile' ? 'number' : field === 'value' ? (types.get(key) ?? 'text') : 'text';
  return { name, from: 'tag', key, field: field as TagField, type };
}

function column(name: string, types: ReadonlyMap<string, TagValueType>): ExportColumn {
  if (name === 'id' || name === 'stage') return { name, from: name, type: 'text' };
  if (name === 'holdout') return { name, from: name, type: 'boolean' };
  const dot = name.indexOf('.');
  const [kind, rest] = [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
  if (rest === '' || rest.length > 128) wrong(`"${name.slice(0, 80)}" names nothing`);
  if (kind === 'attr') return { name, from: 'attribute', key: rest, type: 'json' };
  if (kind === 'identity') return { name, from: 'identity', key: rest, type: 'text' };
  if (kind === 'tag') return tagColumn(name, rest, types);
  return wrong(`"${name.slice(0, 80)}" is none of id, stage, holdout, attr.…, identity.…, tag.…`);
}

/**
 * @param types of the values of the catalogue's tags
 * @throws AppError `invalid_input`, `unknown_name` for a tag
 */
export function exportColumns(names: readonly string[], context: SegmentContext, types: ReadonlyMap<string, TagValueType>): ExportColumn[] {
  if (names.length === 0 || names.length > MOST_COLUMNS) wrong(`there must be 1 to ${MOST_COLUMNS}, and there are ${names.length}`);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) wrong(`"${twice.slice(0, 80)}" is there twice`);
  const columns = names.map((name) => column(name, types));
  checkTagKeys(columns.flatMap((one) => (one.from === 'tag' ? [one.key] : [])), context);
  return columns;
}

/** Columns that say who somebody is or what the shop noted about them: roles that see no such values may not export them either. */
export function personalColumns(columns: readonly ExportColumn[]): readonly string[] {
  return columns.filter(({ from }) => from === 'attribute' || from === 'identity').map(({ name }) => name);
}
