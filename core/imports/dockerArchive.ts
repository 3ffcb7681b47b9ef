import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type ArchiveBytesOptions, type ArchiveFile, archiveBytes } from '#core/archives/archiveBytes.ts';
import type { DockerManifest } from '#core/archives/archiveImages.ts';
import type { ArchiveMember } from '#core/archives/archiveMember.ts';
import { createArchiveTree } from '#core/archives/archiveTree.ts';
import { type MemberContent, readMembers } from '#core/archives/readMembers.ts';
import { type HostPath, hostPathToBytes, hostPathToText } from '#core/contract/hostPath.ts';

export interface SingleArchiveOptions extends ArchiveBytesOptions {
  /** A new file. */
  readonly target: HostPath;
  /** What the archive's list says of the one image. */
  readonly image: DockerManifest[number];
  /** Bytes of content written so far. */
  readonly onWritten?: (bytes: number) => void;
}

/**
 * Writes a docker archive with one image, without compression and without `./` before its names: the runtime takes no
 * other (seen with Apptainer 1.4.5: compressed archives, several images, and dotted names all fail).
 */
export async function writeSingleArchive(file: ArchiveFile, options: SingleArchiveOptions): Promise<void> {
  const tree = createArchiveTree(file.path);
  const { pack } = await import('tar-stream');
  const packing = pack();
  const output = createWriteStream(Buffer.from(hostPathToBytes(options.target)), {
    flags: 'wx',
    mode: 0o600,
  });
  const written = pipeline(packing as unknown as NodeJS.ReadableStream, output);
  written.catch(() => undefined); // told below
  let writtenBytes = 0;

  async function take(member: ArchiveMember, name: string, content: MemberContent): Promise<void> {
    if (member.kind === 'link') {
      packing.entry({
        name,
        type: 'symlink',
        linkname: hostPathToText(member.linkTo ?? (name as HostPath)) ?? name,
      });
      return;
    }
    const sink = packing.entry({ name, type: 'file', mode: 0o644, size: member.sizeBytes });
    for await (const piece of content.pieces()) {
      if (!sink.write(piece))
        await Promise.race([written, once(sink as unknown as NodeJS.EventEmitter, 'drain')]);
      writtenBytes += piece.length;
      options.onWritten?.(writtenBytes);
    }
    sink.end(null);
  }

  try {
    await readMembers(
      archiveBytes(file, options),
      (member, content) => {
        const verdict = tree.judge(member);
        if (verdict.action === 'skip' || verdict.path === 'manifest.json') return undefined;
        const name = hostPathToText(verdict.path);
        if (name === null || (member.kind !== 'file' && member.kind !== 'link')) return undefined;
        return take(member, name, content);
      },
      { path: file.path, signal: options.signal },
    );
    packing.entry({ name: 'manifest.json', mode: 0o644 }, JSON.stringify([options.image]));
    packing.finalize();
    await written;
  } catch (thrown) {
    packing.destroy();
    output.destroy();
    await written.catch(() => undefined); // the first failure is the one to tell
    throw thrown;
  }
}
