/**
 * Where a webhook may go: to public addresses over https, and elsewhere only where the configuration names the host. Every address that the name resolves to is looked at, and the connection goes to one that was, so
 * that a name cannot point elsewhere in between.
 */
import { BlockList, isIP } from 'node:net';
import { AppError } from '../base/errors.ts';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a name, as node:dns gives them. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>;

/** A host that the configuration lets webhooks go to, whatever its addresses. */
export interface AllowedHost {
  readonly protocol: 'https:' | 'http:';
  readonly hostname: string;
  /** Absent: any. */
  readonly port?: string;
}

/** Not for the public, IANA registries of special-purpose addresses. */
const NOT_PUBLIC_4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.31.196.0', 24], ['192.52.193.0', 24], ['192.88.99.0', 24],
  ['192.168.0.0', 16], ['192.175.48.0', 24], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
];
/** Within 2000::/3, outside of which nothing is public: Teredo and its like, documentation, 6to4 (which carries an IPv4 address), AS112. */
const NOT_PUBLIC_6: readonly (readonly [string, number])[] = [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['2620:4f:8000::', 48], ['3fff::', 20]];

const closed4 = new BlockList();
for (const [net, prefix] of NOT_PUBLIC_4) closed4.addSubnet(net, prefix, 'ipv4');
const closed6 = new BlockList();
for (const [net, prefix] of NOT_PUBLIC_6) closed6.addSubnet(net, prefix, 'ipv6');
const open6 = new BlockList();
open6.addSubnet('2000::', 3, 'ipv6');

/** Whether an address (not a name) is one that everybody may reach. IPv4 addresses inside of IPv6 ones lie outside of 2000::/3 or in 2002::/16, and are none. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed4.check(address, 'ipv4');
  // A zone (fe80::1%eth0) belongs to link-local addresses only.
  return family === 6 && !address.includes('%') && open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6');
}

function refused(reason: string, hint = 'Use an https address that everybody can reach, or name the host in TAGCAST_WEBHOOK_HOSTS.'): never {
  throw new AppError('invalid_input', `The address of the webhook cannot be used: ${reason}.`, { hint });
}

/** `crm.internal`, `crm.internal:8443`, `http://127.0.0.1:9000`, comma-separated: hosts that may have private addresses, and with `http://` also no TLS. @throws AppError `invalid_config` */
export function allowedHosts(text: string): AllowedHost[] {
  return text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '').map((entry) => {
    const written = /^https?:\/\//.test(entry) ? entry : `https://${entry}`;
    const url = URL.canParse(written) ? new URL(written) : undefined;
    if (url === undefined || url.pathname !== '/' || url.search !== '' || url.username !== '') throw new AppError('invalid_config', `TAGCAST_WEBHOOK_HOSTS has an entry that is no host: "${entry.slice(0, 80)}".`, { hint: 'Write hosts, with a port where it matters: crm.internal,http://127.0.0.1:9000' });
    return { protocol: url.protocol as AllowedHost['protocol'], hostname: url.hostname, ...(url.port === '' ? {} : { port: url.port }) };
  });
}

function allowedBy(url: URL, allowed: readonly AllowedHost[]): boolean {
  return allowed.some(({ protocol, hostname, port }) => (protocol === url.protocol || protocol === 'http:') && hostname === url.hostname && (port === undefined || port === (url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port)));
}

/** Numbers, octal and hexadecimal forms of IPv4 addresses are dotted ones behind this: the parser of the URL standard writes them so. @throws AppError `invalid_input` */
export function parseTarget(text: string, allowed: readonly AllowedHost[]): URL {
  if (text.length > 2_000 || !URL.canParse(text)) refused('it is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refused(`${url.protocol} is not https`);
  if (url.username !== '' || url.password !== '') refused('it has a user or a password in it');
  if (url.hash !== '') refused('it has a fragment');
  if (url.protocol === 'http:' && !allowedBy(url, allowed)) refused('it is not https');
  return url;
}

/**
 * Addresses to connect to, each of them checked; one that is private makes the whole name refused.
 * @throws AppError `invalid_input`; `not_found` where the name resolves to nothing
 */
export async function addressesOf(url: URL, allowed: readonly AllowedHost[], resolve: Resolve): Promise<readonly [Address, ...Address[]]> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(hostname);
  const found: readonly Address[] = family === 0 ? await resolve(hostname).catch(() => []) : [{ address: hostname, family: family === 4 ? 4 : 6 }];
  const [first, ...rest] = found;
  if (first === undefined) throw new AppError('not_found', 'The host of the webhook has no address.', { hint: 'Check the name in its URL.' });
  if (!allowedBy(url, allowed) && !found.every(({ address }) => isPublicAddress(address))) refused('its host is in a private network');
  return [first, ...rest];
}
