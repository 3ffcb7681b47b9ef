import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathToBytes, joinPath } from '#core/contract/hostPath.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import { fileError } from '#core/hosts/fileErrors.ts';
import type { Host } from '#core/hosts/host.ts';
import { mayBeAlive, processOwnerSchema, thisProcess } from '#core/hosts/processOwner.ts';
import type { Uploads } from './imports.ts';

const mostAtOnce = 8;
const longestPiece = 8 * 1024 * 1024;
const longestNameBytes = 200;
const ownerFile = hostPathFromText('owner.json');
const ownerSchema = z.object({ owner: processOwnerSchema });

interface Upload {
  readonly folder: HostPath;
  readonly path: HostPath;
  readonly sizeBytes: number;
  readonly file: fs.FileHandle;
  doneBytes: number;
  /** One piece after the other, whoever sends them. */
  working: Promise<unknown>;
}

/** Uploads as imports see them. */
export interface UploadsOfStart extends Uploads {
  /**
   * Runs the import of a path. An upload is gone when its import has succeeded or was cancelled; one whose import failed
   * is kept for another try, until others want its place.
   */
  importing<Value>(path: HostPath | null, signal: AbortSignal, work: () => Promise<Value>): Promise<Value>;
  /** Removes what dead processes left behind. */
  removeLeftovers(): Promise<void>;
}

