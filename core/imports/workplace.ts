import * as fs from 'node:fs/promises';
import {
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathToBytes,
  hostPathToText,
  joinPath,
} from '#core/contract/hostPath.ts';
import type { ImageForm } from '#core/contract/images.ts';
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

interface Place {
  readonly target: HostPath | null;
  readonly form: ImageForm;
  readonly neededBytes: number;
}

/**
 * `target` null: what is made is sent away, and is kept in the private folder. A sandbox is made in a private folder
 * beside its target, because the runtime puts a folder of its own (`build-temp-…`) beside what it makes.
 */
export async function withWorkplace<Result>(
  means: ImportMeans,
  context: TaskContext,
  place: Place,
  work: (workplace: Workplace) => Promise<Result>,
): Promise<Result> {
  const parent = await roomyFolder(means, place);
  const prefix = hostPathFromText(`.mysingularity-${context.id}-`);
  const sandboxParent = place.form === 'sandbox' && place.target !== null ? folderName(place.target) : null;
  const beside = place.target === null || sandboxParent !== null ? null : partPath(place.target, context.id);
  await means.records.begin(context.id, {
    files: beside === null ? [] : [beside],
    folders: [parent, ...(sandboxParent === null ? [] : [sandboxParent])].map((each) => ({
      parent: each,
      prefix,
    })),
    resumable: [],
  });
  try {
    const { files } = means.host;
    const folder = await files.makeTemporaryFolder(parent, prefix);
    const inside = (name: string) => joinPath(folder, hostPathFromText(name));
    await files.makeFolder(inside('home'), 0o700);
    await files.makeFolder(inside('tmp'), 0o700);
    const part =
      sandboxParent === null
        ? (beside ?? inside('image.sif'))
        : joinPath(await files.makeTemporaryFolder(sandboxParent, prefix), hostPathFromText('sandbox'));
    return await work({
      part,
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
async function roomyFolder(means: ImportMeans, { target, neededBytes }: Place): Promise<HostPath> {
  const usual = means.temporaryFolder;
  const beside = target === null ? means.stateFolder : folderName(target);
  const usualBytes = await means.host.files.freeBytes(usual);
  if (usualBytes >= neededBytes || hostPathToText(beside) === null) return usual;
  return (await means.host.files.freeBytes(beside)) > usualBytes ? beside : usual;
}
