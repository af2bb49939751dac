/** The last step of a head: the fit that serves, on everything that is over by now, calibrated on periods that the fits before it had not seen. */
import type { Serving } from '../../estimators/serving.ts';
import type { Fitted } from '../candidate.ts';
import type { Dataset } from '../dataset.ts';
import { servingFrom } from './learnServing.ts';
import type { HeadRequest, OutOfSample } from './request.ts';
import { medians } from './rows.ts';
import { levelFor } from './seasonLevel.ts';
import type { TestedOnce } from './testOnce.ts';
import { refit } from './tryCandidates.ts';

export interface FinalFit {
  readonly fitted: Fitted;
  readonly serving: Serving;
  readonly typical: Record<string, number | null>;
  readonly rows: number;
}

export async function finalFit(request: HeadRequest, { winner, winnerTest }: TestedOnce, test: Dataset): Promise<FinalFit> {
  const { split, rng } = request;
  const rows = split.mode === 'label_free' ? test : await request.rowsAt(split.serve);
  request.onStep?.(`${winner.candidate.name}: final fit`);
  const fitted = (await refit(request, winner.candidate, rows, rng)) ?? winnerTest.fitted;
  const newest: OutOfSample = { candidate: winner.candidate, data: test, raw: winnerTest.raw, fitted: winnerTest.fitted };
  const served = split.mode === 'label_free' ? servingFrom(request, newest) : servingFrom(request, winner, newest);
  const level = await levelFor(request, fitted, rows, served.level, request.end, request.end);
  return { fitted, serving: { ...served, level }, typical: medians(rows), rows: rows.y.length };
}
