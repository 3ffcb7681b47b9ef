import { z } from 'zod';
import { type KeptCheckpoint, keptCheckpointSchema } from '#core/contract/builds.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { FileFacts, HostFiles } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';

/** Without being used, a checkpoint stays this long. */
export const checkpointDays = 30;
/** All of them together; the least used go when there is more. */
export const checkpointCapBytes = 20e9;

const dayMs = 86_400_000;
const noteLimitBytes = 65_536;

/** Beside the image of a checkpoint, and written after it: without one an image is not whole. */
const noteSchema = keptCheckpointSchema.extend({
  version: z.literal(1),
  /** The key without what registries say of the base. */
  localKey: keptCheckpointSchema.shape.key,
});
type Note = z.infer<typeof noteSchema>;

/** What is known of a checkpoint before it is made. */
export type Made = Pick<Note, 'key' | 'localKey' | 'name' | 'definitionName'>;

/** A note but for the size of the image (`sizeBytes`) and its times (`createdAt`, `lastUsedAt`). */
export function begunNote({ key, localKey, name, definitionName }: Made) {
  return {
    version: 1 as const,
    key,
    localKey,
    name: name.slice(0, 1024),
    definitionName: definitionName.slice(0, 1024),
  };
}

/** What goes: the union of what is named. */
export interface CheckpointRemoval {
  readonly keys: readonly string[];
  readonly olderThanDays: number | null;
  readonly keepBytes: number | null;
}

/**
 * Images of checkpoints in a folder of their own, by their keys: `KEY.sif`, and `KEY.json` that says whose it is. SIFs and
 * not folders: with zstd 3 a tree of 266 MB is packed in 1 s and unpacked in 0.9 s, where the runtime takes 4 s to copy it
 * as a folder; and a SIF has one owner, whatever ids the files in it have.
 */
export interface CheckpointStore {
  readonly folder: HostPath;
  /** Makes the folder, for the person alone. */
  makeFolder(): Promise<void>;
  imageOf(key: string): HostPath;
  /** Where a task makes the image of its next checkpoint. */
  partOf(id: TaskId): HostPath;
  /** Null for one that is not there, or not as it was made. */
  find(key: string): Promise<KeptCheckpoint | null>;
  /** For each of some keys the last used one with the same key but for the base's digest. */
  findLike(localKeys: readonly string[]): Promise<readonly (KeptCheckpoint | null)[]>;
  /** Gives a finished image its name. */
  keep(part: HostPath, note: Made): Promise<void>;
  /** It was built on now. */
  touch(key: string): Promise<void>;
  /** The last used first. */
  list(): Promise<readonly KeptCheckpoint[]>;
  /** Answers with what is gone. */
  remove(which: CheckpointRemoval): Promise<readonly KeptCheckpoint[]>;
  /** Removes what is too old, what is too much, but none of `spared`; and images without a note. */
  prune(spared: readonly string[]): Promise<void>;
}

