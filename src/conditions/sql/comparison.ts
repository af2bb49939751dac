/** Comparisons in SQL. NULL is "unknown", and PostgreSQL's and/or/not over it are the three-valued logic of the language. */
import type { Comparison } from '../comparison.ts';
import { relativeDays } from '../context.ts';
import type { Calendar } from '../context.ts';
import { DECIMAL_SQL_PATTERN } from '../decimal.ts';
import { UNKNOWN, bindDay, bindNumeric, bindText, join, sql } from './fragment.ts';
import type { Sql } from './fragment.ts';

/** A side of a comparison, read as each type that it can be; NULL where it has no such reading. */
export interface Operand {
  readonly text?: Sql;
  readonly number?: Sql;
  readonly bindNumber?: (value: number) => Sql;
  readonly truth?: Sql;
  readonly day?: Sql;
  readonly bindDay?: (day: string) => Sql;
  /** jsonb array. */
  readonly list?: Sql;
  /** Never NULL. */
  readonly known?: Sql;
}

type InfixOp = '=' | '!=' | '<' | '<=' | '>' | '>=';

const INFIX: Readonly<Record<InfixOp, Sql>> = { '=': sql`=`, '!=': sql`<>`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` };

/** `left op right` with the operator taken from the closed list. */
export function infix(left: Sql, op: InfixOp, right: Sql): Sql {
  return sql`(${left}) ${INFIX[op]} ${right}`;
}

export function inList(left: Sql, op: 'in' | 'not_in', values: readonly Sql[]): Sql {
  return op === 'in' ? sql`(${left}) in (${join(values, ', ')})` : sql`(${left}) not in (${join(values, ', ')})`;
}

function compareDays(operand: Operand, comparison: Extract<Comparison, { op: 'last_days' | 'next_days' | 'before_last_days' }>, calendar: Calendar): Sql {
  if (operand.day === undefined) return UNKNOWN;
  const bind = operand.bindDay ?? bindDay;
  const range = relativeDays(comparison.op, comparison.value, calendar);
  const parts: Sql[] = [];
  if (range.from !== undefined) parts.push(infix(operand.day, '>=', bind(range.from)));
  if (range.to !== undefined) parts.push(infix(operand.day, '<', bind(range.to)));
  return sql`(${join(parts, ' and ')})`;
}

function presenceSql(known: Sql | undefined, op: 'exists' | 'missing'): Sql {
  if (known === undefined) return UNKNOWN;
  return op === 'exists' ? sql`(${known})` : sql`not (${known})`;
}

/** SQL of a comparison; `null` where the operand cannot be read as the literal's type. */
export function compareSql(operand: Operand, comparison: Comparison, calendar: Calendar): Sql {
  const bindNumber = operand.bindNumber ?? bindNumeric;
  switch (comparison.op) {
    case '=':
    case '!=':
      if (typeof comparison.value === 'boolean') return operand.truth === undefined ? UNKNOWN : infix(operand.truth, comparison.op, comparison.value ? sql`true` : sql`false`);
      if (typeof comparison.value === 'number') return operand.number === undefined ? UNKNOWN : infix(operand.number, comparison.op, bindNumber(comparison.value));
      return operand.text === undefined ? UNKNOWN : infix(operand.text, comparison.op, bindText(comparison.value));
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (typeof comparison.value === 'number') return operand.number === undefined ? UNKNOWN : infix(operand.number, comparison.op, bindNumber(comparison.value));
      return operand.day === undefined ? UNKNOWN : infix(operand.day, comparison.op, (operand.bindDay ?? bindDay)(comparison.value));
    case 'in':
    case 'not_in': {
      const [first] = comparison.values;
      if (typeof first === 'number') return operand.number === undefined ? UNKNOWN : inList(operand.number, comparison.op, (comparison.values as number[]).map(bindNumber));
      return operand.text === undefined ? UNKNOWN : inList(operand.text, comparison.op, (comparison.values as string[]).map(bindText));
    }
    case 'contains':
      return operand.text === undefined ? UNKNOWN : sql`strpos(${operand.text}, ${bindText(comparison.value)}) > 0`;
    case 'starts_with':
      return operand.text === undefined ? UNKNOWN : sql`starts_with(${operand.text}, ${bindText(comparison.value)})`;
    case 'has':
      return operand.list === undefined ? UNKNOWN : sql`(${operand.list}) @> jsonb_build_array(${bindText(comparison.value)})`;
    case 'last_days':
    case 'next_days':
    case 'before_last_days':
      return compareDays(operand, comparison, calendar);
    default:
      return presenceSql(operand.known, comparison.op);
  }
}

// The pattern is a constant of this repository; it is bound like a value so that no text is ever assembled from strings.
const decimalPattern = bindText(DECIMAL_SQL_PATTERN);

/** A key of a jsonb object. Texts count as numbers or days where they are plain decimals or begin with YYYY-MM-DD; empty text is missing. */
export function jsonOperand(document: Sql, key: string): Operand {
  const bound = bindText(key);
  const raw = sql`(${document} ->> ${bound})`;
  return {
    text: sql`case when jsonb_typeof(${document} -> ${bound}) = 'string' then nullif(${raw}, '') end`,
    number: sql`case when ${raw} ~ ${decimalPattern} then ${raw}::numeric end`,
    truth: sql`case ${raw} when 'true' then true when 'false' then false end`,
    // Compared as text: a text that only looks like a day (2023-02-30) must not stop the statement.
    day: sql`case when ${raw} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}($|[T ])' then left(${raw}, 10) collate "C" end`,
    bindDay: bindText,
    list: sql`case when jsonb_typeof(${document} -> ${bound}) = 'array' then ${document} -> ${bound} end`,
    known: sql`nullif(${raw}, '') is not null`,
  };
}
