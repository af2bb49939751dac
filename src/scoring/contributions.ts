/** What each column does to a prediction, on the additive scale of the head. */
import { columnOf, takeRows } from '../base/matrix.ts';
import type { Matrix } from '../base/matrix.ts';
import type { LoadedHead } from './model.ts';

export interface Contributions {
  /** `explained`: the estimator's own additive explanation. `compared`: one column at a time put at its typical value. */
  readonly method: 'explained' | 'compared';
  readonly columns: readonly string[];
  /** One array per column, one value per row; positive pushes the prediction up. */
  readonly values: readonly Float64Array[];
}

const EDGE = 1e-9;

function link(task: LoadedHead['head']['task'], prediction: number): number {
  if (task === 'binary') {
    const p = Math.min(Math.max(prediction, EDGE), 1 - EDGE);
    return Math.log(p / (1 - p));
  }
  return Math.log(Math.max(prediction, 0) + 1);
}

/** Columns that an artefact says it reads; the others cannot have moved its prediction. */
function columnsRead(artefact: object): readonly string[] | undefined {
  if (!('columns' in artefact) || !Array.isArray(artefact.columns)) return undefined;
  const names: unknown[] = artefact.columns;
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

/**
 * Estimators without an explanation (customer-base models, cycles) are asked again with one column at a time at its typical value:
 * contribution = link(prediction) − link(prediction with the typical value); log-odds for probabilities, log(1 + v) for amounts and days.
 */
function compared({ head, estimator, artefact }: LoadedHead, x: Matrix): Contributions {
  const base = estimator.predict(artefact, x);
  const wanted = estimator.requiredColumns ?? columnsRead(artefact) ?? x.columns.map(({ name }) => name);
  const columns = wanted.filter((name) => x.columns.some((column) => column.name === name));
  const values = columns.map((name) => {
    const typical = head.typical[name] ?? Number.NaN;
    const own = columnOf(x, name) ?? new Float64Array();
    // A customer who has the typical value needs no second question.
    const rows = Int32Array.from(own.keys()).filter((row) => own[row] !== typical && !(Number.isNaN(own[row]) && Number.isNaN(typical)));
    const part = takeRows(x, rows);
    const other = estimator.predict(artefact, { rows: rows.length, columns: part.columns.map((column) => (column.name === name ? { name, values: new Float64Array(rows.length).fill(typical) } : column)) });
    const out = new Float64Array(x.rows);
    rows.forEach((row, i) => { out[row] = link(head.task, base[row]) - link(head.task, other[i]); });
    return out;
  });
  return { method: 'compared', columns, values };
}

export function contributionsOf(head: LoadedHead, x: Matrix): Contributions {
  const explanation = head.estimator.explain?.(head.artefact, x);
  return explanation === undefined ? compared(head, x) : { method: 'explained', columns: explanation.columns, values: explanation.contributions };
}
