/** Builds customer histories from raw order lines as the reference does: same-day lines merged, the first order day not counted. */
import { readFileSync } from 'node:fs';

const DAY_MS = 86_400_000;

export interface CustomerSummary {
  readonly id: string;
  /** Repeat order days. */
  readonly x: number;
  readonly recencyDays: number;
  readonly ageDays: number;
  /** Mean spend of the repeat order days, 0 without one. */
  readonly monetary: number;
  /** Order days after the cut-off. */
  readonly holdout: number;
  /** Σ ln(weeks between consecutive order days). */
  readonly logGaps: number;
}

/**
 * @param file CSV with a header, dates as yyyy-mm-dd.
 * @param columns positions of customer id, date and, where there is one, amount.
 * @param lastDay the last day that counts as history, yyyy-mm-dd. Customers whose first order is later are left out.
 * @param holdoutDays days after it that count as holdout.
 */
export function summarise(file: string, columns: { id: number; date: number; amount?: number }, lastDay: string, holdoutDays = Infinity): CustomerSummary[] {
  const days = new Map<string, Map<number, number>>();
  for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
    const cells = line.trim().split(',');
    const day = Date.parse(cells[columns.date]) / DAY_MS;
    const customer = days.get(cells[columns.id]) ?? new Map<number, number>();
    customer.set(day, (customer.get(day) ?? 0) + (columns.amount === undefined ? 0 : Number(cells[columns.amount])));
    days.set(cells[columns.id], customer);
  }
  const end = Date.parse(lastDay) / DAY_MS;
  const summaries: CustomerSummary[] = [];
  for (const [id, customer] of days) {
    const sorted = [...customer.keys()].sort((a, b) => a - b);
    const history = sorted.filter((day) => day <= end);
    if (history.length === 0) continue;
    const repeats = history.slice(1);
    const money = repeats.reduce((sum, day) => sum + (customer.get(day) ?? 0), 0);
    summaries.push({
      id,
      x: repeats.length,
      recencyDays: history[history.length - 1] - history[0],
      ageDays: end - history[0],
      monetary: repeats.length === 0 ? 0 : money / repeats.length,
      holdout: sorted.filter((day) => day > end && day <= end + holdoutDays).length,
      logGaps: repeats.reduce((sum, day, i) => sum + Math.log((day - history[i]) / 7), 0),
    });
  }
  return summaries;
}
