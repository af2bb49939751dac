/** Health: whether the store answers, and nothing else about it. */
import type { z } from 'zod';
import { listRuns } from '../../../store/repositories/runs.ts';
import type { AppDeps } from '../deps.ts';
import type { healthSchema } from '../schemas/system.ts';

/** The embedded store may keep readers waiting for a second while a batch is written. */
const PATIENCE_MS = 3_000;

export async function readHealth(_call: unknown, deps: AppDeps): Promise<z.input<typeof healthSchema>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const answered = listRuns(deps.store.db, { limit: 1 }).then(() => true, () => false);
  const answers = await Promise.race([answered, late]);
  clearTimeout(timer);
  return { status: answers ? 'ok' : 'degraded', version: deps.version };
}
