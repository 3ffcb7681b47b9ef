import { folderName, type HostPath, joinPath } from '#core/contract/hostPath.ts';
import type { Image, ImageEvent } from '#core/contract/images.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import { createFolderChanges, type FolderChange } from './folderChanges.ts';
import { isSkippedName, sandboxMark } from './folderNames.ts';
import { ImageFeed } from './imageFeed.ts';
import { type FoundFile, readSandboxRow } from './imageRow.ts';
import { KnownImages } from './knownImages.ts';
import { type Folder, newRoot, problemOf, type Root, sortEntries } from './libraryFolder.ts';
import { eachLimited } from './limited.ts';

/** Folders below a chosen one that are still looked into. */
const maximumDepth = 4;
/** More folders than this are not images but somebody's home: the rest is left out, and the folder says so. */
const maximumFolders = 2000;
const readsAtOnce = 32;

/** The images in the folders that the user chose. */
export interface ImageLibrary {
  /** Reset, rows, ready, then changes as they happen, until the signal is aborted. Watchers share one scan. */
  watch(signal: AbortSignal): AsyncGenerator<ImageEvent, void, undefined>;
  /** Reads the folders now and follows them until the signal is aborted, so that whoever watches then need not wait. */
  keepRead(signal: AbortSignal): void;
  /** Reads every folder again; resolves when done. */
  refresh(): Promise<void>;
  setFolders(folders: readonly HostPath[]): void;
}

/** A library over the files of one host. It reads nothing until somebody watches. */
export function createImageLibrary(options: {
  readonly host: Host;
  readonly folders: readonly HostPath[];
}): ImageLibrary {
  return new FolderLibrary(options.host, options.folders);
}

/** A folder that is to be read. */
type Place = Pick<Folder, 'path' | 'depth' | 'root'> & { readonly facts: FileFacts };

class FolderLibrary implements ImageLibrary {
  readonly #host: Host;
  #roots: readonly Root[];
  readonly #rows = new Map<HostPath, Image>();
  readonly #known: KnownImages;
  readonly #folders = new Map<HostPath, Folder>();
  /** Folders by inode during a walk: a link that leads back to a folder above is not followed again. */
  readonly #inodes = new Map<string, HostPath>();
  readonly #feeds = new Set<ImageFeed>();
  /** Watchers, and those who only keep it read. */
  #users = 0;
  readonly #changes = createFolderChanges();
  /** Roots that are missing or closed, where something happened nearby. */
  readonly #rootChecks = new Set<Root>();
  #mustScan = false;
  #isReady = false;
  #durationMs = 0;
  #work: Promise<void> | null = null;

  constructor(host: Host, folders: readonly HostPath[]) {
    this.#host = host;
    this.#known = new KnownImages(host);
    this.#roots = [...new Set(folders)].map(newRoot);
  }

