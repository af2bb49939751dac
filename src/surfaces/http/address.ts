/** Addresses and host names: what is loopback, which Host headers are accepted, and what counts as one client. */
import { isIP, isIPv6 } from 'node:net';

/** 127.0.0.0/8, ::1 (also written as a mapped IPv4 address) and the name localhost. */
export function isLoopback(host: string): boolean {
  const bare = unmapped(host.toLowerCase().replace(/^\[|\]$/g, ''));
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** The host of a Host header without its port, in lower case; undefined when it is not of that form. */
export function hostName(header: string | undefined): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.exec(header ?? '');
  return match?.[1]?.toLowerCase();
}

/**
 * Whether a request for this Host is answered. A page of a foreign site can point its own name at 127.0.0.1 (DNS rebinding): the browser
 * then sends that name as Host. So a server on a loopback address answers to loopback names and to configured ones only.
 */
export function hostAllowed(header: string | undefined, bound: string, allowed: readonly string[]): boolean {
  const name = hostName(header);
  if (name === undefined) return false;
  if (!isLoopback(bound) && allowed.length === 0) return true;
  return ['localhost', '127.0.0.1', '[::1]', ...allowed.map((host) => host.toLowerCase())].includes(name);
}

/** One bucket per IPv4 address and per IPv6 /64, which is what one subscriber gets. */
export function clientGroup(address: string | undefined): string {
  const plain = unmapped((address ?? 'unknown').toLowerCase());
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.split('%')[0].split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = plain.includes('::') ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right] : left;
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
