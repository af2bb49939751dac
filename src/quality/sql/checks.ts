/** Checks as pairs of predicates over one kind of row: what is checked, and what of it is good. */
import { bindInstant, bindText, sql } from '../../conditions/sql/fragment.ts';
import type { Sql } from '../../conditions/sql/fragment.ts';
import type { Check, Field } from '../schema.ts';
import { dateSql, fieldSql, numberSql, testSql } from './fields.ts';

/** What one row is: a customer, an identity of one, an event, an order with refunds. `fresh` is not counted in rows. */
export type Subject = 'customers' | 'identities' | 'events' | 'refunds';

export interface Predicates {
  readonly checked: Sql;
  readonly good: Sql;
}

const subjectOfField = (field: Field): Subject => ('attribute' in field ? 'customers' : 'identity' in field ? 'identities' : 'events');

export function subjectOf(check: Check): Subject | 'fresh' {
  if ('fresh' in check) return 'fresh';
  if ('of' in check) return 'customers';
  if ('refunds' in check) return 'refunds';
  if ('notInFuture' in check) return 'events';
  return subjectOfField('compare' in check ? check.compare[0] : check.field);
}

/** Why a check cannot be evaluated; undefined where it can. */
export function checkFault(check: Check): string | undefined {
  if ('compare' in check) {
    const [a, , b] = check.compare;
    if (subjectOfField(a) !== subjectOfField(b) || 'identity' in a || ('events' in a && 'events' in b && a.events !== b.events)) return 'two fields are compared within one customer\'s attributes, or within one kind of event';
  }
  if ('field' in check && 'identity' in check.field && 'present' in check.test) return 'whether an identity is there is asked with `of` and `good`, for it is the customer who lacks it';
  return undefined;
}

const OPERATORS = { '<': sql`<`, '<=': sql`<=`, '=': sql`=`, '>=': sql`>=`, '>': sql`>` } as const;

function rowsOf(field: Field): Sql {
  return 'events' in field ? sql`e.kind = ${bindText(field.events)}` : 'identity' in field ? sql`n.namespace = ${bindText(field.identity)}` : sql`true`;
}

/** @param now epoch ms, judged in by `notInFuture`. Not for `of`/`good`, whose predicates come from the compiler of conditions. */
export function predicatesOf(check: Exclude<Check, { fresh: string } | { of: unknown }>, now: number): Predicates {
  if ('notInFuture' in check) return { checked: sql`true`, good: sql`e.occurred_at <= ${bindInstant(now)}` };
  if ('refunds' in check) {
    return check.refunds === 'within_order'
      ? { checked: sql`o.ordered is not null`, good: sql`-o.refunded <= o.ordered` }
      : { checked: sql`o.ordered_at is not null`, good: sql`o.refunded_at >= o.ordered_at` };
  }
  if ('compare' in check) {
    const [a, op, b] = check.compare;
    const as = { number: numberSql, date: dateSql, text: (text: Sql): Sql => sql`(${text}) collate "C"` }[check.as];
    const [left, right] = [as(fieldSql(a)), as(fieldSql(b))];
    return { checked: sql`(${rowsOf(a)} and ${left} is not null and ${right} is not null)`, good: sql`(${left} ${OPERATORS[op]} ${right})` };
  }
  const text = fieldSql(check.field);
  return { checked: 'present' in check.test ? rowsOf(check.field) : sql`(${rowsOf(check.field)} and ${text} is not null)`, good: testSql(text, check.test) };
}
