/** Whether a newly trained version may serve by itself (docs/adr/promotion.md). Anything else needs a person: `tagcast models promote`. */
import { bilingual } from '../base/text.ts';
import type { Bilingual } from '../base/text.ts';
import { daysBetween } from '../base/time.ts';
import type { ChampionComparison, GateAnswer, Measured } from '../training/champion/schema.ts';
import type { TrainedHead, TrainedModel } from '../training/trained.ts';

export type { ChampionComparison, GateAnswer } from '../training/champion/schema.ts';

export interface Candidate extends Pick<TrainedModel, 'data'> {
  readonly heads: readonly Pick<TrainedHead, 'horizonDays' | 'candidate' | 'grade' | 'warnings' | 'beatsBaseline' | 'baseline'>[];
}

/** The version that serves now; `comparison` is the candidate's own, made when it was trained. */
export interface ServingModel {
  readonly version: number;
  readonly comparison?: ChampionComparison;
}

/** Candidate name of models that were trained elsewhere. */
const IMPORTED = 'imported';

const answer = (pass: boolean, rule: GateAnswer['rule'], zh: string, en: string): GateAnswer => ({ pass, rule, why: { ...bilingual(zh, en) } });
const said = (pass: boolean, rule: GateAnswer['rule'], { zh, en }: Bilingual, then?: Bilingual): GateAnswer => answer(pass, rule, then === undefined ? zh : `${zh}。${then.zh}`, then === undefined ? en : `${en}. ${then.en}`);

/**
 * A version whose grade is "not recommended", or with a head that was kept although its baseline is better, never passes by itself. A first version passes otherwise. A later one was measured against the
 * champion of its day: it passes where it is clearly better, and where there is no clear difference and it has learned from newer days; it does not where it is clearly worse at any horizon, or could not be compared.
 */
export function promotionGate(candidate: Candidate, serving: ServingModel | undefined): GateAnswer {
  const { heads } = candidate;
  if (heads[0].grade === 'not_recommended') return answer(false, 'not_recommended', '检验期评级为“不建议使用”', 'its grade on the test period is "not recommended"');
  const beaten = heads.find(({ warnings }) => warnings.includes('baseline_is_better'));
  if (beaten !== undefined) return answer(false, 'baseline_is_better', `在 ${beaten.horizonDays} 天的检验期，其基线 ${beaten.baseline.candidate} 更好`, `its baseline ${beaten.baseline.candidate} is better on the test period of ${beaten.horizonDays} days`);
  if (serving === undefined) return answer(true, 'first_version', '首个版本，评级为可用或更好', 'first version, and its grade is usable or better');
  const { version, comparison } = serving;
  if (comparison === undefined || comparison.champion.version !== version) return moved(version, comparison?.champion.version);
  if (comparison.champion.end === null) return answer(true, 'champion_unreadable', `在线的版本 ${version} 已无法打开，新版本评级为可用或更好`, `version ${version}, which serves, cannot be opened any more, and the grade of the new one is usable or better`);
  return compared(candidate, version, comparison, comparison.champion.end);
}

function moved(version: number, before: number | undefined): GateAnswer {
  const zh = before === undefined ? '训练时没有在线的版本' : `训练时在线的是版本 ${before}`;
  const en = before === undefined ? 'no version served when it was trained' : `version ${before} served when it was trained`;
  return answer(false, 'champion_moved', `${zh}，现在是版本 ${version}：没有比较过。请重新训练，或人工上线：tagcast models promote`, `${en}, and version ${version} does now: the two were not compared. Train again, or promote by hand: tagcast models promote`);
}

function compared(candidate: Candidate, version: number, { heads }: ChampionComparison, end: string): GateAnswer {
  const lost = heads.find((one) => one.compared === null && one.reason === 'only_champion' && one.declared === true);
  if (lost !== undefined) return said(false, 'horizon_lost', lost.words);
  const measured = heads.filter((one): one is Measured => one.compared !== null);
  if (measured.length === 0) return said(false, 'not_compared', (heads.find((one) => one.compared === null && one.reason !== 'only_challenger') ?? heads[0]).words);
  const [deciding, ...others] = measured;
  if (deciding.verdict === 'worse' || deciding.verdict === 'mixed') return said(false, deciding.verdict, deciding.words);
  const objecting = others.find(({ verdict }) => verdict === 'worse' || verdict === 'mixed');
  if (objecting !== undefined) return said(false, 'other_horizon_worse', objecting.words, bilingual(`期限：${objecting.horizonDays} 天`, `Horizon: ${objecting.horizonDays} days`));
  if (deciding.verdict === 'better') return said(true, 'better', deciding.words);
  return withinNoise(candidate, version, deciding, daysBetween(end, candidate.data.end));
}

/** Nothing tells the two apart: the one that has learned from more serves, unless it is of a lesser kind. */
function withinNoise({ heads }: Candidate, version: number, deciding: Measured, newerDays: number): GateAnswer {
  const head = heads.find(({ horizonDays }) => horizonDays === deciding.horizonDays) ?? heads[0];
  const stays = bilingual(`版本 ${version} 继续服务`, `version ${version} goes on serving`);
  if (head.candidate === IMPORTED) return said(false, 'from_elsewhere', deciding.words, bilingual(`新版本在别处训练，不知其学自哪些日子，${stays.zh}`, `The new version was trained elsewhere, from days that are not known here, so ${stays.en}`));
  if (!head.beatsBaseline && deciding.beatBaseline) return said(false, 'only_a_rule', deciding.words, bilingual(`新版本只是简单规则，而在线版本不是，${stays.zh}`, `The new version is only its simple rule and the other is more, so ${stays.en}`));
  if (newerDays <= 0) return said(false, 'same_days', deciding.words, bilingual(`新版本没有学到更新的日子，${stays.zh}`, `The new version knows no newer days, so ${stays.en}`));
  return said(true, 'newer', deciding.words, bilingual(`新版本多学了 ${newerDays} 天，应由它上线`, `The new version has learned from ${newerDays} more day(s), so it should serve`));
}
