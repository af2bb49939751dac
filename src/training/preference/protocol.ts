/**
 * Chooses what suggests products, split by time: signals are weighed on one period, methods chosen on the next one, and every method is tested once on the last, beside both baselines.
 * Whatever is learned for a period comes from before it.
 */
import type { FitContext } from '../../estimators/contract.ts';
import { durableItems } from '../../estimators/preference/durability.ts';
import { fitItems, ITEM_DEFAULTS } from '../../estimators/preference/itemModel.ts';
import type { ItemModel, ItemParams } from '../../estimators/preference/itemModel.ts';
import { purchasesBefore } from '../../estimators/preference/purchases.ts';
import { fitRanker } from '../../estimators/preference/ranker.ts';
import type { Ranker } from '../../estimators/preference/ranker.ts';
import { BASELINES, METHODS, SIGNALS, suggesterOf } from '../../estimators/preference/suggest.ts';
import type { Method, Suggester } from '../../estimators/preference/suggest.ts';
import { ndcgAtK, recallAtK } from '../../math/metrics/index.ts';
import { casesOf, difference, meanInterval, meanOf } from './cases.ts';
import type { Case, Interval, ItemData } from './cases.ts';

export interface ProtocolOptions {
  /** First day (epoch days) that nothing may know. */
  readonly endDay: number;
  readonly horizonDays: number;
  readonly seed: number;
  /** Suggestions that are judged; the first one decides. */
  readonly cutoffs: readonly number[];
  readonly context?: Pick<FitContext, 'signal' | 'cancelled'>;
  readonly onStep?: (step: string) => void;
}

/** Customers that a period is judged on, and that the ranker is fitted to. */
export const MOST_JUDGED = 5_000;
const MOST_RANKED = 3_000;

/** Windows of popularity and half-lives of own purchases that are tried, so that the baselines are as good as they can be. */
const POPULAR_DAYS = [14, 28, 91, 364];
export const HALF_LIVES = [28, 91, 364];

interface Period {
  readonly day: number;
  readonly model: ItemModel;
  readonly durable: Uint8Array;
  readonly suggester: Suggester;
  readonly cases: readonly Case[];
}

function rankerAt({ model, durable, day }: Period, cases: readonly Case[], withFactors: boolean): Ranker | undefined {
  const suggester = suggesterOf(model, durable);
  const parts = cases.map(({ history, wanted }) => {
    const { items, signals } = suggester.candidates(history, day, withFactors);
    return { signals, y: items.map((item) => (wanted.has(item) ? 1 : 0)) };
  });
  const rows = parts.reduce((sum, { y }) => sum + y.length, 0);
  const [x, y] = [new Float64Array(rows * SIGNALS.length), new Uint8Array(rows)];
  let at = 0;
  for (const part of parts) {
    x.set(part.signals, at * SIGNALS.length);
    y.set(part.y, at);
    at += part.y.length;
  }
  return fitRanker(x, y, SIGNALS.length);
}

export interface MethodFigures {
  readonly method: Method;
  /** By cut-off: mean over customers. */
  readonly recall: readonly number[];
  readonly ndcg: readonly number[];
  /** Share of the items that are suggested to anybody, at the first cut-off. */
  readonly coverage: number;
}

interface Judged extends MethodFigures {
  readonly perCustomer: { readonly recall: readonly Float64Array[]; readonly ndcg: readonly Float64Array[] };
}

function judge(method: Method, { suggester, cases, day, model }: Period, ranker: Ranker | undefined, cutoffs: readonly number[]): Judged {
  const most = Math.max(...cutoffs);
  const recall = cutoffs.map(() => new Float64Array(cases.length));
  const ndcg = cutoffs.map(() => new Float64Array(cases.length));
  const shown = new Set<number>();
  cases.forEach(({ history, wanted }, c) => {
    const list = suggester.suggest(method, history, day, most, ranker).map(({ item }) => item);
    cutoffs.forEach((k, i) => {
      recall[i][c] = recallAtK(list, wanted, k) ?? 0;
      ndcg[i][c] = ndcgAtK(list, wanted, k) ?? 0;
    });
    for (const item of list.slice(0, cutoffs[0])) shown.add(item);
  });
  return { method, recall: recall.map(meanOf), ndcg: ndcg.map(meanOf), coverage: shown.size / Math.max(1, model.names.length), perCustomer: { recall, ndcg } };
}

export interface TestedMethod {
  readonly method: Method;
  readonly coverage: number;
  /** By cut-off. */
  readonly recall: readonly Interval[];
  readonly ndcg: readonly Interval[];
}

export interface ProtocolReport {
  readonly horizonDays: number;
  readonly cutoffs: readonly number[];
  /** First days (epoch days) of the periods. */
  readonly days: { readonly weigh: number; readonly validation: number; readonly test: number; readonly end: number };
  readonly customers: { readonly weigh: number; readonly validation: number; readonly test: number };
  readonly popularDays: number;
  readonly halfLifeDays: number;
  readonly validation: readonly MethodFigures[];
  readonly chosen: Method;
  readonly test: readonly TestedMethod[];
  /** The chosen method against each baseline on the test period, paired by customer; by cut-off. */
  readonly against: readonly { readonly baseline: Method; readonly recall: readonly Interval[]; readonly ndcg: readonly Interval[] }[];
  readonly durableItems: number;
}

export interface Chosen {
  readonly model: ItemModel;
  readonly durable: Uint8Array;
  readonly method: Method;
  readonly ranker: Ranker | undefined;
  readonly report: ProtocolReport;
}