  async *watch(signal: AbortSignal): AsyncGenerator<ImageEvent, void, undefined> {
    this.#enter();
    const feed = new ImageFeed(this.#rows);
    this.#feeds.add(feed);
    if (this.#isReady) feed.markReady(this.#readyEvent());
    try {
      yield* feed.events(signal);
    } finally {
      this.#feeds.delete(feed);
      this.#leave();
    }
  }

  keepRead(signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#enter();
    signal.addEventListener('abort', () => this.#leave(), { once: true });
  }

  async refresh(): Promise<void> {
    if (this.#users === 0) return; // the next watcher scans anyway
    this.#mustScan = true;
    await this.#start();
  }

  setFolders(folders: readonly HostPath[]): void {
    const wanted = [...new Set(folders)];
    const isSame =
      wanted.length === this.#roots.length && wanted.every((path, at) => this.#roots[at]?.path === path);
    if (isSame) return; // settings change for many reasons
    const old = new Map(this.#roots.map((root) => [root.path, root]));
    this.#roots = wanted.map((path) => old.get(path) ?? newRoot(path));
    for (const root of old.values()) if (!this.#roots.includes(root)) root.appearance?.abort();
    this.#mustScan = true;
    if (this.#users > 0) this.#startOrTell();
  }

  #enter(): void {
    this.#users += 1;
    if (this.#users === 1) {
      this.#rows.clear();
      this.#isReady = false;
      this.#mustScan = true;
    }
    if (this.#mustScan) this.#startOrTell();
  }

  /** Nobody looks: stop watching the disk. What was read stays known by its facts. */
  #leave(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    for (const folder of this.#folders.values()) folder.stop.abort();
    for (const root of this.#roots) root.appearance?.abort();
    this.#folders.clear();
    this.#changes.clear();
    this.#mustScan = false;
  }

  /** One worker at a time, so that a scan and a change never mix. */
  #start(): Promise<void> {
    this.#work ??= this.#loop().finally(() => {
      this.#work = null;
    });
    return this.#work;
  }

  /** A failure of the worker ends the watchers with it; the next one has it tried again. */
  #startOrTell(): void {
    this.#start().catch((thrown: unknown) => {
      this.#mustScan = true;
      for (const feed of this.#feeds) feed.fail(thrown);
    });
  }

  async #loop(): Promise<void> {
    while (this.#mustScan || this.#rootChecks.size > 0 || this.#changes.isAny()) {
      const [root] = this.#rootChecks;
      if (this.#mustScan) {
        this.#mustScan = false;
        await this.#scan();
      } else if (root !== undefined) {
        this.#rootChecks.delete(root);
        await this.#checkRoot(root);
      } else {
        const change = this.#changes.take();
        if (change === null) return;
        await this.#apply(change);
      }
    }
  }

  async #scan(): Promise<void> {
    const startedAt = performance.now();
    this.#inodes.clear();
    this.#changes.clear();
    for (const root of this.#roots) await this.#readRoot(root);
    const roots = new Set(this.#roots);
    for (const folder of [...this.#folders.values()])
      if (!roots.has(folder.root)) this.#dropFolder(folder.path);
    this.#durationMs = performance.now() - startedAt;
    this.#isReady = true;
    this.#announce();
  }

  /** Something happened near a folder that is missing or closed. */
  async #checkRoot(root: Root): Promise<void> {
    if (!this.#roots.includes(root)) return;
    const before = root.problem;
    await this.#readRoot(root);
    if (root.problem !== before) this.#announce();
  }

  #announce(): void {
    for (const feed of this.#feeds) feed.markReady(this.#readyEvent());
  }

  #readyEvent(): Extract<ImageEvent, { readonly type: 'ready' }> {
    const folders = this.#roots.map(({ path, problem }) => ({ path, problem }));
    return { type: 'ready', folders, durationMs: this.#durationMs };
  }

  async #readRoot(root: Root): Promise<void> {
    root.appearance?.abort();
    root.appearance = null;
    root.problem = null;
    try {
      const facts = await this.#host.files.stat(root.path);
      if (facts === null) {
        root.problem = 'This folder does not exist.';
        this.#dropFolder(root.path);
        await this.#awaitChange(root);
      } else if (facts.kind === 'folder') await this.#readFolder({ path: root.path, depth: 0, root, facts });
      else {
        root.problem = 'This is not a folder.';
        this.#dropFolder(root.path);
      }
    } catch (thrown) {
      if (isLineFailure(thrown)) throw thrown;
      root.problem = problemOf(thrown);
      this.#dropFolder(root.path);
      await this.#awaitChange(root);
    }
  }

  /** A folder that comes or opens later is read then: its nearest existing parent is watched until something happens. */
  async #awaitChange(root: Root): Promise<void> {
    const parent = await this.#existingParent(root.path);
    const stop = new AbortController();
    root.appearance = stop;
    const onChange = () => {
      if (stop.signal.aborted) return;
      this.#rootChecks.add(root);
      this.#startOrTell();
    };
    this.#host.files.watch(parent, onChange, stop.signal).catch((thrown: unknown) => {
      if (!stop.signal.aborted) root.problem = `${root.problem} It is not waited for: ${problemOf(thrown)}`;
    });
  }

