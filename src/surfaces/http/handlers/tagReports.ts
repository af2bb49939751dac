/** How useful tags are: one now, all of them as they were last kept. */
import type { z } from 'zod';
import { keptTagReports, reportOnAllTags, reportOnTags } from '../../../jobs/tagReports.ts';
import type { TagReport } from '../../../reports/tags/document.ts';
import { bestSeparation, inReportOrder } from '../../../reports/tags/problems.ts';
import { PROBLEM_WORDS, VERDICT_WORDS } from '../../../reports/tags/words.ts';
import type { AppDeps } from '../deps.ts';
import type { Call } from '../route.ts';
import type { madeResponse, overviewQuery, overviewResponse, tagReportResponse } from '../schemas/tagReports.ts';
import type { tagParams } from '../schemas/tags.ts';
import { catalogued } from './tags.ts';

function view(report: TagReport): z.input<typeof tagReportResponse> {
  const best = bestSeparation(report);
  return { ...report, verdict: best === undefined ? null : VERDICT_WORDS[best.verdict], problemWords: report.problems.map((problem) => PROBLEM_WORDS[problem]) };
}

export async function readTagReport({ params, signal }: Call<z.output<typeof tagParams>, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof tagReportResponse>> {
  const { key } = catalogued(await deps.catalogue(), params.key);
  const [report] = await reportOnTags({ store: deps.store, timeZone: deps.shop.timeZone, signal }, await deps.today(), [key]);
  return view(report);
}

export async function readTagReports({ query }: Call<unknown, z.output<typeof overviewQuery>, unknown>, deps: AppDeps): Promise<z.input<typeof overviewResponse>> {
  const kept = await keptTagReports(deps.store);
  const { sort = 'usefulness', offset = 0, limit = 100 } = query;
  const ordered = inReportOrder(kept?.reports ?? [], sort);
  return { day: kept?.day ?? null, total: ordered.length, tags: ordered.slice(offset, offset + limit).map(view) };
}

export async function makeTagReports({ signal }: Call<unknown, unknown, unknown>, deps: AppDeps): Promise<z.input<typeof madeResponse>> {
  const day = await deps.today();
  return { day, tags: (await reportOnAllTags({ store: deps.store, timeZone: deps.shop.timeZone, signal }, day)).length };
}