/** From simple to involved: a method takes over from the one kept so far where its nDCG on validation is higher by more than one standard error of the difference, paired by customer. */
export function chooseMethod(judged: ReadonlyMap<Method, { readonly ndcg: Float64Array }>): Method {
  let kept: Method = 'popular';
  for (const method of METHODS) {
    const [own, other] = [judged.get(method), judged.get(kept)];
    if (own === undefined || other === undefined || method === kept || own.ndcg.length < 2) continue;
    const gain = difference(own.ndcg, other.ndcg);
    const mean = meanOf(gain);
    const variance = gain.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (gain.length - 1);
    if (mean > Math.sqrt(variance / gain.length)) kept = method;
  }
  return kept;
}

/** @throws AppError `cancelled`. */
export function chooseProducts(data: ItemData, options: ProtocolOptions): Chosen {
  const { endDay, horizonDays: h, seed, cutoffs, context = {}, onStep = () => undefined } = options;
  const days = { weigh: endDay - 3 * h, validation: endDay - 2 * h, test: endDay - h, end: endDay };
  const fitAt = (day: number, params: ItemParams): ItemModel => fitItems(purchasesBefore(data.purchases, day), data.groups, data.groupOf, day, params, String(seed), context);
  const weighCases = casesOf(data, days.weigh, h, MOST_RANKED, seed);
  const validationCases = casesOf(data, days.validation, h, MOST_JUDGED, seed);
  const testCases = casesOf(data, days.test, h, MOST_JUDGED, seed);

  const tuned = tuneBaselines(data, validationCases, days.validation, cutoffs);
  const params: ItemParams = { ...ITEM_DEFAULTS, ...tuned };
  const periodAt = (day: number, cases: readonly Case[]): Period => {
    const model = fitAt(day, params);
    const durable = durableItems(model.durability);
    return { day, model, durable, suggester: suggesterOf(model, durable), cases };
  };
  onStep('weigh');
  const weigh = periodAt(days.weigh, weighCases);
  onStep('validate');
  const validation = periodAt(days.validation, validationCases);
  const rankers = new Map<Method, Ranker | undefined>([['combined', rankerAt(weigh, weighCases, false)], ['combined_als', rankerAt(weigh, weighCases, true)]]);
  const validated = METHODS.map((method) => judge(method, validation, rankers.get(method), cutoffs));
  const method = chooseMethod(new Map(validated.map((one) => [one.method, { ndcg: one.perCustomer.ndcg[0] }])));
  onStep('test');
  const test = periodAt(days.test, testCases);
  const rankCases = casesOf(data, days.validation, h, MOST_RANKED, seed);
  const again = new Map<Method, Ranker | undefined>([['combined', rankerAt(validation, rankCases, false)], ['combined_als', rankerAt(validation, rankCases, true)]]);
  const tested = METHODS.map((one) => judge(one, test, again.get(one), cutoffs));
  const winner = tested.find((one) => one.method === method);
  onStep('final');
  const keepsFactors = method === 'als' || method === 'combined_als';
  const { als, ...withoutFactors } = params;
  const model = fitAt(endDay, keepsFactors && als !== undefined ? params : withoutFactors);
  const ranker = method === 'combined' || method === 'combined_als' ? rankerAt(test, casesOf(data, days.test, h, MOST_RANKED, seed), keepsFactors) : undefined;
  const durable = durableItems(model.durability);
  const intervals = (values: readonly Float64Array[], name: string): Interval[] => values.map((one, i) => meanInterval(one, `${seed} ${name} ${i}`));
  return {
    model, durable, method, ranker,
    report: {
      horizonDays: h, cutoffs, days, customers: { weigh: weighCases.length, validation: validationCases.length, test: testCases.length }, ...tuned,
      validation: validated.map(({ perCustomer: _each, ...figures }) => figures), chosen: method,
      test: tested.map((one) => ({ method: one.method, coverage: one.coverage, recall: intervals(one.perCustomer.recall, `${one.method} recall`), ndcg: intervals(one.perCustomer.ndcg, `${one.method} ndcg`) })),
      against: winner === undefined ? [] : BASELINES.filter((baseline) => baseline !== method).flatMap((baseline) => {
        const other = tested.find((one) => one.method === baseline);
        return other === undefined ? [] : [{
          baseline, recall: intervals(winner.perCustomer.recall.map((own, i) => difference(own, other.perCustomer.recall[i])), `${baseline} recall`),
          ndcg: intervals(winner.perCustomer.ndcg.map((own, i) => difference(own, other.perCustomer.ndcg[i])), `${baseline} ndcg`),
        }];
      }),
      durableItems: durable.reduce((sum, one) => sum + one, 0),
    },
  };
}

/** Window and half-life with which each baseline does best on the validation period. */
function tuneBaselines(data: ItemData, cases: readonly Case[], day: number, cutoffs: readonly number[]): { readonly popularDays: number; readonly halfLifeDays: number } {
  const before = purchasesBefore(data.purchases, day);
  const scored = (method: Method, params: ItemParams): number => {
    const model = fitItems(before, data.groups, data.groupOf, day, params, '');
    const suggester = suggesterOf(model, new Uint8Array(model.names.length));
    return judge(method, { day, model, durable: new Uint8Array(model.names.length), suggester, cases }, undefined, cutoffs).ndcg[0];
  };
  const bestOf = <T>(options: readonly T[], value: (option: T) => number): T => options.map((option) => ({ option, value: value(option) })).reduce((best, one) => (one.value > best.value ? one : best)).option;
  const popularDays = bestOf(POPULAR_DAYS, (popular) => scored('popular', { popularDays: popular, halfLifeDays: ITEM_DEFAULTS.halfLifeDays }));
  return { popularDays, halfLifeDays: bestOf(HALF_LIVES, (halfLifeDays) => scored('bought_before', { popularDays, halfLifeDays })) };
}
