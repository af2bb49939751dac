/** What the model was made from: readiness, and the candidates that were tried. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { Report, ReportHead } from '../document.ts';
import { fixed, integer, metric } from '../format.ts';
import { failureWords, metricWords, plain, rungWords, say, w } from '../words.ts';
import type { Words } from '../words.ts';
import { note, section, table } from './shared.ts';

export function readinessSection({ readiness }: Report): Html {
  if (readiness.length === 0) return EMPTY;
  return section('readiness', w('数据准备度', 'Data readiness'), table(
    [w('要求', 'requirement'), w('需要', 'needed'), w('现有', 'found'), w('状态', 'state'), w('怎么办', 'what to do')],
    readiness.map((one) => [
      one.label, integer(one.needed), integer(one.found),
      html`<span class="state ${one.passed ? 'ok' : one.required ? 'bad' : 'wait'}">${say(one.passed ? w('✓ 满足', '✓ there') : one.required ? w('✗ 不足', '✗ missing') : w('… 暂缺', '… not yet'))}</span>`,
      one.passed ? plain('') : { zh: `${one.fix?.zh ?? ''}${one.passesOn === undefined ? '' : `（${one.passesOn} 起满足）`}`, en: `${one.fix?.en ?? ''}${one.passesOn === undefined ? '' : ` (passes on ${one.passesOn})`}` },
    ]), [1, 2],
  ));
}

const COLUMNS: Readonly<Record<ReportHead['task'], readonly string[]>> = { binary: ['roc_auc', 'ece'], amount: ['normalised_gini', 'bias'], duration: ['mae_days', 'c_index', 'integrated_brier_skill', 'coverage_80'] };

export function leaderboardSection(head: ReportHead, currency: string, id: string): Html {
  const { task, leaderboard, candidate, baseline } = head;
  // Versions from before a metric was kept do not have its column.
  const shown = COLUMNS[task].filter((name) => leaderboard.some(({ metrics }) => metrics[name] !== undefined));
  const failed = leaderboard.some(({ failure }) => failure !== undefined);
  const role = (name: string): Words => (name === candidate ? w('提供服务', 'serves') : name === baseline.candidate ? w('基线', 'baseline') : plain(''));
  const rows = leaderboard.map((row) => [
    html`<code>${row.candidate}</code>${role(row.candidate).en === '' ? EMPTY : html` <span class="badge">${say(role(row.candidate))}</span>`}`,
    rungWords(row.rung),
    row.loss === undefined ? plain('–') : fixed(row.loss, 4),
    row.lossErrorToBest === undefined ? plain('–') : row.lossErrorToBest === 0 ? w('最好', 'best') : { zh: `±${fixed(row.lossErrorToBest, 4).zh}`, en: `±${fixed(row.lossErrorToBest, 4).en}` },
    ...shown.map((name) => (row.metrics[name] === undefined ? plain('–') : metric(name, row.metrics[name], task, currency))),
    ...(failed ? [failureWords(row.failure ?? '')] : []),
  ]);
  return section(id, w('候选方法排行榜', 'Leaderboard of the candidates'),
    note(w('在检验期之前的时期上比较，损失越低越好；“±”是与最好者之差的标准误。差距在一个标准误之内时取更简单的方法。', 'Compared on the period before the test, lower loss is better; ± is the standard error of the difference to the best. Within one of it the simpler method is taken.')),
    table([w('候选', 'candidate'), w('类别', 'rung'), w('损失', 'loss'), w('与最好之差的误差', 'error of the difference'), ...shown.map(metricWords), ...(failed ? [w('未训练的原因', 'why not')] : [])], rows, [2, 3, ...shown.map((_, i) => 4 + i)]));
}
