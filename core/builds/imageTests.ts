import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ImageTest, imageTestSchema, type TestInput, testInputSchema } from '#core/contract/builds.ts';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathToBytes,
  joinPath,
} from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, HostFiles } from '#core/hosts/host.ts';
import { testCommand } from '#core/runtime/buildDefinition.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import type { BuildMeans } from './buildMeans.ts';

const keptOutput = 8192;
const recordLimitBytes = 65_536;

const keptTestSchema = z.object({
  /** By which the file is known again. */
  sizeBytes: z.number(),
  modifiedAt: z.number(),
  inode: z.string().max(64),
  test: imageTestSchema,
});

/** What the tests of images said, one JSON file an image. */
export interface ImageTests {
  readonly definition: TaskDefinition<TestInput>;
  /** Null where the image was never tested, or is another file since. */
  find(hostId: HostId, path: HostPath, facts: FileFacts): Promise<ImageTest | null>;
}

export function createImageTests(
  means: Pick<BuildMeans, 'hosts' | 'onProblem'> & {
    readonly files: HostFiles;
    readonly folder: HostPath;
    /** The %test of an image: empty where it has none, null where that cannot be known without running it. */
    readonly testOf: (hostId: HostId, path: HostPath) => Promise<string | null>;
  },
): ImageTests {
  const { files, folder } = means;
  const fileOf = (hostId: HostId, path: HostPath) => {
    const name = createHash('sha256').update(`${hostId}\0`).update(hostPathToBytes(path)).digest('hex');
    return joinPath(folder, hostPathFromText(`${name.slice(0, 32)}.json`));
  };

  async function run({ hostId, path }: TestInput, context: TaskContext): Promise<TaskResult> {
    const host = await means.hosts.open(hostId);
    const facts = await host.files.stat(path);
    if (facts === null) throw workbenchError('image.missing', { path }, { hostId });
    // The runtime ends with 0 and says nothing where there is no test: that must not count as passed.
    if ((await means.testOf(hostId, path))?.trim() === '') {
      context.log('note', 'This image has no %test: nothing was run.');
      return { path, digest: null, sizeBytes: null, facts: { test: 'none' } };
    }
    const runtime = await means.hosts.runtime(hostId);
    context.report({ phase: 'verify', text: 'Running the test of the image' });
    const spec = testCommand(runtime, path);
    const outcome = await host.run(spec, {
      signal: context.signal,
      workingFolder: folderName(path),
      taskId: context.id,
      onLine: (line, stream) => context.log(stream, line),
    });
    const { exitStatus, durationMs } = outcome;
    const output = stripAnsi(`${outcome.stdout}${outcome.stderr}`).slice(-keptOutput);
    const test: ImageTest = {
      outcome: exitStatus === 0 ? 'passed' : 'failed',
      exitStatus,
      testedAt: Date.now(),
      durationMs,
      output,
    };
    await files.makeFolder(folder, 0o700);
    const { sizeBytes, modifiedAt, inode } = facts;
    await files.write(fileOf(hostId, path), JSON.stringify({ sizeBytes, modifiedAt, inode, test }), 0o600);
    if (test.outcome === 'failed')
      throw workbenchError(
        'build.testFailed',
        { name: baseName(path), exitStatus, outputTail: output.slice(-2000) },
        { hostId, evidence: output, exitStatus },
      );
    return { path, digest: null, sizeBytes: null, facts: { test: 'passed' } };
  }

  return {
    definition: {
      kind: 'image.test',
      input: testInputSchema,
      describe: ({ hostId, path }) => ({
        title: path,
        hostId,
        target: null,
        byHand: `apptainer test ${quotePath(path)}`,
      }),
      storedInput: (input) => input,
      run,
    },
    async find(hostId, path, facts) {
      const file = fileOf(hostId, path);
      if ((await files.stat(file)) === null) return null;
      try {
        const bytes = await files.read(file, 0, recordLimitBytes);
        const kept = keptTestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
        const isSame =
          kept.sizeBytes === facts.sizeBytes &&
          kept.modifiedAt === facts.modifiedAt &&
          kept.inode === facts.inode;
        return isSame ? kept.test : null;
      } catch (thrown) {
        means.onProblem(`${file} in the results of tests is left out: ${reportOf(thrown).title}`);
        return null;
      }
    },
  };
}
