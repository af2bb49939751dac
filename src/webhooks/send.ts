/** One attempt: a POST to an address that was checked, without following anything and without reading what is answered. */
import { lookup } from 'node:dns/promises';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { describeError } from '../base/errors.ts';
import { addressesOf, parseTarget } from './address.ts';
import type { Address, AllowedHost, Resolve } from './address.ts';

export interface Sending {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowed: readonly AllowedHost[];
  /** Until the answer's head is there. */
  readonly timeoutMs: number;
  readonly resolve?: Resolve;
  readonly signal?: AbortSignal;
}

export type Sent =
  | { readonly ok: boolean; readonly status: number; /** What the endpoint asks to wait. */ readonly retryAfterMs?: number }
  /** `error` is a word of ours, never what the other side wrote. */
  | { readonly ok: false; readonly error: string };

export const systemResolve: Resolve = async (hostname) => (await lookup(hostname, { all: true, verbatim: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));

/** Answers what was resolved and checked before, whoever asks. */
function pinned(addresses: readonly [Address, ...Address[]]): LookupFunction {
  return (_hostname, options, done) => {
    if (options.all === true) done(null, [...addresses]);
    else done(null, addresses[0].address, addresses[0].family);
  };
}

function wordOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ABORT_ERR' || (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))) return 'timeout';
  if (/^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)) return 'certificate';
  return /^E[A-Z]+$/.test(code) ? code : 'connection';
}

function retryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

/** Redirects are answers like any other, and no success. Never throws: what went wrong is a result. */
export async function sendWebhook({ url: text, headers, body, allowed, timeoutMs, resolve = systemResolve, signal }: Sending): Promise<Sent> {
  let url: URL;
  let addresses: readonly [Address, ...Address[]];
  try {
    // The same check as when the address was saved: names and configuration change.
    url = parseTarget(text, allowed);
    addresses = await addressesOf(url, allowed, resolve);
  } catch (error) {
    return { ok: false, error: describeError(error).code === 'not_found' ? 'no address' : 'address refused' };
  }
  const limit = AbortSignal.timeout(timeoutMs);
  return new Promise((done) => {
    const send = url.protocol === 'https:' ? overHttps : overHttp;
    const sent = send(url, {
      method: 'POST', agent: false, lookup: pinned(addresses), signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      headers: { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'Tagcast-Webhooks/1' },
    }, (answer) => {
      const status = answer.statusCode ?? 0;
      const retryAfterMs = retryAfter(answer.headers['retry-after']);
      done({ ok: status >= 200 && status < 300, status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
      answer.destroy();
    });
    sent.once('error', (error) => { done({ ok: false, error: wordOf(error) }); });
    sent.end(body);
  });
}
