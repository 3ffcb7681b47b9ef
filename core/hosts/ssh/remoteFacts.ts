import { type HostPath, hostPathFromBytes } from '#core/contract/hostPath.ts';
import type { FileFacts } from '../host.ts';
import { bytesOf } from './remoteWords.ts';

/** The file type is the upper four bits of st_mode (inode(7)). */
const kinds: Readonly<Record<number, FileFacts['kind']>> = { 8: 'file', 4: 'folder', 10: 'link' };

/** `81a4 1234 1700000000.123456789 2049:131` (stat's %f %s %Y %d:%i) → facts. */
export function parseFacts(line: string): FileFacts {
  const [mode = '', size = '', modified = '', inode = ''] = line.trim().split(' ');
  const bits = Number.parseInt(mode, 16);
  if (Number.isNaN(bits) || inode === '') throw new Error(`stat printed no facts: ${line}`);
  const [seconds = '0', fraction = ''] = modified.split('.');
  return {
    kind: kinds[bits >> 12] ?? 'other',
    sizeBytes: Number(size),
    modifiedAt: Number(seconds) * 1000 + Number(fraction.padEnd(9, '0')) / 1e6,
    inode,
    mode: bits & 0o7777,
  };
}

/** The output of `entries` (remoteFiles.ts) → names and facts; links have the facts of what they lead to, if anything. */
export function parseEntries(
  output: Buffer,
): readonly { readonly name: HostPath; readonly facts: FileFacts }[] {
  const text = output.toString('latin1');
  const found = new Map<string, FileFacts>();
  for (const entry of text.split('//\n')) {
    const at = entry.indexOf(' ./');
    if (at < 0) continue; // the lone slashes between entries and what links lead to
    found.set(entry.slice(at + 3), parseFacts(entry.slice(0, at)));
  }
  return [...found].map(([name, facts]) => ({ name: hostPathFromBytes(bytesOf(name)), facts }));
}
