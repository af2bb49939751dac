/** Why the version serves or not, and how it did beside the one that served when it was trained. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { Report } from '../document.ts';
import { metric } from '../format.ts';
import { horizonWords } from '../horizon.ts';
import type { Task } from '../format.ts';
import type { Promotion } from '../promotion.ts';
import { metricWords, plain, say, w } from '../words.ts';
import { section, table } from './shared.ts';
import { byTelling } from './summary.ts';

type Compared = NonNullable<Promotion['comparison']>['heads'][number];

/** Both versions on the rows of the newer one's test. */
export function measuredTable(head: Compared, task: Task, currency: string, versions: { readonly challenger: number; readonly champion: number }): Html {
  if (head.compared === null) return EMPTY;
  const order = byTelling(task);
  const value = (one: number | null, name: string) => (one === null ? plain('–') : metric(name, one, task, currency));
  const rows = Object.entries(head.metrics).sort(([a], [b]) => order(a, b)).map(([name, one]) => [metricWords(name), value(one.champion, name), value(one.challenger, name)]);
  const title = (version: number): ReturnType<typeof w> => w(`版本 ${version}`, `version ${version}`);
  return table([w('同样的行上的指标', 'Metric on the same rows'), title(versions.champion), title(versions.challenger)], rows, [1, 2]);
}

export function hasPromotion({ promotion }: Report): boolean {
  return promotion !== undefined && promotion !== null && (promotion.gate !== null || promotion.comparison !== null);
}

export function promotionSection(report: Report): Html {
  const { promotion, heads, currency, version } = report;
  if (!hasPromotion(report) || promotion === undefined || promotion === null) return EMPTY;
  const { gate, comparison } = promotion;
  const verdict = gate === null ? EMPTY : html`<p><span class="badge">${say(gate.pass ? w('通过上线检查', 'passes the gate') : w('未通过上线检查', 'does not pass the gate'))}</span> ${say(gate.why)}</p>`;
  const parts = (comparison?.heads ?? []).map((head) => {
    const own = heads.find(({ horizonDays }) => horizonDays === head.horizonDays);
    const versions = { challenger: version, champion: comparison?.champion.version ?? 0 };
    return html`<details><summary>${say(horizonWords(report, head))}</summary><p>${say(head.words)}</p>${own === undefined ? EMPTY : measuredTable(head, own.task, currency, versions)}</details>`;
  });
  return section('promotion', w('上线检查', 'Promotion'), verdict, ...parts);
}
