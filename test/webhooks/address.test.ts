/** Where webhooks may go. The corpus: forms of private addresses that have got past other products' checks. */
import { describe, expect, test } from 'vitest';
import { addressesOf, allowedHosts, isPublicAddress, parseTarget } from '../../src/webhooks/address.ts';
import type { Address } from '../../src/webhooks/address.ts';

const resolvesTo = (...addresses: string[]) => (): Promise<Address[]> => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
const reach = async (url: string, addresses: string[] = ['93.184.215.14'], allowed = ''): Promise<readonly Address[]> => addressesOf(parseTarget(url, allowedHosts(allowed)), allowedHosts(allowed), resolvesTo(...addresses));

test.each(['8.8.8.8', '93.184.215.14', '172.15.0.1', '172.32.0.1', '100.63.255.255', '192.167.1.1', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  '0.0.0.0', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.8', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1',
  '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'ff02::1', 'localhost', '',
])('%j is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

describe('a target', () => {
  test.each([
    'https://127.0.0.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0177.0.0.1/', 'https://127.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[64:ff9b::169.254.169.254]/', 'https://169.254.169.254/latest/meta-data', 'https://①②⑦.0.0.1/',
  ])('%s is refused', async (url) => {
    await expect(reach(url)).rejects.toMatchObject({ code: 'invalid_input' });
  });
  test.each(['http://example.com/', 'ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'https://user:secret@example.com/', 'https://user@example.com/', 'https://example.com/#x', 'example.com', '', `https://example.com/${'x'.repeat(2000)}`])('%s is refused before anything is resolved', async (url) => {
    await expect(reach(url)).rejects.toMatchObject({ code: 'invalid_input' });
  });
  test('whose name has one private address among public ones is refused; one without an address is not found', async () => {
    await expect(reach('https://rebind.example/', ['93.184.215.14', '10.0.0.8'])).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(reach('https://rebind.example/', ['::ffff:10.0.0.8'])).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(reach('https://nowhere.example/', [])).rejects.toMatchObject({ code: 'not_found' });
    expect(await reach('https://example.com:8443/x?y=1', ['93.184.215.14', '2606:4700:4700::1111'])).toEqual([{ address: '93.184.215.14', family: 4 }, { address: '2606:4700:4700::1111', family: 6 }]);
  });
  test('that the configuration names may be private, at that port, and without TLS only where it says so', async () => {
    expect(await reach('https://crm.internal/hook', ['10.0.0.8'], 'crm.internal')).toHaveLength(1);
    expect(await reach('http://127.0.0.1:9000/hook', [], 'crm.internal, http://127.0.0.1:9000')).toEqual([{ address: '127.0.0.1', family: 4 }]);
    await expect(reach('http://crm.internal/hook', ['10.0.0.8'], 'crm.internal')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(reach('http://127.0.0.1:9001/hook', [], 'http://127.0.0.1:9000')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(reach('https://crm.internal.evil.example/hook', ['10.0.0.8'], 'crm.internal')).rejects.toMatchObject({ code: 'invalid_input' });
    for (const entry of ['http://x/path', 'a b', 'https://u@x']) expect(() => allowedHosts(entry)).toThrow(expect.objectContaining({ code: 'invalid_config' }) as Error);
  });
});
