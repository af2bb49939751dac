/** Lifecycle tags 生命周期: the stage, and the stage that is most likely next. */
import { addDays } from '../../base/time.ts';
import { STAGES } from '../catalogue/lifecycle.ts';
import { forecastStage } from '../lifecycle/forecast.ts';
import type { PurchasePoint, StageForecast } from '../lifecycle/forecast.ts';
import { STAGE_CODES } from '../lifecycle/rules.ts';
import type { Stage } from '../lifecycle/rules.ts';
import { boundedCycle, stageOf } from '../lifecycle/stage.ts';
import type { Reason } from '../tag.ts';
import type { CustomerInput, RunContext } from './context.ts';
import { scoreKey } from './context.ts';
import { banded, none, scoreOf } from './draft.ts';
import type { Draft } from './draft.ts';

/** Other stages that are told beside the most likely one; one below the least share is noise to a reader. */
const MOST_OTHERS = 4;
const LEAST_SHARE = 0.005;

const labelOf = (stage: Stage): { zh: string; en: string } => STAGES.find(({ code }) => code === stage)?.label ?? { zh: stage, en: stage };
const percent = (share: number): string => (share < 0.01 ? '<1%' : share > 0.99 ? '>99%' : `${Math.round(100 * share)}%`);
const rounded = (value: number): number => Number(value.toPrecision(6));

/** In words: how probable an order is, where silence leads to, and every other stage with its probability. */
function reasonsFor(forecast: StageForecast, facts: NonNullable<CustomerInput['facts']>, days: number, run: RunContext, typicalOrder: number): Reason[] {
  const { stage, probabilities, ifSilent, silent } = forecast;
  const order = 1 - silent;
  const silence = facts.silenceDays + days;
  const cycles = silence / boundedCycle(facts.cycleDays, run.lifecycle.rules);
  const direction = (stages: Stage): Reason['direction'] => (stage === stages ? 'up' : 'down');
  const share = (value: number): number => Math.min(1, Math.max(1e-6, rounded(value)));
  const others = STAGE_CODES.map((code, s) => ({ code, share: probabilities[s] })).filter(({ code, share: own }) => code !== stage && own >= LEAST_SHARE).sort((a, b) => b.share - a.share).slice(0, MOST_OTHERS);
  return [
    {
      direction: ifSilent === stage ? 'down' : 'up', feature: `purchase_prob_${days}d`, weight: share(order), value: rounded(order), typical: Number.isFinite(typicalOrder) ? rounded(typicalOrder) : null,
      text: { zh: `未来${days}天下单的概率：${percent(order)}`, en: `Probability of an order in ${days} days: ${percent(order)}` },
    },
    {
      direction: direction(ifSilent), feature: 'overdue_ratio', weight: share(silent), value: rounded(cycles), typical: null,
      text: {
        zh: `若不下单，${addDays(run.asOf, days)}时沉默${Math.floor(silence)}天，为个人周期的${cycles.toFixed(1)}倍：${labelOf(ifSilent).zh}`,
        en: `Without an order ${Math.floor(silence)} days of silence on ${addDays(run.asOf, days)}, ${cycles.toFixed(1)} personal cycles: ${labelOf(ifSilent).en}`,
      },
    },
    ...others.map(({ code, share: own }): Reason => ({
      direction: 'down', feature: `next_stage:${code}`, weight: share(own), value: rounded(own), typical: null, text: { zh: `也可能是${labelOf(code).zh}：${percent(own)}`, en: `Or ${labelOf(code).en}: ${percent(own)}` },
    })),
  ];
}

function nextStageDraft(run: RunContext, customer: CustomerInput): Draft {
  const scored = scoreOf(run, customer, 'purchase_intent');
  if (typeof scored === 'string') return none(scored);
  const { facts, stage } = customer;
  if (facts === undefined || !(facts.cycleDays > 0) || !(facts.silenceDays >= 0)) return none('insufficient_data');
  const days = run.lifecycle.rules.forecastDays;
  const points = scored.model.heads.flatMap((head): PurchasePoint[] => {
    const probability = customer.scores.get(scoreKey('purchase_intent', head.horizonDays))?.value ?? Number.NaN;
    return Number.isFinite(probability) ? [{ days: head.horizonDays, probability }] : [];
  });
  const forecast = forecastStage(facts, stage, run.lifecycle, points, days);
  const typical = scored.model.heads.find((head) => head.horizonDays === days)?.baseRate ?? Number.NaN;
  return banded(forecast.stage, {
    probability: forecast.probabilities[STAGE_CODES.indexOf(forecast.stage)], horizonDays: days, confidence: scored.head.confidence, reasons: reasonsFor(forecast, facts, days, run, typical),
  });
}

export function lifecycleDraft(key: string, run: RunContext, customer: CustomerInput): Draft | undefined {
  if (key === 'lifecycle_next_stage') return nextStageDraft(run, customer);
  if (key !== 'lifecycle_stage') return undefined;
  return customer.facts === undefined ? none('insufficient_data') : banded(stageOf(customer.facts, customer.stage, run.lifecycle));
}
