/** Whether the customers changed, and whether a feature knows the answer. */
import { EMPTY, html } from '../../base/html.ts';
import type { Html } from '../../base/html.ts';
import type { HeadDiagnostics } from '../../training/diagnostics/schema.ts';
import type { Latest } from '../document.ts';
import type { Named } from '../charts/drivers.ts';
import { decimal, featureValue, fixed, integer, percent } from '../format.ts';
import { plain, say, w } from '../words.ts';
import type { Words } from '../words.ts';
import { note, section, table } from './shared.ts';

const VERDICTS = {
  stable: ['ok', w('稳定', 'stable')], moved: ['wait', w('有变化，属常见幅度', 'moved, as it has before')], drifted: ['bad', w('漂移，超出以往', 'drifted beyond before')],
} as const;
/** Where the learned periods are too few to show how far the feature moves by itself. */
const VERDICTS_ALONE = {
  stable: VERDICTS.stable, moved: ['wait', w('小幅变化（无更早时期可比）', 'moved a little (nothing earlier to compare)')], drifted: ['bad', w('漂移（无更早时期可比）', 'drifted (nothing earlier to compare)')],
} as const;

export function driftSection({ drift, driftNow, leaks, task, scores }: HeadDiagnostics, latest: Latest | null, version: number, named: Named, id: string): Html {
  return section(id, w('漂移与泄漏检查', 'Drift and leak checks'), driftPart(drift, named), nowPart(driftNow ?? null, named), latestPart(latest, version, task === 'duration' && scores.of === undefined), leakPart(leaks, task, named));
}

function driftPart(drift: HeadDiagnostics['drift'], named: Named): Html {
  if (drift === null) return note(w('没有可比较的学习期，未检查特征漂移。', 'There is no learned period to compare with; feature drift was not checked.'));
  const { checked, moved, drifted, rows } = drift;
  const shown = drift.features.filter(({ verdict }, i) => verdict !== 'stable' || i < 5);
  return html`<h4>${say(w('特征：检验期对学习期', 'Features: test period against learned periods'))}</h4>${note(w(
    `检查了 ${checked} 个特征（学习 ${integer(rows.learned).zh} 行，检验 ${integer(rows.test).zh} 行）：${drifted} 个漂移，${moved} 个有变化。“随机上限”按同一客户的行相关计算，无变化时任一特征误报的概率为5%；“以往最大”是更早各期之间的同一指标。PSI 0.1/0.25 的通行界限没有直接使用；只有无更早时期可比时，以 0.1 区分小幅变化与漂移。`,
    `${checked} features checked (${integer(rows.learned).en} learned rows, ${integer(rows.test).en} test rows): ${drifted} drifted, ${moved} moved. "Chance" is what the index stays below for all features together in 95 of 100 shops without change, rows of one customer counted together; "before" is the most that the same index was between earlier periods. The customary 0.1 and 0.25 are not used by themselves; only where nothing earlier compares, 0.1 parts a little movement from drift.`,
  ))}${driftTable(shown, w('检验', 'test'), named)}`;
}

/** The same comparison with the customers of today: only what moved. */
function nowPart(drift: HeadDiagnostics['drift'], named: Named): Html {
  if (drift === null) return EMPTY;
  const shown = drift.features.filter(({ verdict }) => verdict !== 'stable').slice(0, 10);
  return html`<h4>${say(w('特征：训练截止日的客户对学习期', 'Features: customers on the last day of the data against learned periods'))}</h4>${note(w(
    `同样检查 ${drift.checked} 个特征（${integer(drift.rows.test).zh} 位客户，结果尚未发生）：${drift.drifted} 个漂移，${drift.moved} 个有变化。`,
    `The same ${drift.checked} features, of ${integer(drift.rows.test).en} customers whose outcomes are not known yet: ${drift.drifted} drifted, ${drift.moved} moved.`,
  ))}${shown.length === 0 ? EMPTY : driftTable(shown, w('当前', 'now'), named)}`;
}

