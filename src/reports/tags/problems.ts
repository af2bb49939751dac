/** What is wrong with a tag, and in which order tags of an overview come. */
import type { DefinitionStatus } from '../../store/repositories/tagDefinitions.ts';
import { VERDICTS } from './document.ts';
import type { Problem, SeparationKnown, TagReport } from './document.ts';

const NEARLY_ALL = 0.95;
const RESTLESS = 0.3;
const SHIFTED = 0.25;

function shareOf({ statuses }: Pick<TagReport, 'statuses'>, status: TagReport['statuses'][number]['status']): number {
  return statuses.find((one) => one.status === status)?.share ?? 0;
}

/** The longest look ahead that is known. */
export function bestSeparation({ separation }: Pick<TagReport, 'separation'>): SeparationKnown | undefined {
  return separation.findLast((one): one is SeparationKnown => one.state === 'known');
}

/** Most serious first. @param rule status of a rule tag's definition */
export function problemsOf(report: Omit<TagReport, 'problems'>, rule?: DefinitionStatus): Problem[] {
  const { asOf, customers, values, change, users, kind } = report;
  if (rule === 'draft') return [];
  if (asOf === null) return ['never_published'];
  const found: Problem[] = [];
  const valid = shareOf(report, 'ok');
  if (shareOf(report, 'stale') > 0.5 || (kind === 'rule' && shareOf(report, 'stale') > 0)) found.push('stale');
  if (shareOf(report, 'model_paused') > 0.5) found.push('model_paused');
  if (kind === 'rule' && customers > 0) {
    if (valid === 0 && !found.includes('stale')) found.push('nobody');
    if (valid >= NEARLY_ALL) found.push('everybody');
  } else {
    // Somebody who never ordered cannot stop ordering: that churn says nothing of leads is no problem of the tag.
    const asked = 1 - shareOf(report, 'not_eligible') - shareOf(report, 'opted_out');
    if (found.length === 0 && (valid === 0 || valid < 0.5 * asked)) found.push('mostly_without_value');
  }
  if (kind !== 'rule' && (values?.top.some(({ share }) => share >= NEARLY_ALL) ?? false)) found.push('one_value');
  if (change.state === 'known') {
    if (change.stability > Math.max(SHIFTED, change.noise)) found.push('shifted');
    if ((change.changedShare ?? 0) > RESTLESS) found.push('restless');
  }
  if (bestSeparation(report)?.verdict === 'not_at_all') found.push('separates_nothing');
  if (users.length === 0) found.push('unused');
  return found;
}

export const REPORT_ORDERS = ['usefulness', 'problems', 'key'] as const;
export type ReportOrder = (typeof REPORT_ORDERS)[number];

/** Tags that distinguish most first, then those that say nothing yet; or those with the most problems first. Ties go by key. */
export function inReportOrder(reports: readonly TagReport[], order: ReportOrder): TagReport[] {
  const rank = (report: TagReport): number => {
    const best = bestSeparation(report);
    return best === undefined ? VERDICTS.length : VERDICTS.indexOf(best.verdict);
  };
  const strength = (report: TagReport): number => bestSeparation(report)?.orders?.value ?? 0;
  const weight = (report: TagReport): number => report.problems.filter((problem) => problem !== 'unused').length * 2 + (report.problems.includes('unused') ? 1 : 0);
  const byKey = (a: TagReport, b: TagReport): number => (a.key < b.key ? -1 : 1);
  return [...reports].sort((a, b) => {
    if (order === 'usefulness') return rank(a) - rank(b) || strength(b) - strength(a) || byKey(a, b);
    return order === 'problems' ? weight(b) - weight(a) || byKey(a, b) : byKey(a, b);
  });
}
