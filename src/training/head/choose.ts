/** The choice among judged candidates: whole standard error, reasons first, simplest rung (docs/adr/selection.md). */
import { pairedError } from '../choice.ts';
import { RUNGS } from '../define.ts';
import type { Tried } from './request.ts';

/** The simplest rung whose loss is within one standard error of the best; of those, one that can give reasons where there is one; declared candidates before found ones. */
export function choose(tried: readonly Tried[]): Tried | undefined {
  const best = Math.min(...tried.map(({ row }) => row.loss ?? Infinity));
  const close = tried.filter(({ row: { loss, lossErrorToBest } }) => loss !== undefined && loss - best <= (lossErrorToBest ?? 0));
  const explaining = close.filter((one) => one.fitted.estimator.explain !== undefined);
  const place = ({ candidate }: Tried): number => RUNGS.indexOf(candidate.rung);
  return (explaining.length > 0 ? explaining : close).toSorted((a, b) => place(a) - place(b) || Number(a.candidate.found === true) - Number(b.candidate.found === true) || (a.row.loss ?? 0) - (b.row.loss ?? 0))[0];
}

/** Adds the standard error of each candidate's paired loss difference to the best one. */
export function withErrors(tried: readonly Tried[]): Tried[] {
  if (tried.length === 0) return [];
  const best = [...tried].sort((a, b) => (a.row.loss ?? 0) - (b.row.loss ?? 0))[0];
  return tried.map((one) => ({ ...one, row: { ...one.row, lossErrorToBest: pairedError(one.loss, best.loss) } }));
}
