import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type HostPath,
  hostPathFromText,
  hostPathSchema,
  hostPathToBytes,
  joinPath,
} from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { compressionSchema } from '#core/contract/images.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { FileFacts, HostFiles } from '#core/hosts/host.ts';

const entryLimitBytes = 65_536;

const ledgerEntrySchema = z.object({
  version: z.literal(1),
  target: hostPathSchema,
  sizeBytes: z.number().int().nonnegative(),
  modifiedAt: z.number(),
  inode: z.string().max(64),
  /** Lower-case hex of the whole file. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** What would make the same image again, see `conversionKey`; null where nothing else could use it. */
  key: z.string().max(1024).nullable(),
  manifestDigest: z.string().max(256).nullable(),
  compression: compressionSchema.nullable(),
  architecture: z.string().max(64).nullable(),
  /** As the person gave it, without credentials. */
  reference: z.string().max(8192),
  taskId: taskIdSchema,
});

/** What one of our tasks made, and by which facts its file is known again. */
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

export interface Ledger {
  /** Replaces what was known of the same target. */
  record(entry: Omit<LedgerEntry, 'version'>): Promise<void>;
  /** The entry of a file, when the file is unchanged since. */
  find(target: HostPath, facts: FileFacts): Promise<LedgerEntry | null>;
  /** Entries with this key, newest first; whether their files are still there is not checked. */
  findByKey(key: string): Promise<readonly LedgerEntry[]>;
  /** Entries of files with this sha256 (hex), newest first; whether their files are still there is not checked. */
  findByDigest(sha256: string): Promise<readonly LedgerEntry[]>;
  /** Forgets a file that was removed. */
  forget(target: HostPath): Promise<void>;
  /** The same file under another name, with the facts that it has now. */
  move(from: HostPath, to: HostPath, facts: FileFacts): Promise<void>;
}

/**
 * A ledger in a folder of its own, one JSON file an entry, named `<hash of key>-<hash of target>.json`: both
 * questions are answered from names. A file that cannot be read or understood is left out, and `onProblem` is told.
 */
export function createLedger(options: {
  readonly files: HostFiles;
  readonly folder: HostPath;
  readonly onProblem: (text: string) => void;
}): Ledger {
  const { files, folder, onProblem } = options;

  async function names(matches: (name: string) => boolean): Promise<readonly HostPath[]> {
    if ((await files.stat(folder)) === null) return [];
    const entries = await files.list(folder);
    const wanted = entries.filter(({ name }) => name.endsWith('.json') && matches(name));
    return wanted.toSorted((a, b) => b.facts.modifiedAt - a.facts.modifiedAt).map(({ name }) => name);
  }

  async function readEntry(name: HostPath): Promise<LedgerEntry | null> {
    try {
      const bytes = await files.read(joinPath(folder, name), 0, entryLimitBytes);
      const entry = ledgerEntrySchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      if (fileName(entry.key, entry.target) === name) return entry;
      onProblem(`${name} in the record of finished pulls speaks of another file and is ignored.`);
    } catch (thrown) {
      onProblem(`${name} in the record of finished pulls is ignored: ${reasonOf(thrown)}`);
    }
    return null;
  }

  async function readEntries(matches: (name: string) => boolean): Promise<readonly LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    for (const name of await names(matches)) {
      const entry = await readEntry(name);
      if (entry !== null) entries.push(entry);
    }
    return entries;
  }

  async function record(entry: Omit<LedgerEntry, 'version'>): Promise<void> {
    const name = fileName(entry.key, entry.target);
    await files.makeFolder(folder, 0o700);
    const old = await names((other) => other.endsWith(suffixOf(entry.target)) && other !== name);
    await files.write(joinPath(folder, name), JSON.stringify({ ...entry, version: 1 }), 0o600);
    for (const other of old) await files.remove(joinPath(folder, other));
  }

  async function forget(target: HostPath): Promise<void> {
    for (const name of await names((other) => other.endsWith(suffixOf(target))))
      await files.remove(joinPath(folder, name));
  }

  return {
    record,
    forget,

    async find(target, facts) {
      const [entry] = await readEntries((name) => name.endsWith(suffixOf(target)));
      return entry !== undefined && isUnchanged(entry, facts) ? entry : null;
    },

    findByKey: (key) => readEntries((name) => name.startsWith(prefixOf(key))),

    findByDigest: async (sha256) =>
      (await readEntries(() => true)).filter((entry) => entry.sha256 === sha256),

    async move(from, to, facts) {
      const [entry] = await readEntries((name) => name.endsWith(suffixOf(from)));
      await forget(from);
      if (entry !== undefined && isUnchanged(entry, facts))
        await record({ ...entry, target: to, modifiedAt: facts.modifiedAt, inode: facts.inode });
    },
  };
}

/**
 * The same manifest, converted in the same way, makes an image with the same content. The source is part of it because
 * the image records it.
 */
export function conversionKey(parts: {
  readonly source: string;
  readonly manifestDigest: string;
  readonly architecture: string;
  readonly compression: string;
}): string {
  return `convert ${parts.source} ${parts.manifestDigest} ${parts.architecture} ${parts.compression}`;
}

/** Whether a file is still the one that was recorded. */
export function isUnchanged(entry: LedgerEntry, facts: FileFacts): boolean {
  return (
    facts.kind === 'file' &&
    facts.sizeBytes === entry.sizeBytes &&
    facts.modifiedAt === entry.modifiedAt &&
    facts.inode === entry.inode
  );
}

function fileName(key: string | null, target: HostPath): HostPath {
  return hostPathFromText(`${prefixOf(key ?? '')}${suffixOf(target)}`);
}

function prefixOf(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}-`;
}

function suffixOf(target: HostPath): string {
  return `${createHash('sha256').update(hostPathToBytes(target)).digest('hex').slice(0, 32)}.json`;
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof z.ZodError) return z.prettifyError(thrown).slice(0, 300);
  return thrown instanceof SyntaxError ? 'it is not JSON' : reportOf(thrown).title;
}
