/** Chooses by time how the chance of an answer is read: fitted on one period, chosen on the next, tested once on the last beside both baselines, and fitted again to what is newest. */
import { fitRatePrior, fitResponseWeights, shopRate } from '../../estimators/response/fit.ts';
import type { ResponseCase } from '../../estimators/response/fit.ts';
import { RESPONSE_METHODS } from '../../estimators/response/artefact.ts';
import type { OutcomeModel, ResponseMethod } from '../../estimators/response/artefact.ts';
import { answerChance } from '../../estimators/response/rate.ts';
import { gainOver, judge, meanLoss, resamples } from './judge.ts';
import type { Interval, Judged } from './judge.ts';

/** `own_rate`: the customer's own share of answered messages, with half an answer and half a silence added, so that one message can be told from nine. A baseline only. */
export const COMPARED = ['shop_rate', 'own_rate', 'beta_binomial', 'logistic'] as const;
export type Compared = (typeof COMPARED)[number];
export const RESPONSE_BASELINES = ['shop_rate', 'own_rate'] as const;

type Fitted = Pick<OutcomeModel, 'rate' | 'prior' | 'everywhere' | 'logistic'>;

/** Undefined where the weights of the logistic model cannot be found; then it does not compete. */
function fit(cases: readonly ResponseCase[]): Fitted {
  const prior = fitRatePrior(cases, ({ own }) => own);
  const oneChannel = cases.every(({ known: { own, everywhere } }) => own.reduce((sum, one) => sum + one.tries, 0) === everywhere.reduce((sum, one) => sum + one.tries, 0));
  const everywhere = oneChannel ? prior : fitRatePrior(cases, ({ everywhere: all }) => all);
  return { rate: shopRate(cases), prior, everywhere, logistic: fitResponseWeights(cases, prior, everywhere) ?? null };
}

function predict(method: Compared, fitted: Fitted, cases: readonly ResponseCase[]): Float64Array {
  return Float64Array.from(cases, ({ known }) => {
    if (method !== 'own_rate') return answerChance({ ...fitted, method }, known).probability;
    const [tries, hits] = known.own.reduce(([n, k], one) => [n + one.tries, k + one.hits], [0, 0]);
    return (hits + 0.5) / (tries + 1);
  });
}

interface PeriodFigures<Figures> {
  readonly customers: number;
  readonly messages: number;
  readonly methods: readonly ({ readonly method: Compared } & Figures)[];
}

export interface OutcomeReport {
  readonly outcome: OutcomeModel['outcome'];
  readonly chosen: ResponseMethod;
  readonly validation: PeriodFigures<{ readonly logLoss: number }>;
  readonly test: PeriodFigures<Judged>;
  /** Loss per message that the chosen method saves over each baseline on the test period, paired by customer. */
  readonly gains: readonly { readonly baseline: (typeof RESPONSE_BASELINES)[number]; readonly logLoss: Interval }[];
}

function figures<Figures>(fitted: Fitted, cases: readonly ResponseCase[], judged: (p: Float64Array) => Figures): PeriodFigures<Figures> {
  const methods = COMPARED.filter((method) => method !== 'logistic' || fitted.logistic !== null);
  return { customers: cases.length, messages: cases.reduce((sum, { tries }) => sum + tries, 0), methods: methods.map((method) => ({ method, ...judged(predict(method, fitted, cases)) })) };
}

/** From simple to involved: a method takes over from the one kept so far where it loses less on validation and the 95 % interval of that is sure of it. */
function chooseMethod(fitted: Fitted, cases: readonly ResponseCase[], seed: string): ResponseMethod {
  const draws = resamples(cases.length, seed);
  let kept: ResponseMethod = 'shop_rate';
  for (const method of RESPONSE_METHODS.slice(1)) {
    if (method === 'logistic' && fitted.logistic === null) continue;
    if (gainOver(cases, predict(method, fitted, cases), predict(kept, fitted, cases), draws).low > 0) kept = method;
  }
  return kept;
}

export interface ChosenResponse {
  /** Without its grid. */
  readonly model: Omit<OutcomeModel, 'grid'>;
  readonly report: OutcomeReport;
}

/** @param periods cases of three periods, oldest first, each with enough of either kind */
export function chooseResponse(outcome: OutcomeModel['outcome'], periods: readonly [readonly ResponseCase[], readonly ResponseCase[], readonly ResponseCase[]], seed: string): ChosenResponse {
  const [first, second, third] = periods;
  const atFirst = fit(first);
  const validation = figures(atFirst, second, (p) => ({ logLoss: meanLoss(second, p) }));
  const chosen = chooseMethod(atFirst, second, `${seed} validation`);
  const atSecond = fit(second);
  // Where the weights cannot be found on a later period, the simpler method stands in for them.
  const method = chosen === 'logistic' && atSecond.logistic === null ? 'beta_binomial' : chosen;
  const draws = resamples(third.length, `${seed} test`);
  const test = figures(atSecond, third, (p) => judge(third, p, draws));
  const own = predict(method, atSecond, third);
  const gains = RESPONSE_BASELINES.filter((baseline) => baseline !== method).map((baseline) => ({ baseline, logLoss: gainOver(third, own, predict(baseline, atSecond, third), draws) }));
  const { logistic, ...final } = fit(third);
  const serving = method === 'logistic' && logistic === null ? 'beta_binomial' : method;
  return { model: { outcome, method: serving, ...final, logistic: serving === 'logistic' ? logistic : null }, report: { outcome, chosen: serving, validation, test, gains } };
}
