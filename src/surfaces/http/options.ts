/** How the server is set up, with its defaults. */
import type { Logger } from 'pino';
import type { BucketSize } from './tokenBucket.ts';

export interface ServerOptions {
  /** Address to bind to; default 127.0.0.1. Anything but a loopback address needs a key in the store first. */
  readonly host?: string;
  /** Default 8080; 0 takes any free port. */
  readonly port?: number;
  /** Host names, without port, that requests may name besides the loopback ones. On a loopback address all others are refused; elsewhere only when this list is given. */
  readonly allowedHosts?: readonly string[];
  /** Addresses or subnets of reverse proxies whose X-Forwarded-For is believed; default none, and the header is ignored. */
  readonly trustedProxies?: readonly string[];
  /** Access log and failures. Absent: silence. */
  readonly log?: Logger;
  readonly perKey?: BucketSize;
  readonly perAddress?: BucketSize;
  /** Largest body in bytes; default 1 MB. */
  readonly bodyLimit?: number;
  /** How long close() waits for requests in flight before it cuts them off; default 10 s. */
  readonly graceMs?: number;
  /** Checks every answer against its schema before it is sent: for tests. */
  readonly checkResponses?: boolean;
}

export const DEFAULTS = {
  host: '127.0.0.1',
  port: 8080,
  perKey: { capacity: 200, perSecond: 50 },
  perAddress: { capacity: 400, perSecond: 100 },
  bodyLimit: 1_048_576,
  graceMs: 10_000,
} as const;
