/**
 * The portfolio on the rows of one outer fold. Every member is fitted once per inner fold; its predictions for the rows that each fit had not seen teach the blend,
 * and the mean of its fits (of linear models a fit to all rows) predicts the outer test rows. The test rows take no part in any of it.
 */
import { throwIfCancelled } from '../../base/errors.ts';
import { meanOfLogOdds } from '../../math/stats/index.ts';
import { applyClassBlend, applyNumberBlend, applyProbabilityBlend, blendClasses, blendNumbers, blendProbabilities, EDGE } from '../blend.ts';
import type { Blend } from '../blend.ts';
import { chooseSimplest, pairedError } from '../choice.ts';
import type { Contender } from '../choice.ts';
import { baselinesOf } from './baselines.ts';
import type { Fold } from './folds.ts';
import { rowLosses } from './losses.ts';
import { fitMember } from './member.ts';
import type { FitContext } from './member.ts';
import type { OuterFold } from './plan.ts';
import type { Member } from './portfolio.ts';
import type { TableProblem } from './problem.ts';
import { joined } from './scores.ts';

export interface MemberOutcome {
  readonly member: Member;
  /** Predictions of the outer test rows. */
  readonly test: Float64Array;
  /** Mean loss on the rows that the fits had not seen. */
  readonly loss: number;
}

export interface EnsembleOutcome {
  readonly members: readonly MemberOutcome[];
  readonly failures: readonly { readonly member: Member; readonly detail: string }[];
  readonly blend: { readonly test: Float64Array; readonly loss: number; readonly weights: Readonly<Record<string, number>> } | undefined;
  /** Name of what serves: `blend`, the only member, or a baseline that is clearly better. */
  readonly chosen: string;
  /** The simplest of baselines, members and blend that is within one standard error of the best. */
  readonly simplest: string;
}

export const BLEND = 'blend';

/** @param inner folds of the outer training rows: fit on `train`, learn the blend on `test` @param test outer test rows @param train outer training rows @param refit fit every member once more on all of them (inner folds that are one cut in time) */
export async function fitEnsemble(problem: TableProblem, portfolio: readonly Member[], { train, inner, test, refit: refitAll }: OuterFold, context: FitContext & { readonly onFit?: (name: string) => void }): Promise<EnsembleOutcome> {
  const width = problem.task === 'multiclass' ? (problem.classes?.length ?? 1) : 1;
  const judgedRows = inner.flatMap((fold) => [...fold.test]);
  const y = Float64Array.from(judgedRows, (row) => problem.y[row]);
  const known: (MemberOutcome & { readonly oof: Float64Array; readonly losses: Float64Array })[] = [];
  const failures: { member: Member; detail: string }[] = [];
  for (const member of portfolio) {
    const oof = new Float64Array(judgedRows.length * width);
    const tests: Float64Array[] = [];
    let at = 0;
    let failure: string | undefined;
    const refit = refitAll !== undefined || member.refit;
    for (const [k, fold] of inner.entries()) {
      throwIfCancelled(context.signal, 'The table');
      context.onFit?.(member.name);
      // A turn of the event loop between fits, so that cancelling and progress get through.
      await new Promise((resolve) => setImmediate(resolve));
      const fitted = await fitMember(problem, member, fold.train, { ...context, rng: context.rng.fork(member.name, k) });
      if (!fitted.ok) {
        failure = fitted.detail;
        break;
      }
      oof.set(fitted.predict(fold.test), at);
      at += fold.test.length * width;
      if (!refit) tests.push(fitted.predict(test));
    }
    if (failure === undefined && refit) {
      context.onFit?.(member.name);
      const again = await fitMember(problem, member, train, { ...context, rng: context.rng.fork(member.name, 'all') });
      if (again.ok) tests.push(again.predict(test));
      else failure = again.detail;
    }
    if (failure !== undefined) {
      failures.push({ member, detail: failure });
      continue;
    }
    const losses = rowLosses(problem.task, y, oof, width);
    known.push({ member, oof, losses, loss: mean(losses), test: averaged(problem.task, tests) });
  }
  if (known.length === 0) return { members: [], failures, blend: undefined, chosen: '', simplest: '' };
  const blended = known.length < 2 ? undefined : blendOf(problem, known.map(({ oof }) => oof), y, width, known.map((one) => one.test));
  const blendLosses = blended === undefined ? undefined : rowLosses(problem.task, y, blended.oof, width);
  const baselines = baselineContenders(problem, inner, y, width);
  const models: Contender[] = known.map(({ member, losses }) => ({ name: member.name, rung: member.rung, losses }));
  const offered: Contender = blendLosses === undefined ? models[0] : { name: BLEND, rung: 'boosting', losses: blendLosses };
  const better = baselines.filter(({ losses }) => mean(losses) + pairedError(losses, offered.losses) < mean(offered.losses));
  const chosen = better.length === 0 ? offered.name : chooseSimplest(better);
  const simplest = chooseSimplest([...baselines, ...models, offered]);
  return {
    members: known.map(({ member, test: predicted, loss }) => ({ member, test: predicted, loss })), failures, chosen, simplest,
    blend: blended === undefined || blendLosses === undefined ? undefined : { test: blended.test, loss: mean(blendLosses), weights: Object.fromEntries(known.map(({ member }, k) => [member.name, blended.blend.weights[k]])) },
  };
}

/** The simplest rung of all: a model has to be clearly better than the base rate and than its best single column. */
function baselineContenders(problem: TableProblem, inner: readonly Fold[], y: Float64Array, width: number): Contender[] {
  const byFold = inner.map((fold) => baselinesOf(problem, fold.train, fold.test));
  return byFold[0].map(({ name }, b) => ({ name, rung: 'rule', losses: rowLosses(problem.task, y, joined(byFold.map((baselines) => baselines[b].test)), width) }));
}

function blendOf(problem: TableProblem, oof: readonly Float64Array[], y: Float64Array, width: number, tests: readonly Float64Array[]): { oof: Float64Array; test: Float64Array; blend: Blend } {
  if (problem.task === 'binary') {
    const blend = blendProbabilities(oof, y);
    return { blend, oof: applyProbabilityBlend(blend, oof), test: applyProbabilityBlend(blend, tests) };
  }
  if (problem.task === 'multiclass') {
    const blend = blendClasses(oof, y, width);
    return { blend, oof: applyClassBlend(blend, oof, width), test: applyClassBlend(blend, tests, width) };
  }
  const blend = blendNumbers(oof, y);
  const floor = (values: Float64Array): Float64Array => (problem.task === 'number' ? values : values.map((value) => Math.max(0, value)));
  return { blend, oof: floor(applyNumberBlend(blend, oof)), test: floor(applyNumberBlend(blend, tests)) };
}

/** Mean of several fits: probabilities on the scale of log-odds, so that sure fits keep their say; everything else as it is. */
function averaged(task: TableProblem['task'], predictions: readonly Float64Array[]): Float64Array {
  if (predictions.length === 1) return predictions[0];
  if (task === 'binary' && predictions.length > 0) return meanOfLogOdds(predictions, EDGE);
  return Float64Array.from(predictions[0] ?? [], (_, i) => predictions.reduce((sum, values) => sum + values[i], 0) / predictions.length);
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
