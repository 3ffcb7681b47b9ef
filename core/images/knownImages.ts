import type { HostPath } from '#core/contract/hostPath.ts';
import type { Image } from '#core/contract/images.ts';
import type { Host } from '#core/hosts/host.ts';
import { type FoundFile, readImageRows } from './imageRow.ts';
import { signatureOf } from './libraryFolder.ts';

/** What the files of a library were when they were last read: one that is unchanged is not read again. */
export class KnownImages {
  readonly #host: Host;
  readonly #known = new Map<HostPath, { readonly signature: string; readonly image: Image | null }>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Reads those that are new or changed, all together. */
  async read(files: readonly FoundFile[]): Promise<void> {
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
