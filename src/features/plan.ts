/** From definitions to a plan: checked, ordered by name, every aggregate named once, with a hash that says what the numbers mean. */
import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import { canonicalJson } from '../base/json.ts';
import { checkTimeZone } from '../base/time.ts';
import { checkDefinition } from './check.ts';
import { offsetPeriods } from './zone.ts';
import type { OffsetPeriod } from './zone.ts';
import { EMPTY_VALUE } from './expression.ts';
import type { Aggregate, Expression } from './expression.ts';
import type { FeatureDefinition } from './define.ts';

/** Goes up when the same definitions give other numbers: part of the hash. */
const SEMANTICS_VERSION = 1;

/** An expression whose aggregates and attributes are replaced by the column of the engine's answer that holds them. */
export type BoundExpression =
  | { readonly kind: 'column'; readonly id: string; readonly empty: 0 | 'missing' }
  | Exclude<Expression, { kind: 'aggregate' | 'add' | 'subtract' | 'multiply' | 'ratio' | 'deviation' | 'days_since' }>
  | { readonly kind: 'add' | 'subtract' | 'multiply' | 'ratio'; readonly left: BoundExpression; readonly right: BoundExpression }
  | { readonly kind: 'deviation'; readonly count: BoundExpression; readonly sum: BoundExpression; readonly squares: BoundExpression }
  | { readonly kind: 'days_since'; readonly instant: BoundExpression };

export interface PlannedAggregate {
  /** Column name in the engine's answer: a0, a1, … */
  readonly id: string;
  readonly aggregate: Aggregate;
}

export interface PlannedFeature {
  readonly definition: FeatureDefinition;
  readonly value: BoundExpression;
  /** Ids of the aggregates and keys of the attributes that the value needs. */
  readonly needs: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
}

export interface FeaturePlan {
  readonly timeZone: string;
  /** Ordered by name (code points): the column order of every matrix. */
  readonly definitions: readonly FeatureDefinition[];
  readonly names: readonly string[];
  /** sha256 (hex) over names, units, missing rules, expressions and the time zone. Labels and meanings may change freely. */
  readonly hash: string;
  readonly features: readonly PlannedFeature[];
  readonly aggregates: readonly PlannedAggregate[];
  readonly zone: readonly OffsetPeriod[];
}

function aggregatesOf(expression: Expression): Aggregate[] {
  switch (expression.kind) {
    case 'aggregate': return [expression];
    case 'add': case 'subtract': case 'multiply': case 'ratio': return [...aggregatesOf(expression.left), ...aggregatesOf(expression.right)];
    case 'deviation': return [expression.count, expression.sum, expression.squares].flatMap(aggregatesOf);
    case 'days_since': return aggregatesOf(expression.instant);
    default: return [];
  }
}

function bind(expression: Expression, ids: ReadonlyMap<string, string>, needs: Set<string>, attributes: Set<string>): BoundExpression {
  const sub = (part: Expression): BoundExpression => bind(part, ids, needs, attributes);
  switch (expression.kind) {
    case 'aggregate': {
      const id = ids.get(canonicalJson(expression)) ?? '';
      needs.add(id);
      return { kind: 'column', id, empty: EMPTY_VALUE[expression.of.fn] };
    }
    case 'add': case 'subtract': case 'multiply': case 'ratio': return { kind: expression.kind, left: sub(expression.left), right: sub(expression.right) };
    case 'deviation': return { kind: 'deviation', count: sub(expression.count), sum: sub(expression.sum), squares: sub(expression.squares) };
    case 'days_since': return { kind: 'days_since', instant: sub(expression.instant) };
    case 'attribute': case 'attribute_is': attributes.add(expression.key); return expression;
    default: return expression;
  }
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * @throws AppError `invalid_input` for a definition that cannot be computed (bad name, unknown column, empty window, two definitions of one name),
 * `invalid_config` for an unknown time zone.
 */
export function featurePlan(definitions: readonly FeatureDefinition[], options: { readonly timeZone: string }): FeaturePlan {
  const timeZone = checkTimeZone(options.timeZone);
  const ordered = [...definitions].sort((a, b) => byCodePoint(a.name, b.name));
  ordered.forEach((definition, index) => {
    checkDefinition(definition);
    if (ordered[index - 1]?.name === definition.name) {
      throw new AppError('invalid_input', `Two features are called ${definition.name}.`, { hint: 'Rename one of them in features/.' });
    }
  });
  const found = new Map(ordered.flatMap(({ value }) => aggregatesOf(value)).map((aggregate) => [canonicalJson(aggregate), aggregate]));
  const aggregates = [...found].sort(([a], [b]) => byCodePoint(a, b)).map(([key, aggregate], index) => ({ id: `a${index}`, aggregate, key }));
  const ids = new Map(aggregates.map(({ key, id }) => [key, id]));
  const features = ordered.map((definition) => {
    const needs = new Set<string>();
    const attributes = new Set<string>();
    return Object.freeze({ definition, value: bind(definition.value, ids, needs, attributes), needs, attributes });
  });
  const meaning = ordered.map(({ name, unit, missing, value }) => ({ name, unit, missing, value }));
  return Object.freeze({
    timeZone,
    definitions: Object.freeze(ordered),
    names: Object.freeze(ordered.map(({ name }) => name)),
    hash: createHash('sha256').update(canonicalJson({ version: SEMANTICS_VERSION, timeZone, features: meaning })).digest('hex'),
    features: Object.freeze(features),
    aggregates: Object.freeze(aggregates.map(({ id, aggregate }) => Object.freeze({ id, aggregate }))),
    zone: offsetPeriods(timeZone),
  });
}

/** The planned features called `names`, in plan order; all of them without `names`. */
export function selectFeatures(plan: FeaturePlan, names: readonly string[] | undefined): readonly PlannedFeature[] {
  if (names === undefined) return plan.features;
  const wanted = new Set(names);
  const unknown = names.filter((name) => !plan.names.includes(name));
  if (unknown.length > 0) {
    throw new AppError('unknown_name', `Unknown features: ${unknown.slice(0, 5).join(', ')}.`, { details: { unknown: unknown.length }, hint: 'Run `tagcast features list` for all names.' });
  }
  return plan.features.filter(({ definition }) => wanted.has(definition.name));
}
