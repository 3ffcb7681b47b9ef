import { constants, mkdir } from 'node:fs';
import * as fs from 'node:fs/promises';
import { promisify } from 'node:util';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import { type ArchiveBytesOptions, type ArchiveFile, archiveBytes } from './archiveBytes.ts';
import type { ArchiveFindings } from './archiveFindings.ts';
import type { ArchiveMember } from './archiveMember.ts';
import { createArchiveTree, type Verdict } from './archiveTree.ts';
import { createFileWriter } from './fileWriter.ts';
import { type MemberContent, readMembers } from './readMembers.ts';

/** Files up to this are taken into memory and written while the archive is read on. */
const smallBytes = 256 * 1024;
const makeFolder = promisify(mkdir);

export interface UnpackOptions extends ArchiveBytesOptions {
  /** Fresh, private (0700) and empty: nobody else writes there while it is filled. */
  readonly folder: HostPath;
  /** Content written so far. */
  readonly onWritten?: (bytes: number) => void;
}

/**
 * Unpacks an archive into a folder of its own. Every name is judged before it is made; nothing is written through a link
 * that leaves the tree, and no file is opened that was there before. Owners are not applied; files keep `mode & 0777`
 * and may be read by their owner, folders may be entered by him (an ordinary user could else neither use nor remove
 * them; the runtime's own rootless unpacking does the same). Fails with image.archiveHostile and image.archiveDamaged.
 */
export async function unpackTree(file: ArchiveFile, options: UnpackOptions): Promise<ArchiveFindings> {
  const tree = createArchiveTree(file.path);
  const root = Buffer.from(hostPathToBytes(options.folder));
  const inTree = (path: HostPath) => Buffer.concat([root, Buffer.from('/'), hostPathToBytes(path)]);
  const folders = new Map<HostPath, { readonly mode: number; readonly modifiedAt: number }>();
  const writer = createFileWriter(options.onWritten);

  async function make(
    member: ArchiveMember,
    verdict: Extract<Verdict, { action: 'make' }>,
    content: MemberContent,
  ): Promise<void> {
    const path = inTree(verdict.path);
    for (const folder of verdict.newFolders) await makeFolder(inTree(folder), 0o755);
    if (verdict.replaces) {
      await writer.settle();
      await fs.unlink(path);
    }
    switch (member.kind) {
      case 'folder':
        if (!verdict.isKnownFolder) await makeFolder(path, 0o700);
        folders.set(verdict.path, { mode: (member.mode & 0o777) | 0o700, modifiedAt: member.modifiedAt });
        return;
      case 'link':
        await fs.symlink(Buffer.from(hostPathToBytes(member.linkTo ?? ('' as HostPath))), path);
        return;
      case 'hardLink':
        await writer.settle();
        if (verdict.hardLinkTo !== null) await fs.link(inTree(verdict.hardLinkTo), path);
        return;
      default: {
        const facts = { path, mode: (member.mode & 0o777) | 0o400, modifiedAt: member.modifiedAt };
        if (member.sizeBytes <= smallBytes) await writer.add(facts, await content.bytes());
        else await writer.stream(facts, content.pieces());
      }
    }
  }

  try {
    await readMembers(
      archiveBytes(file, options),
      (member, content) => {
        const verdict = tree.judge(member);
        return verdict.action === 'skip' ? undefined : make(member, verdict, content);
      },
      { path: file.path, signal: options.signal },
    );
  } finally {
    await writer.settle();
  }
  // Deepest first: a folder's time changes when something is made in it.
  for (const [path, { mode, modifiedAt }] of [...folders].reverse()) {
    await fs.chmod(inTree(path), mode);
    await fs.utimes(inTree(path), modifiedAt / 1000, modifiedAt / 1000);
  }
  return tree.finish();
}

/** Whether the file system of a folder takes `a` and `A` for one name. Leaves nothing behind. */
export async function foldsCase(folder: HostPath): Promise<boolean> {
  const at = (name: string) => Buffer.concat([Buffer.from(hostPathToBytes(folder)), Buffer.from(`/${name}`)]);
  const handle = await fs.open(
    at('.mysingularity-case'),
    constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY,
    0o600,
  );
  await handle.close();
  try {
    return await fs.access(at('.MYSINGULARITY-CASE')).then(
      () => true,
      () => false, // not there under the other name
    );
  } finally {
    await fs.unlink(at('.mysingularity-case'));
  }
}
