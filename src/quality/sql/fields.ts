/** Fields and their tests as SQL pieces. Patterns are constants of this file and travel as bound texts. */
import { bindFloat, bindText, join, sql } from '../../conditions/sql/fragment.ts';
import type { Sql } from '../../conditions/sql/fragment.ts';
import type { Field, FieldTest, Format } from '../schema.ts';

/** POSIX patterns without nesting or alternation under a star, matched by automata on both stores. */
const PATTERNS: Readonly<Record<Format, string>> = {
  email: '^[^@[:space:]]{1,64}@[^@[:space:].]{1,63}([.][^@[:space:].]{1,63}){1,8}$',
  phone: '^[+]{0,1}[0-9][0-9() .-]{4,22}$',
  phone_cn: '^([+]{0,1}86[ -]{0,1}){0,1}1[3-9][0-9]{9}$',
  digits: '^[0-9]+$',
  date: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])',
  postcode_cn: '^[0-9]{6}$',
};
const NUMBER = '^[+-]{0,1}[0-9]{1,15}([.][0-9]{1,10}){0,1}$';

const COLUMNS: Readonly<Record<string, Sql>> = {
  amount: sql`e.amount::text`, quantity: sql`e.quantity::text`, discount: sql`e.discount::text`, product: sql`e.product`, category: sql`e.category`, channel: sql`e.channel`,
  campaign: sql`e.campaign`, session: sql`e.session`, order_ref: sql`e.order_ref`,
};

/** Text of the field without spaces around it; NULL where it is missing or empty. */
export function fieldSql(field: Field): Sql {
  if ('attribute' in field) return sql`nullif(btrim(c.attributes ->> ${bindText(field.attribute)}), '')`;
  if ('identity' in field) return sql`nullif(btrim(n.value), '')`;
  if ('column' in field) return sql`nullif(btrim(${COLUMNS[field.column]}), '')`;
  return sql`nullif(btrim(e.properties ->> ${bindText(field.property)}), '')`;
}

/** The number that a text is; NULL where it is none. */
export function numberSql(text: Sql): Sql {
  return sql`(case when ${text} ~ ${bindText(NUMBER)} then (${text})::numeric end)`;
}

/** The day that a text begins with, as text that sorts; NULL where it does not. */
export function dateSql(text: Sql): Sql {
  return sql`(case when ${text} ~ ${bindText(PATTERNS.date)} then left(${text}, 10) collate "C" end)`;
}

function between(value: Sql, { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined }): Sql {
  const parts = [...(min === undefined ? [] : [sql`${value} >= ${bindFloat(min)}::numeric`]), ...(max === undefined ? [] : [sql`${value} <= ${bindFloat(max)}::numeric`])];
  return parts.length === 0 ? sql`${value} is not null` : sql`(${join(parts, ' and ')})`;
}

/** Whether what is there is as it should be; a text that is no number is in no range. Of presence: whether it is there. */
export function testSql(text: Sql, test: FieldTest): Sql {
  if ('present' in test) return sql`(${text} is not null)`;
  if ('format' in test) return sql`(${text} ~ ${bindText(PATTERNS[test.format])})`;
  if ('length' in test) return between(sql`char_length(${text})::numeric`, test.length);
  if ('in' in test) return sql`(${text} in (${join(test.in.map((value) => bindText(value.trim())), ', ')}))`;
  return between(numberSql(text), test.range);
}
