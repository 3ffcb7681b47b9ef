import type { HostPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';
import type { Host } from '#core/hosts/host.ts';
import { type FoundFile, readImageRows } from './imageRow.ts';
import { signatureOf } from './libraryFolder.ts';
import { eachLimited } from './limited.ts';

/**
 * Files that are read together. Here few, so that one batch is taken while the next is read; on another host as many as
 * let the first rows come soon, because each batch is a round trip.
 */
const readsTogether = { here: { files: 64, batches: 2 }, there: { files: 1024, batches: 1 } };

/** What the files of a library were when they were last read: one that is unchanged is not read again. */
export class KnownImages {
  readonly #host: Host;
  readonly #known = new Map<HostPath, { readonly signature: string; readonly image: Image | null }>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Reads those that are new or changed, and gives on each batch as soon as it is known. Reads no more once aborted. */
  async readEach(
    files: readonly FoundFile[],
    signal: AbortSignal,
    onBatch: (batch: readonly FoundFile[]) => void,
  ): Promise<void> {
    const together = readsTogether[this.#host.kind === 'local' ? 'here' : 'there'];
    const batches: (readonly FoundFile[])[] = [];
    for (let from = 0; from < files.length; from += together.files)
      batches.push(files.slice(from, from + together.files));
    await eachLimited(batches, together.batches, async (batch) => {
      if (signal.aborted) return;
      await this.#read(batch);
      if (!signal.aborted) onBatch(batch);
    });
  }

  async #read(files: readonly FoundFile[]): Promise<void> {
    const fresh = files.filter(({ path, facts }) => this.#known.get(path)?.signature !== signatureOf(facts));
    const rows = await readImageRows(this.#host, fresh);
    for (const { path, facts } of fresh)
      this.#known.set(path, { signature: signatureOf(facts), image: rows.get(path) ?? null });
  }

  /** Null for what is no image, or was never read. */
  imageAt(path: HostPath): Image | null {
    return this.#known.get(path)?.image ?? null;
  }

  forget(path: HostPath): void {
    this.#known.delete(path);
  }
}
