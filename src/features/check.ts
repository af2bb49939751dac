/** Refuses a definition that cannot be computed, or that would put text where only names may stand. */
import { AppError } from '../base/errors.ts';
import { EVENT_KIND_PATTERN } from '../store/events.ts';
import { SOURCE_COLUMNS } from './expression.ts';
import type { Aggregate, ColumnType, Condition, Expression } from './expression.ts';
import type { FeatureDefinition } from './define.ts';

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
/** Attribute keys are bound, never pasted; the pattern only keeps DuckDB's path quoting simple. */
const ATTRIBUTE_KEY = /^[^"\\\p{Cc}]{1,64}$/u;

function refuse(name: string, why: string): never {
  throw new AppError('invalid_input', `Feature ${name.slice(0, 64)} cannot be computed: ${why}.`, { hint: 'Correct its file in features/, then run `tagcast features list`.' });
}

function columnType(name: string, aggregate: Aggregate, column: string): ColumnType {
  const columns: Readonly<Record<string, ColumnType>> = SOURCE_COLUMNS[aggregate.rows.source];
  return Object.hasOwn(columns, column) ? columns[column] : refuse(name, `${aggregate.rows.source} has no column "${column.slice(0, 40)}"`);
}

function checkCondition(name: string, aggregate: Aggregate, condition: Condition): void {
  const type = columnType(name, aggregate, condition.column);
  if ('is' in condition && (type !== 'text' || condition.is.length === 0)) refuse(name, `"${condition.column}" can be compared with texts only where it holds text, and with one text at least`);
  if (('above' in condition || 'atLeast' in condition) && type === 'text') refuse(name, `"${condition.column}" holds text and has no order`);
  if ('above' in condition && !Number.isFinite(condition.above)) refuse(name, 'a bound is not a finite number');
  if ('atLeast' in condition && !(condition.atLeast <= condition.atMost && Number.isFinite(condition.atMost - condition.atLeast))) refuse(name, 'the bounds of a range are not in order');
}

const positive = (value: number): boolean => Number.isFinite(value) && value > 0;

function checkAggregate(name: string, aggregate: Aggregate): void {
  const { rows, of } = aggregate;
  const { from, to } = rows.window;
  if (!Number.isSafeInteger(to) || to < 0) refuse(name, 'a window ends after the cut-off or between days');
  if (from !== undefined && (!Number.isSafeInteger(from) || from <= to || from > 36_525)) refuse(name, `the window from ${from} to ${to} days before the cut-off is empty or longer than a century`);
  if (rows.kinds.length > 0 && rows.source !== 'events') refuse(name, `only events have kinds, not ${rows.source}`);
  for (const kind of rows.kinds) if (!EVENT_KIND_PATTERN.test(kind)) refuse(name, `"${kind.slice(0, 50)}" is not an event kind`);
  for (const condition of rows.where) checkCondition(name, aggregate, condition);
  const type = 'column' in of && of.column !== undefined ? columnType(name, aggregate, of.column) : undefined;
  const grouped = rows.source === 'orders' || rows.source === 'events';
  if (type === 'text' && !['count_distinct', 'top_count', 'count_known'].includes(of.fn)) refuse(name, `${of.fn} needs numbers`);
  if (of.fn === 'top_count' && type !== 'text') refuse(name, 'top_count needs a text column');
  if (of.fn === 'percentile' && !(of.p >= 0 && of.p <= 1)) refuse(name, 'a percentile lies in [0, 1]');
  if (of.fn === 'decayed' && !positive(of.halfLifeDays)) refuse(name, 'a half-life is a positive number of days');
  if (of.fn === 'decayed' && rows.source === 'contracts') refuse(name, 'paid periods may end after the cut-off, so their age is no weight');
  if (of.fn === 'rank_weighted' && (grouped || rows.source === 'contracts' || !(of.alpha > 0 && of.alpha < 1))) refuse(name, 'rank weights belong to gaps or order days and need alpha in (0, 1)');
  if ((of.fn === 'first_time' || of.fn === 'last_time') && !grouped) refuse(name, 'order days, gaps and contracts have days instead of times: use min or max of their days');
}

function checkExpression(name: string, expression: Expression, depth: number): void {
  if (depth > 12) refuse(name, 'the expression is nested too deeply');
  switch (expression.kind) {
    case 'aggregate': checkAggregate(name, expression); return;
    case 'constant': if (!Number.isFinite(expression.value)) refuse(name, 'a constant is not a finite number'); return;
    case 'attribute': case 'attribute_is': if (!ATTRIBUTE_KEY.test(expression.key)) refuse(name, 'an attribute key is empty, too long, or has quotes or control characters'); return;
    case 'first_known': case 'calendar': return;
    case 'days_since': checkExpression(name, expression.instant, depth + 1); return;
    case 'deviation': [expression.count, expression.sum, expression.squares].forEach((part) => { checkExpression(name, part, depth + 1); }); return;
    default: checkExpression(name, expression.left, depth + 1); checkExpression(name, expression.right, depth + 1);
  }
}

export function checkDefinition(definition: FeatureDefinition): void {
  const { name, missing } = definition;
  if (!NAME.test(name)) refuse(name, 'a name is snake_case, at most 64 characters');
  if (missing !== 'missing' && !Number.isFinite(missing)) refuse(name, 'the missing rule is not a finite number');
  for (const text of [definition.label.zh, definition.label.en, definition.meaning.zh, definition.meaning.en]) {
    if (text.trim() === '') refuse(name, 'label or meaning is empty in one language');
  }
  checkExpression(name, definition.value, 0);
}