  async #existingParent(path: HostPath): Promise<HostPath> {
    for (let parent = folderName(path); ; parent = folderName(parent)) {
      const facts = await this.#host.files.stat(parent).catch(() => null); // closed: watch one further up
      if (facts !== null || parent === folderName(parent)) return parent;
    }
  }

  /** Lists a folder and brings its rows and the folders in it up to date. */
  async #readFolder(place: Place): Promise<void> {
    const { path, root } = place;
    const seenAs = this.#inodes.get(place.facts.inode);
    if (seenAs !== undefined && seenAs !== path && this.#folders.has(seenAs)) return;
    this.#inodes.set(place.facts.inode, path);
    const folder = this.#openFolder(place);
    const entries = await this.#host.files.list(path);
    if (entries.some((entry) => entry.name === sandboxMark && entry.facts.kind === 'folder')) {
      this.#dropFolder(path);
      await this.#readSandbox(path, place.facts);
      return;
    }
    const { files, folders } = sortEntries(path, entries);
    for (const old of [...folder.images]) if (!files.has(old) && !folders.has(old)) this.#dropImage(old);
    for (const old of [...folder.folders]) if (!folders.has(old)) this.#dropFolder(old);
    await this.#readFiles(
      folder,
      [...files].map(([filePath, { facts }]) => ({ path: filePath, facts })),
    );
    if (place.depth >= maximumDepth) return;
    for (const [child, facts] of folders) {
      if (this.#folders.size >= maximumFolders) {
        root.problem = `Only the first ${maximumFolders} folders in it are shown.`;
        return;
      }
      await this.#readChild({ path: child, depth: place.depth + 1, root, facts });
    }
  }

  async #readChild(place: Place): Promise<void> {
    this.#folders.get(folderName(place.path))?.folders.add(place.path);
    try {
      await this.#readFolder(place);
    } catch (thrown) {
      if (isLineFailure(thrown)) throw thrown;
      this.#dropFolder(place.path); // closed to this user, or gone: nothing in it could be used
    }
  }

  #openFolder(place: Omit<Place, 'facts'>): Folder {
    const known = this.#folders.get(place.path);
    if (known !== undefined && known.root === place.root) return known;
    known?.stop.abort();
    const folder: Folder = {
      path: place.path,
      depth: place.depth,
      root: place.root,
      stop: new AbortController(),
      images: known?.images ?? new Set(),
      folders: known?.folders ?? new Set(),
    };
    this.#folders.set(place.path, folder);
    const onChange = (names: readonly HostPath[] | null) => this.#noteChange(folder, names);
    this.#host.files.watch(folder.path, onChange, folder.stop.signal).catch((thrown: unknown) => {
      if (this.#folders.get(folder.path) !== folder) return; // gone: its parent tells
      folder.root.problem = `Changes in it are seen only on refresh: ${problemOf(thrown)}`;
      if (this.#isReady) this.#announce();
    });
    return folder;
  }

  #noteChange(folder: Folder, names: readonly HostPath[] | null): void {
    if (folder.stop.signal.aborted) return;
    const wanted = names?.filter((name) => name === sandboxMark || !isSkippedName(name)) ?? null;
    if (wanted?.length === 0) return;
    this.#changes.add(folder, wanted);
    this.#startOrTell();
  }

  async #apply(change: FolderChange): Promise<void> {
    const { folder, names } = change;
    if (this.#folders.get(folder.path) !== folder) return;
    try {
      const facts = await this.#host.files.stat(folder.path);
      if (facts === null) this.#loseFolder(folder);
      else if (names === null || names.size > 500 || names.has(sandboxMark as HostPath))
        await this.#readFolder({ ...folder, facts });
      else await this.#applyNames(folder, names);
    } catch (thrown) {
      if (isLineFailure(thrown)) throw thrown;
      this.#loseFolder(folder); // reading it again says what is wrong with it
    }
  }

  /** First what went, then what is there: a renamed folder is not taken for a second way to the same one. */
  async #applyNames(folder: Folder, names: Iterable<HostPath>): Promise<void> {
    const present: { readonly name: HostPath; readonly path: HostPath; readonly facts: FileFacts }[] = [];
    await eachLimited(names, readsAtOnce, async (name) => {
      const path = joinPath(folder.path, name);
      const facts = await this.#host.files.stat(path).catch(() => null); // a link in a circle leads to nothing
      if (facts === null || (facts.kind !== 'file' && facts.kind !== 'folder')) this.#dropFolder(path);
      else present.push({ name, path, facts });
    });
    const files = present.filter(({ facts }) => facts.kind === 'file');
    for (const { path } of files) if (this.#folders.has(path)) this.#dropFolder(path);
    await this.#readFiles(folder, files);
    await eachLimited(present, readsAtOnce, async ({ path, facts }) => {
      if (facts.kind === 'file') return;
      if (folder.depth < maximumDepth) {
        if (this.#rows.get(path)?.format !== 'sandbox') this.#dropImage(path);
        await this.#readChild({ path, depth: folder.depth + 1, root: folder.root, facts });
      }
    });
  }

  #loseFolder(folder: Folder): void {
    this.#dropFolder(folder.path);
    if (folder.depth === 0) this.#rootChecks.add(folder.root);
  }

  /** Brings the rows of files up to date: those that are not known as they are now are read, many at once. */
  async #readFiles(folder: Folder, files: readonly FoundFile[]): Promise<void> {
    await this.#known.readEach(files, folder.stop.signal, (batch) => {
      for (const { path } of batch) {
        const image = this.#known.imageAt(path);
        if (image === null) this.#dropRow(path);
        else this.#setRow(image);
        folder.images.add(path);
      }
    });
  }

  async #readSandbox(path: HostPath, facts: FileFacts): Promise<void> {
    this.#setRow(await readSandboxRow(this.#host, { path, facts }));
    this.#folders.get(folderName(path))?.images.add(path);
  }

  #setRow(image: Image): void {
    if (this.#rows.get(image.path) === image) return;
    this.#rows.set(image.path, image);
    for (const feed of this.#feeds) feed.mark(image.path);
  }

  #dropRow(path: HostPath): void {
    if (!this.#rows.delete(path)) return;
    for (const feed of this.#feeds) feed.mark(path);
  }

  #dropImage(path: HostPath): void {
    this.#known.forget(path);
    this.#folders.get(folderName(path))?.images.delete(path);
    this.#dropRow(path);
  }

  #dropFolder(path: HostPath): void {
    this.#dropImage(path); // it may have been a sandbox
    this.#folders.get(folderName(path))?.folders.delete(path);
    const folder = this.#folders.get(path);
    if (folder === undefined) return;
    this.#folders.delete(path);
    folder.stop.abort();
    for (const image of folder.images) this.#dropImage(image);
    for (const child of folder.folders) {
      // A folder below that was chosen by itself stays.
      if (this.#folders.get(child)?.root === folder.root || !this.#folders.has(child))
        this.#dropFolder(child);
    }
  }
}