/** Uploads in `uploads/<id>/<name>` of the state folder, each with a note of the process that it belongs to. */
export function createUploads(options: {
  readonly host: Host;
  readonly stateFolder: HostPath;
  readonly onProblem: (text: string) => void;
}): UploadsOfStart {
  const { files } = options.host;
  const parent = joinPath(options.stateFolder, hostPathFromText('uploads'));
  const open = new Map<string, Upload>();
  const finished = new Map<string, HostPath>();
  /** Finished ones whose import failed, the oldest first. */
  const failed = new Set<string>();
  /** How many imports of one are at work. */
  const users = new Map<string, number>();
  let beginning = 0;

  function known(uploadId: string): Upload {
    const upload = open.get(uploadId);
    if (upload === undefined) throw invalid('This upload is not known any more');
    return upload;
  }

  /** Work on one upload at a time. */
  async function inTurn<Value>(upload: Upload, work: () => Promise<Value>): Promise<Value> {
    const turn = upload.working.then(work, work);
    upload.working = turn.catch(() => undefined); // told to whoever asked for it
    return await turn;
  }

  async function begin({ name, sizeBytes }: { readonly name: string; readonly sizeBytes: number }) {
    const [oldest] = failed;
    const isFull = open.size + finished.size + beginning >= mostAtOnce;
    if (isFull && oldest === undefined) throw invalid(`At most ${mostAtOnce} files are taken at once`);
    beginning += 1;
    try {
      if (isFull && oldest !== undefined) await drop(oldest);
      await files.makeFolder(parent, 0o700);
      const freeBytes = await files.freeBytes(parent);
      if (freeBytes < sizeBytes)
        throw workbenchError('disk.full', { path: parent, neededBytes: sizeBytes, freeBytes });
      const id = randomBytes(16).toString('hex');
      const folder = joinPath(parent, hostPathFromText(id));
      await files.makeFolder(folder, 0o700);
      await files.write(joinPath(folder, ownerFile), JSON.stringify({ owner: thisProcess }), 0o600);
      const path = joinPath(folder, hostPathFromText(safeName(name)));
      const file = await fs.open(Buffer.from(hostPathToBytes(path)), 'wx', 0o600);
      open.set(id, { folder, path, sizeBytes, file, doneBytes: 0, working: Promise.resolve() });
      return id;
    } finally {
      beginning -= 1;
    }
  }

  async function write(uploadId: string, offset: number, bytes: Uint8Array): Promise<void> {
    const upload = known(uploadId);
    await inTurn(upload, async () => {
      if (offset !== upload.doneBytes)
        throw invalid(`The next piece begins at byte ${upload.doneBytes}, not at ${offset}`);
      if (bytes.length > longestPiece) throw invalid('A piece has at most 8 MiB');
      if (offset + bytes.length > upload.sizeBytes) throw invalid('The file is longer than was announced');
      try {
        for (let done = 0; done < bytes.length; )
          done += (await upload.file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
      } catch (thrown) {
        throw fileError(thrown, upload.path);
      }
      upload.doneBytes += bytes.length;
    });
  }

  async function end(uploadId: string): Promise<HostPath> {
    const upload = known(uploadId);
    return await inTurn(upload, async () => {
      if (upload.doneBytes !== upload.sizeBytes)
        throw invalid(`${upload.doneBytes} of ${upload.sizeBytes} bytes have come`);
      await upload.file.close();
      open.delete(uploadId);
      finished.set(uploadId, upload.folder);
      return upload.path;
    });
  }

  async function drop(uploadId: string): Promise<void> {
    const upload = open.get(uploadId);
    const folder = upload?.folder ?? finished.get(uploadId);
    open.delete(uploadId);
    finished.delete(uploadId);
    failed.delete(uploadId);
    if (upload !== undefined) await inTurn(upload, () => upload.file.close());
    if (folder !== undefined) await files.remove(folder);
  }

  async function importing<Value>(
    path: HostPath | null,
    signal: AbortSignal,
    work: () => Promise<Value>,
  ): Promise<Value> {
    const uploadId = path === null ? undefined : uploadOf(path);
    if (uploadId === undefined) return await work();
    failed.delete(uploadId); // it is wanted again
    users.set(uploadId, (users.get(uploadId) ?? 0) + 1);
    let hasFailed = false;
    try {
      return await work();
    } catch (thrown) {
      hasFailed = !signal.aborted;
      throw thrown;
    } finally {
      const others = (users.get(uploadId) ?? 1) - 1;
      users.set(uploadId, others);
      if (others === 0) {
        users.delete(uploadId);
        if (!hasFailed) await dropImported(uploadId);
        else if (finished.has(uploadId)) failed.add(uploadId);
      }
    }
  }

  /** What came of the import counts: a copy that cannot be removed is told, and goes with the next start. */
  async function dropImported(uploadId: string): Promise<void> {
    try {
      await drop(uploadId);
    } catch (thrown) {
      options.onProblem(`The upload ${uploadId} was left behind: ${reportOf(thrown).title}`);
    }
  }

  function uploadOf(path: HostPath): string | undefined {
    for (const [id, folder] of finished) if (path.startsWith(`${folder}/`)) return id;
    return undefined;
  }

  async function removeLeftovers(): Promise<void> {
    if ((await files.stat(parent)) === null) return;
    for (const { name } of await files.list(parent)) {
      const folder = joinPath(parent, name);
      try {
        if (!(await mayStillBeUsed(folder))) await files.remove(folder);
      } catch (thrown) {
        options.onProblem(`${folder} was left behind: ${reportOf(thrown).title}`);
      }
    }
  }

  /** A folder without a note is one that is being made, or that a process left while it made it: told by its age. */
  async function mayStillBeUsed(folder: HostPath): Promise<boolean> {
    const [bytes] = await files.readMany([{ path: joinPath(folder, ownerFile), offset: 0, length: 4096 }]);
    const text = bytes === null || bytes === undefined ? '' : new TextDecoder().decode(bytes);
    const note = ownerSchema.safeParse(jsonOrNull(text));
    if (note.success) return mayBeAlive(note.data.owner);
    const facts = await files.stat(folder);
    return facts !== null && Date.now() - facts.modifiedAt < 3_600_000;
  }

  return {
    begin,
    write,
    end,
    drop,
    importing,
    removeLeftovers,
    async dispose() {
      for (const id of [...open.keys(), ...finished.keys()]) await drop(id);
    },
  };
}

/** The name that a browser tells → one that is plain on every disk; it is only shown and used for a proposal. */
function safeName(name: string): string {
  const plain = (name.split(/[/\\]/).at(-1) ?? '').replace(/[^\p{L}\p{N}._+@=-]+/gu, '_').replace(/^\.+/, '');
  let kept = plain;
  while (Buffer.byteLength(kept) > longestNameBytes) kept = kept.slice(1); // the end tells what it is
  return kept === '' || kept === 'owner.json' ? 'upload' : kept;
}

function invalid(reason: string) {
  return workbenchError('input.invalid', { field: 'upload', reason });
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // judged by the schema
  }
}
