/**
 * One line per request: method, route pattern, status, time. No path (it holds customer ids), no query, no body, no key, no address:
 * what is not written cannot leak.
 */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { traceOf } from './failure.ts';
import type { Role } from '../../store/repositories/apiKeys.ts';

/** What is known of a request so far; filled in as it passes the checks. */
export interface RequestRecord {
  readonly requestId: string;
  readonly startedAt: number;
  readonly method: string;
  /** The route's pattern; `unmatched` where there is none. */
  route: string;
  role?: Role;
  error?: unknown;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function startRecord(requestId: string, method: string, clock: Clock): RequestRecord {
  return { requestId, startedAt: clock.now(), method: METHODS.has(method) ? method : 'other', route: 'unmatched' };
}

export function logRequest(log: Logger | undefined, record: RequestRecord, status: number, finished: boolean, clock: Clock): void {
  if (log === undefined) return;
  const { requestId, method, route, role, startedAt, error } = record;
  const code = error instanceof AppError ? error.code : error === undefined ? undefined : 'internal';
  const line = { requestId, method, route, status, ms: clock.now() - startedAt, ...(role === undefined ? {} : { role }), ...(code === undefined ? {} : { code }), ...(finished ? {} : { aborted: true }) };
  if (status < 500 || error === undefined) log.info(line, 'request');
  else log.error({ ...line, trace: traceOf(error instanceof AppError && error.cause !== undefined ? error.cause : error) }, 'request failed');
}
