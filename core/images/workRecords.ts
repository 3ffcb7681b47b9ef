import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathSchema, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import { mayBeAlive, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';

const partKeptMs = 14 * 86_400_000;
const recordLimitBytes = 65_536;
/** Writing a record takes some milliseconds. */
const halfKeptMs = 60_000;

const workRecordSchema = z.object({
  version: z.literal(1),
  owner: processOwnerSchema,
  /** Half-built images: of no use to anybody once the owner is gone. */
  files: z.array(hostPathSchema),
  /** Private folders, by the parent and the beginning of the name: written down before the folder is made. */
  folders: z.array(z.object({ parent: hostPathSchema, prefix: hostPathSchema })),
  /** A half-fetched file and its note, which a later pull continues; kept for 14 days after the last byte. */
  resumable: z.array(hostPathSchema),
});
type WorkRecord = z.infer<typeof workRecordSchema>;

/** What one task has lying about on disk, written down before it is made, so that nothing outlives a crash. */
export interface WorkRecords {
  /** Everything of a task that will not be under its final name yet. */
  begin(id: TaskId, things: Pick<WorkRecord, 'files' | 'folders' | 'resumable'>): Promise<void>;
  /** Removes the temporary things; the resumable one too, unless it is `kept`. */
  end(id: TaskId, things: { readonly isResumableKept: boolean }): Promise<void>;
  /** Removes what dead processes left behind. Answers with the paths that are gone. */
  removeLeftovers(): Promise<readonly HostPath[]>;
}

/** Work records in a folder of their own, one JSON file a task. Failures to clean up are told to `onProblem`. */
export function createWorkRecords(options: {
  readonly host: Host;
  readonly folder: HostPath;
  readonly onProblem: (text: string) => void;
}): WorkRecords {
  const { files } = options.host;
  const fileOf = (id: TaskId) => joinPath(options.folder, hostPathFromText(`${id}.json`));

  async function read(file: HostPath): Promise<WorkRecord | null> {
    try {
      const bytes = await files.read(file, 0, recordLimitBytes);
      return workRecordSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (thrown) {
      if (reportOf(thrown).code !== 'host.pathMissing')
        options.onProblem(`The record ${file} of unfinished work cannot be read: ${reportOf(thrown).title}`);
      return null;
    }
  }

  async function temporaryOf(record: WorkRecord): Promise<readonly HostPath[]> {
    const paths = [...record.files];
    for (const { parent, prefix } of record.folders) {
      const entries = await files.list(parent).catch(() => []); // a parent that is gone holds nothing
      for (const { name } of entries) if (name.startsWith(prefix)) paths.push(joinPath(parent, name));
    }
    return paths;
  }

  async function removeAll(paths: readonly HostPath[]): Promise<readonly HostPath[]> {
    const gone: HostPath[] = [];
    for (const path of paths) {
      try {
        await files.remove(path);
        gone.push(path);
      } catch (thrown) {
        options.onProblem(`${path} was left behind: ${reportOf(thrown).title}`);
      }
    }
    return gone;
  }

  /** Temporary things go; a resumable one stays while it is young. True when nothing is left to remember. */
  async function settle(record: WorkRecord): Promise<{ gone: readonly HostPath[]; isSettled: boolean }> {
    const temporary = await temporaryOf(record);
    const gone = await removeAll(temporary);
    let isSettled = gone.length === temporary.length;
    const old: HostPath[] = [];
    for (const path of record.resumable) {
      const facts = await files.stat(path).catch(() => null); // out of reach now: of no use to keep in mind
      if (facts === null) continue;
      if (Date.now() - facts.modifiedAt < partKeptMs) isSettled = false;
      else old.push(path);
    }
    return { gone: [...gone, ...(await removeAll(old))], isSettled };
  }

  /** A record whose process died before it had its name; nothing of its task was made yet. */
  async function removeHalf(file: HostPath, { modifiedAt }: FileFacts): Promise<void> {
    const bytes = await files.read(file, 0, recordLimitBytes).catch(() => null); // it has its name by now
    if (bytes === null) return;
    const record = workRecordSchema.safeParse(jsonOrNull(new TextDecoder().decode(bytes)));
    const isOld = Date.now() - modifiedAt > halfKeptMs;
    if (record.success ? !mayBeAlive(record.data.owner) : isOld) await removeAll([file]);
  }

  return {
    async begin(id, things) {
      await files.makeFolder(options.folder, 0o700);
      const record: WorkRecord = { ...things, version: 1, owner: thisProcess };
      await files.write(fileOf(id), JSON.stringify(record), 0o600);
    },

    async end(id, { isResumableKept }) {
      const record = await read(fileOf(id));
      if (record === null) return;
      const temporary = await temporaryOf(record);
      const gone = await removeAll(temporary);
      if (gone.length < temporary.length) return; // startup tries again
      if (record.resumable.length > 0 && isResumableKept) return; // startup removes it when it is old
      await removeAll(record.resumable);
      await files.remove(fileOf(id));
    },

    async removeLeftovers() {
      if ((await files.stat(options.folder)) === null) return [];
      const removed: HostPath[] = [];
      for (const { name, facts } of await files.list(options.folder)) {
        const file = joinPath(options.folder, name);
        if (isHalfRecord(name)) await removeHalf(file, facts);
        if (!name.endsWith('.json')) continue;
        const record = await read(file);
        if (record !== null && mayBeAlive(record.owner)) continue;
        const { gone, isSettled } = record === null ? { gone: [], isSettled: true } : await settle(record);
        removed.push(...gone);
        if (isSettled) await files.remove(file);
      }
      return removed;
    },
  };
}

/** The name of a record while it is written: `files.write` puts the bytes beside it first. */
function isHalfRecord(name: HostPath): boolean {
  return name.startsWith('.') && /\.json\.[0-9a-f]+\.part$/.test(name);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // torn: judged by its age
  }
}
