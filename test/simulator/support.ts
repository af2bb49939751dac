import { createHash } from 'node:crypto';
import type { NewEvent } from '../../src/store/events.ts';

/** Area under the ROC curve by ranks, ties half. Kept apart from src/math so that the oracle is judged by other code than the models. */
export function auc(scores: readonly number[], outcomes: readonly boolean[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let rankSum = 0;
  let positives = 0;
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && scores[order[j]] === scores[order[i]]) j++;
    for (let k = i; k < j; k++) {
      if (!outcomes[order[k]]) continue;
      rankSum += (i + j + 1) / 2;
      positives++;
    }
    i = j;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (scores.length - positives));
}

/** Expected calibration error over ten groups of equal size. */
export function calibrationError(scores: readonly number[], outcomes: readonly boolean[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let error = 0;
  for (let bin = 0; bin < 10; bin++) {
    const group = order.slice(Math.floor((bin * order.length) / 10), Math.floor(((bin + 1) * order.length) / 10));
    error += Math.abs(group.reduce((sum, i) => sum + scores[i] - (outcomes[i] ? 1 : 0), 0));
  }
  return error / order.length;
}

export function hashEvents(events: Iterable<NewEvent>): string {
  const hash = createHash('sha256');
  for (const event of events) hash.update(`${JSON.stringify(event)}\n`);
  return hash.digest('hex');
}

/** Exact cents of a decimal string with two digits after the point. */
export function cents(amount: string): number {
  return Math.round(Number(amount) * 100);
}
