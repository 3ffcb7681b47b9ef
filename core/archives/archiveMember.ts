import type { Header } from 'tar-stream';
import { z } from 'zod';
import { type HostPath, hostPathFromBytes } from '#core/contract/hostPath.ts';

export type MemberKind = 'file' | 'folder' | 'link' | 'hardLink' | 'device' | 'fifo' | 'unknown';

/** One thing in an archive, as its header says. Nothing of it is to be believed. */
export interface ArchiveMember {
  /** As written: may be absolute, hold `..`, or be no text. */
  readonly name: HostPath;
  /** The header had a name in an encoding that it may not have, and the name is lost. */
  readonly isNameLost: boolean;
  readonly kind: MemberKind;
  /** Of links, as written. */
  readonly linkTo: HostPath | null;
  readonly sizeBytes: number;
  /** All twelve bits. */
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly hasAttributes: boolean;
  /** A sparse file in one of GNU's ways, whose content is not what it stands for. */
  readonly isSparse: boolean;
}

const kinds: Readonly<Record<string, MemberKind>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'folder',
  symlink: 'link',
  link: 'hardLink',
  'character-device': 'device',
  'block-device': 'device',
  fifo: 'fifo',
};

const paxSchema = z.record(z.string(), z.string());

/**
 * A header, its names decoded as latin1 (one character a byte) unless pax gave them → a member. Formats:
 * POSIX.1-2017 pax, GNU tar's manual appendix D.
 */
export function archiveMember(header: Header): ArchiveMember {
  const pax = header.pax === null || header.pax === undefined ? {} : paxSchema.parse(header.pax);
  const keys = Object.keys(pax);
  const linkname: string | null | undefined = header.linkname;
  return {
    name: pathOf(header.name, pax['path'] !== undefined),
    isNameLost: [pax['path'], pax['linkpath']].some((text) => text?.includes('\ufffd') === true),
    kind: kinds[header.type] ?? 'unknown',
    linkTo:
      linkname === null || linkname === undefined || linkname === ''
        ? null
        : pathOf(linkname, pax['linkpath'] !== undefined),
    sizeBytes: wholeNumber(header.size),
    mode: wholeNumber(header.mode) & 0o7777,
    modifiedAt: wholeNumber(header.mtime?.getTime()),
    hasAttributes: keys.some((key) => key.startsWith('SCHILY.xattr.') || key.startsWith('LIBARCHIVE.xattr.')),
    isSparse: keys.some((key) => key.startsWith('GNU.sparse.')),
  };
}

function pathOf(text: string, isUtf8: boolean): HostPath {
  return hostPathFromBytes(Buffer.from(text, isUtf8 ? 'utf8' : 'latin1'));
}

function wholeNumber(value: number | undefined): number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
