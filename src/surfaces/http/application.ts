/** The Express application: every request passes the same checks in the same order, and no route has a way around them. */
import { randomUUID } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express from 'express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import { AppError } from '../../base/errors.ts';
import { verifyApiKey } from '../../store/repositories/apiKeys.ts';
import type { ApiKey } from '../../store/repositories/apiKeys.ts';
import { logRequest, startRecord } from './accessLog.ts';
import type { RequestRecord } from './accessLog.ts';
import { clientGroup, hostAllowed } from './address.ts';
import type { AppDeps } from './deps.ts';
import { DOCS_POLICY } from './docs/page.ts';
import { asAppError, failureOf } from './failure.ts';
import { guardJson } from './guard.ts';
import { checkInput, checkQuery } from './input.ts';
import { DEFAULTS } from './options.ts';
import type { ServerOptions } from './options.ts';
import { mayCall } from './route.ts';
import type { Caller, Download, Route } from './route.ts';
import { tokenBuckets } from './tokenBucket.ts';
import type { TokenBuckets } from './tokenBucket.ts';

/** What the server tells its requests. */
export interface ServerState {
  /** Address that the server is bound to. */
  host: string;
  /** Set while the server closes: answers then end their connection. */
  closing: boolean;
}

const recordOf = (res: Response): RequestRecord => res.locals.record as RequestRecord;

function setHeaders(res: Response, requestId: string): void {
  res.set({
    'X-Request-Id': requestId,
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
}

function take(buckets: TokenBuckets, name: string, cost: number, res: Response): void {
  const taken = buckets.take(name, cost);
  if (taken.ok) return;
  const seconds = Math.max(1, Math.ceil(taken.waitMs / 1000));
  res.set('Retry-After', String(seconds));
  throw new AppError('rate_limited', `There were too many requests; the next one is served in ${seconds} s.`, { details: { retryAfterSeconds: seconds }, hint: 'Wait for the seconds of Retry-After, and send larger batches less often.' });
}

async function authenticate(deps: AppDeps, req: Request): Promise<ApiKey> {
  const key = /^Bearer +(\S{1,200})$/i.exec(req.get('authorization') ?? '')?.[1];
  const found = key === undefined ? undefined : await verifyApiKey(deps.store.db, key, deps.clock.now());
  if (found === undefined) {
    throw new AppError('unauthorized', key === undefined ? 'The request has no key.' : 'The key is not valid: wrong, expired or revoked.', { hint: 'Send `Authorization: Bearer pk_…`. `tagcast keys create` makes a key and shows it once.' });
  }
  return found;
}

/** A plain Error: the parsers write a status onto what is thrown here, and an AppError does not let them. */
function refuseOtherText(_req: unknown, _res: unknown, bytes: Buffer): void {
  if (!isUtf8(bytes)) throw new Error('not UTF-8');
}

/** Reads a JSON body, or the text of a CSV body where the route takes one; nothing is read before the caller is known and may call. */
function bodyReader(route: Route, serverLimit: number): (req: Request, res: Response) => Promise<unknown> {
  const common = { limit: Math.max(serverLimit, route.bodyLimit ?? 0), inflate: false, verify: refuseOtherText } as const;
  const parsers = [express.json({ ...common, type: 'application/json' }), ...(route.takesCsv === true ? [express.text({ ...common, type: 'text/csv', defaultCharset: 'utf-8' })] : [])];
  return async (req, res) => {
    for (const parse of parsers) await new Promise<void>((resolve, reject) => parse(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error))));
    const body: unknown = req.body;
    if (body === undefined && (req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0)) {
      throw new AppError('invalid_input', `The body is not declared as JSON${route.takesCsv === true ? ' or CSV' : ''}.`, { hint: `Send \`Content-Type: application/json\`${route.takesCsv === true ? ' or `text/csv`' : ''}.` });
    }
    guardJson(body);
    return body;
  };
}

interface Serving {
  readonly deps: AppDeps;
  readonly state: ServerState;
  readonly bodyLimit: number;
  readonly perKey: TokenBuckets;
  readonly checkResponses: boolean;
}

/** @param as the policy of a page, or how JSON is laid out */
function send(res: Response, state: ServerState, status: number, body: unknown, { policy, edited = false }: Pick<Route, 'policy' | 'edited'> = {}): void {
  if (state.closing) res.set('Connection', 'close');
  res.status(status);
  if (policy !== undefined) res.set('Content-Security-Policy', policy).type('html').send(body);
  else if (edited) res.type('json').send(`${JSON.stringify(body, null, 2)}\n`);
  else res.json(body);
}