function driftTable(shown: NonNullable<HeadDiagnostics['drift']>['features'], side: Words, named: Named): Html {
  return table(
    [w('特征', 'feature'), plain('PSI'), w('随机上限', 'chance'), w('以往最大', 'before'), w('判断', 'verdict'), { zh: `中位数：学习→${side.zh}`, en: `median: learned → ${side.en}` }, { zh: `缺失：学习→${side.zh}`, en: `missing: learned → ${side.en}` }],
    shown.map((one) => {
      const { words, unit } = named(one.name);
      const [kind, verdict] = (one.usual === null ? VERDICTS_ALONE : VERDICTS)[one.verdict];
      const middle = (value: number | null): Words => (value === null ? plain('–') : featureValue(value, unit));
      const arrow = (from: Words, to: Words): Words => ({ zh: `${from.zh} → ${to.zh}`, en: `${from.en} → ${to.en}` });
      return [words, fixed(one.psi, 3), fixed(one.noise, 3), one.usual === null ? plain('–') : fixed(one.usual, 3), html`<span class="state ${kind}">${say(verdict)}</span>`, arrow(middle(one.median.learned), middle(one.median.test)), arrow(percent(one.missing.learned, 0), percent(one.missing.test, 0))];
    }), [1, 2, 3, 5, 6],
  );
}

/** @param others the test period kept the predictions of other customers than those who are scored */
function latestPart(latest: Latest | null, version: number, others: boolean): Html {
  if (latest === null && others) return note(w('该版本只保存了检验期内回来的客户的预测，不能与全体客户的最新打分比较；重新训练后可以。', 'This version kept the predictions of those alone who came back in the test period, which do not compare with the scores of everyone; the next training keeps both.'));
  if (latest === null) return note(w('还没有打分结果可以与检验期比较。运行 tagcast score 之后再看。', 'Nothing has been scored yet to compare with the test period. Run tagcast score and look again.'));
  const moved = latest.psi > latest.noise;
  return html`<h4>${say(w('预测：最新打分对检验期', 'Predictions: newest scores against the test period'))}</h4><p>${say(w(
    `${latest.asOf}（版本 ${latest.version}，${integer(latest.customers).zh} 位客户）的 PSI 为 ${decimal(latest.psi, 3).zh}，随机上限 ${decimal(latest.noise, 3).zh}：`,
    `${latest.asOf} (version ${latest.version}, ${integer(latest.customers).en} customers): PSI ${decimal(latest.psi, 3).en}, chance stays below ${decimal(latest.noise, 3).en}: `,
  ))}<span class="state ${moved ? 'wait' : 'ok'}">${say(moved ? w('分布有变化', 'spread otherwise') : w('与检验期一致', 'as in the test period'))}</span></p>${latest.version === version ? EMPTY : note(w(`这些分数来自版本 ${latest.version}，不是本版本 ${version}：差异也可能来自模型。`, `These scores are of version ${latest.version} and not of this version ${version}: the model may be the difference.`))}`;
}

function leakPart({ features, limit }: HeadDiagnostics['leaks'], task: HeadDiagnostics['task'], named: Named): Html {
  if (features.length === 0) return EMPTY;
  const value = (one: number | null): Words => (one === null ? plain('–') : fixed(one, 3));
  const what = task === 'binary' ? plain('AUC') : w('秩相关', 'rank correlation');
  return html`<h4>${say(w('单个特征能走多远', 'How far single features get alone'))}</h4>${note(w(
    `一个特征单独超过 ${limit} 就可疑：它也许在截止日之后才知道。训练在0.98处直接停止。`, `A feature above ${limit} by itself is suspected to be known only after the cut-off. Training stops at 0.98 by itself.`,
  ))}${table([w('特征', 'feature'), { zh: `${what.zh}，学习期`, en: `${what.en}, learned` }, { zh: `${what.zh}，检验期`, en: `${what.en}, test` }, w('判断', 'verdict')],
    features.slice(0, 6).map((one) => [named(one.name).words, value(one.learned), value(one.test), html`<span class="state ${one.suspect ? 'bad' : 'ok'}">${say(one.suspect ? w('可疑', 'suspect') : w('正常', 'fine'))}</span>`]), [1, 2])}`;
}
