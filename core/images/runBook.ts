import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathSchema, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, hostIdSchema } from '#core/contract/ids.ts';
import { type RememberedRun, rememberedRunSchema } from '#core/contract/images.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';

const mostRuns = 500;
const bookLimitBytes = 8 * 1024 * 1024;
const bookSchema = z.object({
  version: z.literal(1),
  /** The last one used is the last. */
  runs: z.array(z.object({ hostId: hostIdSchema, path: hostPathSchema, run: rememberedRunSchema })),
});
type Runs = z.infer<typeof bookSchema>['runs'];

/** How images were started last: the isolation that a person chose for one holds until another is chosen. */
export interface RunBook {
  recall(hostId: HostId, path: HostPath): Promise<RememberedRun | null>;
  remember(hostId: HostId, path: HostPath, run: RememberedRun): Promise<void>;
}

/** The book as a file of the state folder of this machine, for the last 500 images. */
export function createRunBook(files: HostFiles, stateFolder: HostPath): RunBook {
  const folder = joinPath(stateFolder, hostPathFromText('images'));
  const file = joinPath(folder, hostPathFromText('runs.json'));
  let writing = Promise.resolve();

  async function read(): Promise<Runs> {
    try {
      const bytes = await files.read(file, 0, bookLimitBytes);
      return bookSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).runs;
    } catch (thrown) {
      // Without it every image starts with the defaults, which hinders nobody.
      if (reportOf(thrown).code !== 'host.pathMissing') process.emitWarning(`${file} cannot be read`);
      return [];
    }
  }

  async function write(hostId: HostId, path: HostPath, run: RememberedRun): Promise<void> {
    const others = (await read()).filter((one) => one.hostId !== hostId || one.path !== path);
    const runs = [...others, { hostId, path, run }].slice(-mostRuns);
    await files.makeFolder(folder, 0o700);
    await files.write(file, JSON.stringify({ version: 1, runs }), 0o600);
  }

  return {
    async recall(hostId, path) {
      await writing;
      return (await read()).find((one) => one.hostId === hostId && one.path === path)?.run ?? null;
    },
    async remember(hostId, path, run) {
      const done = writing.then(() => write(hostId, path, run));
      writing = done.catch(() => undefined); // told to whoever asked for it
      await done;
    },
  };
}