export function createCheckpointStore(options: {
  readonly files: HostFiles;
  readonly folder: HostPath;
  readonly onProblem: (text: string) => void;
}): CheckpointStore {
  const { files, folder, onProblem } = options;
  const imageOf = (key: string) => joinPath(folder, hostPathFromText(`${key}.sif`));
  const noteOf = (key: string) => joinPath(folder, hostPathFromText(`${key}.json`));

  function parse(key: string, text: Uint8Array, image: FileFacts | null): Note | null {
    try {
      const note = noteSchema.parse(JSON.parse(new TextDecoder().decode(text)));
      return note.key === key && image?.kind === 'file' && image.sizeBytes === note.sizeBytes ? note : null;
    } catch (thrown) {
      return leftOut(key, thrown); // not written by us
    }
  }

  async function read(key: string): Promise<Note | null> {
    try {
      if ((await files.stat(noteOf(key))) === null) return null;
      const bytes = await files.read(noteOf(key), 0, noteLimitBytes);
      return parse(key, bytes, await files.stat(imageOf(key)));
    } catch (thrown) {
      if (isLineFailure(thrown)) throw thrown;
      return leftOut(key, thrown);
    }
  }

  function leftOut(key: string, thrown: unknown): null {
    onProblem(`The checkpoint ${key} is left out: ${reportOf(thrown).title}`);
    return null;
  }

  const write = (note: Note) => files.write(noteOf(note.key), JSON.stringify(note), 0o600);

  async function notes(): Promise<readonly Note[]> {
    if ((await files.stat(folder)) === null) return [];
    const entries = await files.list(folder);
    const images = new Map(entries.map(({ name, facts }): [string, FileFacts] => [name, facts]));
    const keys = entries.flatMap(({ name }) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []);
    // On an ssh host one round trip for all of them.
    const texts = await files.readMany(
      keys.map((key) => ({ path: noteOf(key), offset: 0, length: noteLimitBytes })),
    );
    const found = keys.flatMap((key, index) => {
      const text = texts[index];
      // Null: it went in the meantime.
      const note = text == null ? null : parse(key, text, images.get(`${key}.sif`) ?? null);
      return note === null ? [] : [note];
    });
    return found.toSorted((one, other) => other.lastUsedAt - one.lastUsedAt);
  }

  async function removeOne(key: string): Promise<void> {
    // The note first: what is left of a removal that was cut short is no checkpoint any more.
    await files.remove(noteOf(key));
    await files.remove(imageOf(key));
  }

  async function removeNotes(
    which: CheckpointRemoval,
    spared: ReadonlySet<string>,
  ): Promise<readonly Note[]> {
    const { keys, olderThanDays, keepBytes } = which;
    const oldest = olderThanDays === null ? null : Date.now() - olderThanDays * dayMs;
    const removed: Note[] = [];
    let rest = 0;
    for (const note of await notes()) {
      const isNamed = keys.includes(note.key) || (oldest !== null && note.lastUsedAt < oldest);
      const isTooMuch = keepBytes !== null && rest + note.sizeBytes > keepBytes;
      if (spared.has(note.key) || !(isNamed || isTooMuch)) {
        rest += note.sizeBytes;
        continue;
      }
      await removeOne(note.key);
      removed.push(note);
    }
    return removed;
  }

  return {
    folder,
    makeFolder: () => files.makeFolder(folder, 0o700),
    imageOf,
    partOf: (id) => joinPath(folder, hostPathFromText(`.part-${id}.sif`)),
    find: async (key) => {
      const note = await read(key);
      return note === null ? null : shown(note);
    },
    async findLike(localKeys) {
      const all = await notes();
      return localKeys.map((localKey) => {
        const note = all.find((one) => one.localKey === localKey);
        return note === undefined ? null : shown(note);
      });
    },
    async keep(part, note) {
      const facts = await files.stat(part);
      const now = Date.now();
      await files.rename(part, imageOf(note.key), { overwrite: true });
      await write({
        ...begunNote(note),
        sizeBytes: facts?.sizeBytes ?? 0,
        createdAt: now,
        lastUsedAt: now,
      });
    },
    async touch(key) {
      const note = await read(key);
      if (note !== null) await write({ ...note, lastUsedAt: Date.now() });
    },
    list: async () => (await notes()).map(shown),
    remove: async (which) => (await removeNotes(which, new Set())).map(shown),
    async prune(spared) {
      if ((await files.stat(folder)) === null) return;
      const limits = { keys: [], olderThanDays: checkpointDays, keepBytes: checkpointCapBytes };
      await removeNotes(limits, new Set(spared));
      const kept = new Set((await notes()).map(({ key }) => key));
      for (const { name, facts } of await files.list(folder)) {
        const key = /^([0-9a-f]{64})\.(?:sif|json)$/.exec(name)?.[1];
        // A young one may be about to get its note.
        const isOld = Date.now() - facts.modifiedAt > dayMs;
        if (key !== undefined && !kept.has(key) && isOld) await removeOne(key);
        // Of a build on a host whose notes of what it does were removed.
        if (name.startsWith('.part-') && isOld) await files.remove(joinPath(folder, name));
      }
    },
  };
}

function shown(note: Note): KeptCheckpoint {
  const { key, name, definitionName, sizeBytes, createdAt, lastUsedAt } = note;
  return { key, name, definitionName, sizeBytes, createdAt, lastUsedAt };
}
