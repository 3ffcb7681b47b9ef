import { type HostPath, hostPathToBytes, hostPathToText } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { ArchiveFindings } from './archiveFindings.ts';
import type { ArchiveMember } from './archiveMember.ts';
import { climbsOut, mostHops, pathSegments } from './treePaths.ts';

const longestPathBytes = 4096;
const longestNameBytes = 255;
const mostCollisions = 1000;

/** What is to be done with a member. Paths are below the root, without links on the way: `usr/bin/env`. */
export type Verdict =
  | { readonly action: 'skip' }
  | {
      readonly action: 'make';
      readonly path: HostPath;
      /** Folders above it that no member has named. */
      readonly newFolders: readonly HostPath[];
      /** Something other than a folder is there already. */
      readonly replaces: boolean;
      /** A folder that is there already. */
      readonly isKnownFolder: boolean;
      /** Where a hard link leads, below the root. */
      readonly hardLinkTo: HostPath | null;
    };

/** Judges the members of an archive one after the other, with the tree in mind that they make. */
export interface ArchiveTree {
  /** Fails with image.archiveHostile for what would reach outside the tree, with image.archiveDamaged for what cannot be. */
  judge(member: ArchiveMember): Verdict;
  /** After the last member: fails with image.archiveHostile where a link leads out through other links. */
  finish(): ArchiveFindings;
}

type Node = { readonly kind: 'folder' | 'file' } | { readonly kind: 'link'; readonly target: HostPath };
const folderNode: Node = { kind: 'folder' };
const fileNode: Node = { kind: 'file' };
const skip: Verdict = { action: 'skip' };

