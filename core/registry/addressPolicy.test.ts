import { describe, expect, it } from 'vitest';
import { refusalAfterLookup, refusalOf } from './addressPolicy.ts';

const strict = { host: 'registry.example.org', isHttpAllowed: false };
const lenient = { host: 'registry.example.org:5000', isHttpAllowed: true };
const home = { host: '127.0.0.1:5000', isHttpAllowed: false };

describe('refusalOf', () => {
  it.each([
    ['https://cdn.example.net/blob', strict, null],
    ['https://10.0.0.5/token', strict, null],
    ['http://cdn.example.net/blob', strict, 'plainHttp'],
    ['http://cdn.example.net/blob', lenient, null],
    ['ftp://cdn.example.net/blob', lenient, 'scheme'],
    ['file:///etc/passwd', lenient, 'scheme'],
    ['https://user:pw@cdn.example.net/', strict, 'userInfo'],
    ['https://127.0.0.1/', strict, 'localAddress'],
    ['https://0x7f.1/', strict, 'localAddress'],
    ['https://localhost./', strict, 'localAddress'],
    ['https://[::1]/', strict, 'localAddress'],
    ['https://[::ffff:127.0.0.1]/', strict, 'localAddress'],
    ['http://169.254.169.254/latest/meta-data', lenient, 'localAddress'],
    ['https://[fe80::1]/', strict, 'localAddress'],
    ['https://[fd00:ec2::254]/', strict, 'localAddress'],
    ['https://0.0.0.0/', strict, 'localAddress'],
    ['http://localhost:9/x', home, null],
    ['http://127.0.0.2:9/x', home, null],
    ['http://example.org/x', home, 'plainHttp'],
    ['https://169.254.169.254/', home, 'localAddress'],
    ['https://169.254.1.1/', { host: '169.254.1.1', isHttpAllowed: false }, null],
  ])('%s', (target, grounds, wanted) => {
    expect(refusalOf(new URL(target), grounds)).toBe(wanted);
  });

  it('refuses a name that leads to this machine, and leaves one that leads nowhere to the request itself', async () => {
    const target = new URL('https://harmless.example.net/');
    const leadsTo = (...addresses: string[]) =>
      refusalAfterLookup(target, strict, async () => addresses.map((address) => ({ address })));
    expect(await leadsTo('93.184.216.34')).toBeNull();
    expect(await leadsTo('93.184.216.34', '127.0.0.1')).toBe('localAddress');
    expect(await leadsTo('169.254.169.254')).toBe('localAddress');
    const fails = refusalAfterLookup(target, strict, () => Promise.reject(new Error('ENOTFOUND')));
    expect(await fails).toBeNull();
  });
});