/** Sent piece by piece, as fast as it is read. What fails in the middle breaks the connection off, so that half a file never looks like a whole one. */
async function sendFile(res: Response, state: ServerState, { contentType, fileName, body }: Download): Promise<void> {
  if (state.closing) res.set('Connection', 'close');
  res.status(200).set({ 'Content-Type': contentType, 'Content-Disposition': `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"` });
  await pipeline(Readable.from(body, { objectMode: false }), res);
}

function handlerOf(route: Route, { deps, state, bodyLimit, perKey, checkResponses }: Serving): RequestHandler {
  const readBody = bodyReader(route, bodyLimit);
  return async (req, res) => {
    const record = recordOf(res);
    record.route = route.path;
    let caller: Caller | null = null;
    if (route.access !== 'public') {
      const key = await authenticate(deps, req);
      record.role = key.role;
      take(perKey, key.keyId, route.cost ?? 1, res);
      if (!mayCall(route, key.role)) throw new AppError('forbidden', `A key with the role ${key.role} may not use this route.`, { details: { role: key.role }, hint: 'Use a key with another role: /docs lists the roles of every route.' });
      caller = { keyId: key.keyId, role: key.role };
    }
    const params = checkInput(route.params, req.params, 'path');
    const query = checkQuery(route.query, req.query);
    const body = route.body === undefined ? undefined : checkInput(route.body, await readBody(req, res), 'body');
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const answer = await route.handle({ params, query, body, caller, signal: gone.signal }, deps);
    if (route.produces === 'file') {
      await sendFile(res, state, answer as Download);
      return;
    }
    if (checkResponses) route.response.parse(answer);
    send(res, state, route.status?.(answer) ?? 200, answer, route.produces === 'html' ? { policy: route.policy ?? DOCS_POLICY } : { edited: route.edited === true });
  };
}

/** `/v1/customers/{id}` as Express writes it. */
const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

function notFound(allowed: readonly string[]): RequestHandler {
  return (_req, res) => {
    if (allowed.length > 0) res.set('Allow', allowed.join(', '));
    throw new AppError('not_found', allowed.length === 0 ? 'There is nothing at this address.' : `This address answers ${allowed.join(' and ')} only.`, { hint: '/docs lists every route.' });
  };
}

export function createApplication(routes: readonly Route[], deps: AppDeps, options: ServerOptions, state: ServerState): Express {
  const { clock } = deps;
  const perAddress = tokenBuckets(options.perAddress ?? DEFAULTS.perAddress, clock);
  const serving: Serving = {
    deps,
    state,
    bodyLimit: options.bodyLimit ?? DEFAULTS.bodyLimit,
    perKey: tokenBuckets(options.perKey ?? DEFAULTS.perKey, clock),
    checkResponses: options.checkResponses === true,
  };
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('strict routing').enable('case sensitive routing').set('query parser', 'simple');
  const proxies = options.trustedProxies ?? [];
  app.set('trust proxy', proxies.length === 0 ? false : [...proxies]);

  app.use((req: Request, res: Response, next: NextFunction) => {
    const record = startRecord(randomUUID(), req.method, clock);
    res.locals.record = record;
    res.once('close', () => logRequest(options.log, record, res.statusCode, res.writableFinished, clock));
    setHeaders(res, record.requestId);
    if (!hostAllowed(req.headers.host, state.host, options.allowedHosts ?? [])) {
      throw new AppError('forbidden', 'The request names a host that this server does not answer for.', { hint: 'Call it as localhost, or start it with `--allow-host` and the name that you use.' });
    }
    take(perAddress, clientGroup(req.ip), 1, res);
    next();
  });

  for (const path of new Set(routes.map((route) => route.path))) {
    const here = app.route(expressPath(path));
    const own = routes.filter((route) => route.path === path);
    for (const route of own) here[route.method](handlerOf(route, serving));
    here.all(notFound(own.map((route) => route.method.toUpperCase())));
  }
  app.use(notFound([]));

  // Express knows an error handler by its four parameters.
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const record = recordOf(res);
    record.error = asAppError(error);
    if (res.headersSent) {
      res.destroy();
      return;
    }
    const { status, body } = failureOf(error, record.requestId);
    if (status === 401) res.set('WWW-Authenticate', 'Bearer');
    send(res, state, status, body);
  });
  return app;
}