/** A tree with nothing in it. `shown` is the archive's path, for failures. */
export function createArchiveTree(shown: HostPath): ArchiveTree {
  const nodes = new Map<string, Node>();
  const counts = {
    members: 0,
    files: 0,
    folders: 0,
    contentBytes: 0,
    devices: 0,
    fifos: 0,
    setIds: 0,
    attributes: 0,
    duplicates: 0,
    whiteouts: 0,
    unknown: 0,
    lostNames: 0,
    oddNames: 0,
  };
  /** Members come folder by folder: the last parent is nearly always the next one too. */
  let known = { written: '', resolved: '' };

  const hostile = (member: HostPath, reason: string) =>
    workbenchError('image.archiveHostile', { path: shown, member, reason });
  const damaged = (reason: string) => workbenchError('image.archiveDamaged', { path: shown, reason });

  function checkName(member: HostPath, name: HostPath): readonly string[] {
    if (name.startsWith('/')) throw hostile(member, 'It has an absolute path');
    if (name.includes('\\x00')) throw hostile(member, 'Its name holds a NUL character');
    const segments = pathSegments(name);
    if (segments.includes('..')) throw hostile(member, 'Its path climbs with ".."');
    if (name.length > longestNameBytes) {
      if (hostPathToBytes(name).length > longestPathBytes)
        throw hostile(member.slice(0, 200) as HostPath, 'Its path is too long');
      if (segments.some((segment) => hostPathToBytes(segment as HostPath).length > longestNameBytes))
        throw hostile(member.slice(0, 200) as HostPath, 'Its name is too long');
    }
    return segments;
  }

  /** The folder that segments lead to, through links that stay inside. Makes what is missing unless `found` is null. */
  function resolveFolder(
    member: HostPath,
    segments: readonly string[],
    found: HostPath[] | null,
  ): string | null {
    const written = segments.join('/');
    if (written === known.written) return known.resolved;
    const waiting = [...segments].reverse();
    let at = '';
    let hops = 0;
    for (let segment = waiting.pop(); segment !== undefined; segment = waiting.pop()) {
      if (segment === '..') {
        if (at === '') throw hostile(member, 'It is written through a link that leaves the tree');
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
        continue;
      }
      const child = at === '' ? segment : `${at}/${segment}`;
      const node = nodes.get(child);
      if (node === undefined) {
        if (found === null) return null;
        nodes.set(child, folderNode);
        found.push(child as HostPath);
      } else if (node.kind === 'link') {
        hops += 1;
        if (hops > mostHops) throw hostile(member, 'It is written through links that lead nowhere');
        if (node.target.startsWith('/'))
          throw hostile(member, `It is written through a link that leads to ${node.target}`);
        waiting.push(...pathSegments(node.target).reverse());
        continue;
      } else if (node.kind === 'file') {
        throw damaged(`${child} is a file and a folder`);
      }
      at = child;
    }
    known = { written, resolved: at };
    return at;
  }

  function hardLinkTarget(member: ArchiveMember): { readonly path: HostPath; readonly node: Node } {
    if (member.linkTo === null) throw damaged(`${member.name} links to nothing`);
    if (member.linkTo.startsWith('/')) throw hostile(member.name, `It is a hard link to ${member.linkTo}`);
    const segments = pathSegments(member.linkTo);
    if (segments.includes('..')) throw hostile(member.name, `It is a hard link to ${member.linkTo}`);
    const name = segments.at(-1) ?? '';
    const parent = resolveFolder(member.name, segments.slice(0, -1), null);
    const path = parent === null ? null : parent === '' ? name : `${parent}/${name}`;
    const node = path === null ? undefined : nodes.get(path);
    if (path === null || node === undefined || node.kind === 'folder')
      throw damaged(`${member.name} is a hard link to ${member.linkTo}, which is no file before it`);
    return { path: path as HostPath, node };
  }

  function isLeftOut(member: ArchiveMember, name: string): boolean {
    if (member.isNameLost) counts.lostNames += 1;
    else if (member.kind === 'device') counts.devices += 1;
    else if (member.kind === 'fifo') counts.fifos += 1;
    else if (member.kind === 'unknown') counts.unknown += 1;
    else if (name.startsWith('.wh.')) counts.whiteouts += 1;
    else return false;
    return true;
  }

  function judge(member: ArchiveMember): Verdict {
    counts.members += 1;
    const segments = checkName(member.name, member.name);
    const name = segments.at(-1);
    if (name === undefined) return skip; // the root itself
    if (isLeftOut(member, name)) return skip;
    if (member.isSparse) throw damaged(`${member.name} is a sparse file in a form that is not read here`);
    if (member.name.includes('\\x') || hostPathToText(member.name) === null) counts.oddNames += 1;
    const newFolders: HostPath[] = [];
    const parent = resolveFolder(member.name, segments.slice(0, -1), newFolders) ?? '';
    const path = parent === '' ? name : `${parent}/${name}`;
    const before = nodes.get(path);
    const isKnownFolder = member.kind === 'folder' && before?.kind === 'folder';
    if (before !== undefined && !isKnownFolder) {
      if (before.kind === 'folder') throw damaged(`${path} is a folder and something else`);
      counts.duplicates += 1;
      known = { written: '', resolved: '' };
    }
    const hardLink = member.kind === 'hardLink' ? hardLinkTarget(member) : null;
    if (hardLink?.path === path) throw damaged(`${path} is a hard link to itself`);
    nodes.set(path, hardLink?.node ?? nodeOf(member, parent));
    count(member);
    return {
      action: 'make',
      path: path as HostPath,
      newFolders,
      replaces: before !== undefined && !isKnownFolder,
      isKnownFolder,
      hardLinkTo: hardLink?.path ?? null,
    };
  }

  function nodeOf(member: ArchiveMember, parent: string): Node {
    if (member.kind === 'folder') return folderNode;
    if (member.kind === 'file') return fileNode;
    const target = member.linkTo;
    if (target === null) throw damaged(`${member.name} links to nothing`);
    if (target.includes('\\x00')) throw hostile(member.name, 'Its target holds a NUL character');
    if (hostPathToBytes(target).length > longestPathBytes)
      throw hostile(member.name, 'Its target is too long');
    if (climbsOut(parent, target)) throw hostile(member.name, `It is a link that leaves the tree: ${target}`);
    known = { written: '', resolved: '' };
    return { kind: 'link', target };
  }

  function count(member: ArchiveMember): void {
    if (member.kind === 'file') {
      counts.files += 1;
      counts.contentBytes += member.sizeBytes;
    } else if (member.kind === 'folder') counts.folders += 1;
    if (member.kind === 'file' && (member.mode & 0o6000) !== 0) counts.setIds += 1;
    if (member.hasAttributes) counts.attributes += 1;
  }

  /** Follows a link in the whole tree; an absolute target begins at the tree's own root, as in a container. */
  function followLink(path: string, target: HostPath): void {
    const waiting = pathSegments(target).reverse();
    let at = target.startsWith('/') ? '' : path.slice(0, Math.max(0, path.lastIndexOf('/')));
    let hops = 0;
    for (let segment = waiting.pop(); segment !== undefined; segment = waiting.pop()) {
      if (segment === '..') {
        if (at === '' && !target.startsWith('/'))
          throw hostile(path as HostPath, `It is a link that leaves the tree through other links: ${target}`);
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
        continue;
      }
      const child = at === '' ? segment : `${at}/${segment}`;
      const node = nodes.get(child);
      if (node?.kind !== 'link') {
        at = child;
        continue;
      }
      hops += 1;
      if (hops > mostHops) return; // a loop leads nowhere
      if (node.target.startsWith('/')) at = '';
      waiting.push(...pathSegments(node.target).reverse());
    }
  }

  function collisions(): readonly string[] {
    const seen = new Map<string, string>();
    const found: string[] = [];
    for (const path of nodes.keys()) {
      const folded = path.toLowerCase();
      const other = seen.get(folded);
      if (other === undefined) seen.set(folded, path);
      else if (found.length < mostCollisions) found.push(`${other} and ${path}`);
    }
    return found;
  }

  return {
    judge,
    finish() {
      for (const [path, node] of nodes) if (node.kind === 'link') followLink(path, node.target);
      return { ...counts, caseCollisions: collisions() };
    },
  };
}
