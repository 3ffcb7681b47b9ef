import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** What the person named, and so allowed: against it every address that a server supplies is judged. */
export interface AddressGrounds {
  /** Host and optional port of the registry or of the typed URL. */
  readonly host: string;
  readonly isHttpAllowed: boolean;
}

/** Why an address that a server supplied (token realm, redirect) is not followed. */
export type AddressRefusal = 'scheme' | 'plainHttp' | 'localAddress' | 'userInfo';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Addresses that only make sense on the machine or link itself, with the metadata services of the clouds. */
const local = new BlockList();
local.addSubnet('0.0.0.0', 8, 'ipv4');
local.addSubnet('169.254.0.0', 16, 'ipv4');
local.addAddress('100.100.100.200', 'ipv4');
local.addSubnet('224.0.0.0', 4, 'ipv4');
local.addAddress('::', 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');
local.addAddress('fd00:ec2::254', 'ipv6');
local.addSubnet('ff00::', 8, 'ipv6');

/** Whether a host name of a URL is this machine. Names are taken at their word; addresses in any spelling. */
export function isLoopbackName(hostName: string): boolean {
  const name = bare(hostName);
  const family = isIP(name);
  if (family === 0) return name === 'localhost' || name.endsWith('.localhost');
  return loopback.check(name, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether an address that a server supplied may be asked: https, unless the person allowed plain http or both ends are
 * this machine; never link-local, metadata or loopback addresses, unless the person named that very host.
 */
export function refusalOf(target: URL, grounds: AddressGrounds): AddressRefusal | null {
  if (target.protocol !== 'https:' && target.protocol !== 'http:') return 'scheme';
  if (target.username !== '' || target.password !== '') return 'userInfo';
  const named = hostNameOf(grounds.host);
  const isAtHome = isLoopbackName(named) && isLoopbackName(target.hostname);
  if (target.protocol === 'http:' && !isAtHome && !grounds.isHttpAllowed) return 'plainHttp';
  if (isAtHome || target.hostname === named) return null;
  return isLoopbackName(target.hostname) || isLocal(target.hostname) ? 'localAddress' : null;
}

/** The same, with names looked up: a name that leads to an address of this machine is refused as that address would be. */
export async function refusalAfterLookup(
  target: URL,
  grounds: AddressGrounds,
  addressesOf: (name: string) => Promise<readonly { readonly address: string }[]> = (name) =>
    lookup(name, { all: true }),
): Promise<AddressRefusal | null> {
  const refusal = refusalOf(target, grounds);
  const named = hostNameOf(grounds.host);
  if (refusal !== null || target.hostname === named || isLoopbackName(named)) return refusal;
  if (isIP(bare(target.hostname)) !== 0) return null;
  try {
    const found = await addressesOf(target.hostname);
    return found.some(({ address }) => isLoopbackName(address) || isLocal(address)) ? 'localAddress' : null;
  } catch {
    return null; // a name that leads nowhere fails by itself, and better, when it is asked
  }
}

function hostNameOf(host: string): string {
  return URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname : host;
}

function isLocal(hostName: string): boolean {
  const name = bare(hostName);
  const family = isIP(name);
  return family !== 0 && local.check(name, family === 6 ? 'ipv6' : 'ipv4');
}

function bare(hostName: string): string {
  return hostName
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}
