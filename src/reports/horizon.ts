/** How far a head looks ahead, in words: days from a cut-off, or to the end of a visit. */
import type { Report, ReportHead } from './document.ts';
import { w } from './words.ts';
import type { Words } from './words.ts';

const ofVisits = ({ observations }: Pick<Report, 'observations'>): boolean => observations.at === 'visit';

/** Days that one period of the splits takes. */
export function periodDays(report: Pick<Report, 'observations'>, { horizonDays }: Pick<ReportHead, 'horizonDays'>): number {
  const { periodDays: days } = report.observations;
  return ofVisits(report) && typeof days === 'number' ? days : horizonDays;
}

export function horizonWords(report: Pick<Report, 'observations'>, { horizonDays }: Pick<ReportHead, 'horizonDays'>): Words {
  return ofVisits(report) ? w('本次访问', 'this visit') : w(`${horizonDays} 天`, `${horizonDays} days`);
}

/** What dots and bars of the time line are. */
export function splitWords(report: Pick<Report, 'observations'>, head: Pick<ReportHead, 'horizonDays'>): Words {
  const days = periodDays(report, head);
  return ofVisits(report)
    ? w(`点是一个时期的第一天，横条是其中开始并结束的访问所在的 ${days} 天；任何一段都不知道后一段的结果。`, `A dot is the first day of a period, the bar its ${days} days with the visits that began and ended in them. No part knows the outcome of a later one.`)
    : w(`点是截止日，横条是其后 ${days} 天的结果窗口；任何一段都不知道后一段的结果。`, `A dot is a cut-off, the bar after it the ${days} days whose outcome counts. No part knows the outcome of a later one.`);
}
