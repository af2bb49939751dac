/** Exports as downloads. */
import type { z } from 'zod';
import { silentProgress } from '../../../base/progress.ts';
import { parseLocalDate } from '../../../base/time.ts';
import { openExport } from '../../../jobs/export/toStream.ts';
import type { AppDeps } from '../deps.ts';
import { actorOf } from '../route.ts';
import type { Call, Download } from '../route.ts';
import type { exportBody } from '../schemas/segmentExport.ts';

export async function exportCustomers({ body, caller, signal }: Call<unknown, unknown, z.output<typeof exportBody>>, deps: AppDeps): Promise<Download> {
  const { segment, condition, asOf, holdout, limit, ...rest } = body;
  return openExport(deps.scoring({ progress: silentProgress, signal }), {
    ...rest, subject: condition === undefined ? { segment: segment ?? '' } : { condition }, asOf: asOf === undefined ? await deps.today() : parseLocalDate(asOf, 'asOf'), actor: actorOf(caller),
    // A data scientist sees which attributes and identities there are, and not what they say.
    personal: caller?.role === 'admin' || caller?.role === 'marketer', ...(holdout === undefined ? {} : { holdout }), ...(limit === undefined ? {} : { limit }),
  });
}
