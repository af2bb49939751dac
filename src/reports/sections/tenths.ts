/** Tables by tenth from the card of a version: they are there for every version, also of before reports were kept. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { ReportHead } from '../document.ts';
import { fixed, fixedPercent, integer, predicted } from '../format.ts';
import { plain, say, w } from '../words.ts';
import { section, table } from './shared.ts';

export function liftSection({ task, evaluation }: ReportHead, currency: string, id: string): Html {
  if (task === 'duration' || evaluation.lift.length === 0) return EMPTY;
  return section(id, TITLE, liftTable(task, evaluation, currency));
}

/** The same beside a chart. */
export function liftFigure({ task, evaluation }: ReportHead, currency: string): Html {
  if (task === 'duration' || evaluation.lift.length === 0) return EMPTY;
  return html`<figure><figcaption><b>${say(TITLE)}</b></figcaption>${liftTable(task, evaluation, currency)}</figure>`;
}

const TITLE = w('十分位提升表', 'Lift by tenth');

function liftTable(task: ReportHead['task'], evaluation: ReportHead['evaluation'], currency: string): Html {
  return table(
    [w('十分位', 'tenth'), w('客户', 'customers'), w('实际', 'happened'), w('提升', 'lift'), w('累计触及', 'reached')],
    evaluation.lift.map((row) => [plain(String(row.tenth)), integer(row.rows), predicted(task, row.actual, currency), { zh: `${fixed(row.lift, 2).zh}倍`, en: `${fixed(row.lift, 2).en}×` }, fixedPercent(row.cumulativeGain)]), [0, 1, 2, 3, 4],
  );
}

export function cardCalibration({ task, evaluation }: ReportHead, currency: string, id: string): Html {
  if (evaluation.calibration.length === 0) return EMPTY;
  return section(id, w('校准：预测与实际', 'Calibration: said and happened'), table(
    [w('客户', 'customers'), w('预测', 'predicted'), w('实际', 'happened')],
    evaluation.calibration.map((bin) => [integer(bin.rows), predicted(task, bin.predicted, currency), predicted(task, bin.actual, currency)]), [0, 1, 2],
  ));
}
