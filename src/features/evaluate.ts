/**
 * Scalars over aggregates, once for every engine: engines only aggregate, so a ratio or a standard deviation cannot differ between them.
 * Columns are arrays with one value per customer; NaN is missing.
 */
import type { Cutoff } from './cutoff.ts';
import type { BoundExpression, PlannedFeature } from './plan.ts';

/** What an engine answers, one value per customer and array. */
export interface EngineColumns {
  readonly rows: number;
  /** Aggregates by id; NaN where the customer has no such row. */
  readonly aggregates: ReadonlyMap<string, Float64Array>;
  /** Attributes by key, as text. */
  readonly attributes: ReadonlyMap<string, readonly (string | null)[]>;
  /** Epoch ms. */
  readonly firstKnown: Float64Array;
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$/;

/** A number that was written as text; NaN for anything else, so that "12 pcs" is not 12. */
export function attributeNumber(text: string | null | undefined): number {
  if (text === null || text === undefined || !NUMBER.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** √((Σx² − (Σx)²/n)/(n−1)); a difference within rounding of zero is zero, so that equal values have no spread. */
export function deviationOf(count: number, sum: number, squares: number): number {
  if (!(count >= 2)) return Number.NaN;
  const centred = squares - (sum * sum) / count;
  return centred <= squares * 1e-14 ? 0 : Math.sqrt(centred / (count - 1));
}

const OPERATIONS = {
  add: (left, right) => left + right,
  subtract: (left, right) => left - right,
  multiply: (left, right) => left * right,
  ratio: (left, right) => (right === 0 ? Number.NaN : left / right),
} as const satisfies Record<string, (left: number, right: number) => number>;

function evaluate(expression: BoundExpression, columns: EngineColumns, cutoff: Cutoff): Float64Array {
  const { rows } = columns;
  const out = new Float64Array(rows);
  switch (expression.kind) {
    case 'column': {
      const source = columns.aggregates.get(expression.id);
      const empty = expression.empty === 0 ? 0 : Number.NaN;
      for (let i = 0; i < rows; i++) {
        const value = source?.[i] ?? Number.NaN;
        out[i] = Number.isNaN(value) ? empty : value;
      }
      return out;
    }
    case 'add': case 'subtract': case 'multiply': case 'ratio': {
      const left = evaluate(expression.left, columns, cutoff);
      const right = evaluate(expression.right, columns, cutoff);
      const operation = OPERATIONS[expression.kind];
      for (let i = 0; i < rows; i++) out[i] = operation(left[i], right[i]);
      return out;
    }
    case 'deviation': {
      const count = evaluate(expression.count, columns, cutoff);
      const sum = evaluate(expression.sum, columns, cutoff);
      const squares = evaluate(expression.squares, columns, cutoff);
      for (let i = 0; i < rows; i++) out[i] = deviationOf(count[i], sum[i], squares[i]);
      return out;
    }
    case 'days_since': {
      const instants = evaluate(expression.instant, columns, cutoff);
      for (let i = 0; i < rows; i++) out[i] = (cutoff.asOf - instants[i]) / 86_400_000;
      return out;
    }
    case 'constant': return out.fill(expression.value);
    case 'first_known': return columns.firstKnown.slice();
    case 'calendar': return out.fill(expression.part === 'day' ? cutoff.day : expression.part === 'year_sin' ? Math.sin(cutoff.yearAngle) : Math.cos(cutoff.yearAngle));
    case 'attribute': {
      const texts = columns.attributes.get(expression.key);
      for (let i = 0; i < rows; i++) out[i] = attributeNumber(texts?.[i]);
      return out;
    }
    default: {
      const texts = columns.attributes.get(expression.key);
      for (let i = 0; i < rows; i++) {
        const text = texts?.[i];
        out[i] = text === null || text === undefined ? Number.NaN : expression.values.includes(text) ? 1 : 0;
      }
      return out;
    }
  }
}

/** The values of a feature after its missing rule; results beyond the doubles are missing, because a matrix has no infinities. */
export function featureValues({ definition, value }: PlannedFeature, columns: EngineColumns, cutoff: Cutoff): Float64Array {
  const values = evaluate(value, columns, cutoff);
  const fill = definition.missing === 'missing' ? Number.NaN : definition.missing;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) values[i] = fill;
    else if (values[i] === 0) values[i] = 0; // −0 and 0 are one value
  }
  return values;
}
