import * as fs from 'node:fs/promises';
import {
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathToBytes,
  hostPathToText,
  joinPath,
} from '#core/contract/hostPath.ts';
import { partPath } from '#core/images/pullTarget.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { ImportMeans } from './importMeans.ts';

/** Where an import works: one private folder, and the part beside the target. All of it is gone in the end. */
export interface Workplace {
  /** What is made, under its temporary name: on the target's file system where the target is of this machine. */
  readonly part: HostPath;
  /** A path in the private folder. */
  inside(name: string): HostPath;
  readonly home: HostPath;
  readonly temporary: HostPath;
  readonly cache: HostPath;
}

/** `target` null: what is made is sent away, and is kept in the private folder. */
export async function withWorkplace<Result>(
  means: ImportMeans,
  context: TaskContext,
  place: { readonly target: HostPath | null; readonly neededBytes: number },
  work: (workplace: Workplace) => Promise<Result>,
): Promise<Result> {
  const parent = await roomyFolder(means, place);
  const prefix = hostPathFromText(`.mysingularity-${context.id}-`);
  const beside = place.target === null ? null : partPath(place.target, context.id);
  await means.records.begin(context.id, {
    files: beside === null ? [] : [beside],
    folders: [{ parent, prefix }],
    resumable: [],
  });
  try {
    const { files } = means.host;
    const folder = await files.makeTemporaryFolder(parent, prefix);
    const inside = (name: string) => joinPath(folder, hostPathFromText(name));
    await files.makeFolder(inside('home'), 0o700);
    await files.makeFolder(inside('tmp'), 0o700);
    return await work({
      part: beside ?? inside('image.sif'),
      inside,
      home: inside('home'),
      temporary: inside('tmp'),
      cache: inside('cache'),
    });
  } finally {
    await means.records.end(context.id, { isResumableKept: false });
  }
}

/** A link of a plain name to a file or folder whose own name a program could take for something else. */
export async function linkTo(path: HostPath, link: HostPath): Promise<HostPath> {
  await fs.symlink(Buffer.from(hostPathToBytes(path)), Buffer.from(hostPathToBytes(link)));
  return link;
}

/** The temporary folder where everything will surely fit there, else the one with more room of it and the target's. */
async function roomyFolder(
  means: ImportMeans,
  { target, neededBytes }: { readonly target: HostPath | null; readonly neededBytes: number },
): Promise<HostPath> {
  const usual = means.temporaryFolder;
  const beside = target === null ? means.stateFolder : folderName(target);
  const usualBytes = await means.host.files.freeBytes(usual);
  if (usualBytes >= neededBytes || hostPathToText(beside) === null) return usual;
  return (await means.host.files.freeBytes(beside)) > usualBytes ? beside : usual;
}
