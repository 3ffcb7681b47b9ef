import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Progress, TaskKind, TaskResult } from '#core/contract/tasks.ts';
import { runtimeOf } from '#core/hosts/chosenRuntime.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalEntry } from '#core/hosts/localEntry.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { createSandboxes } from './createSandboxes.ts';
import type { Sandboxes } from './sandboxes.ts';

/** Sandboxes of this machine, or of the host that is given, with their state in a folder of their own. */
export interface SandboxesFixture {
  readonly sandboxes: Sandboxes;
  run(kind: TaskKind, input: unknown, onProgress?: OnProgress): Promise<TaskResult>;
  /** Removes a sandbox as one of the images of this machine. */
  removeAsImage(tree: string): Promise<void>;
  /** Keeps what a sandbox begins with, as a pull does that has made it (`make`). */
  note(tree: string, make?: () => void): Promise<TaskResult>;
}

type OnProgress = (progress: Partial<Progress> & Pick<Progress, 'phase'>) => void;

export function openSandboxes(
  folder: string,
  options: { readonly hasRuntime?: boolean; readonly host?: Host } = {},
): SandboxesFixture {
  mkdirSync(join(folder, 'state'), { recursive: true });
  const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', TERM: 'dumb' };
  const local = createLocalHost({ environment, observer: { started: () => ({ ended: () => undefined }) } });
  const path = hostPathFromText(folder);
  const entry = createLocalEntry({
    host: local,
    preferences: () => ({ runtimePath: null, imageFolders: [path], imageFolder: path }),
    onChange: () => undefined,
  });
  const sandboxes = createSandboxes({
    local,
    hosts: {
      open: () => Promise.resolve(options.host ?? local),
      runtime: async () => {
        if (options.hasRuntime !== false) return runtimeOf(await entry.known(), localHostId);
        const { workbenchError } = await import('#core/errors/workbenchError.ts');
        throw workbenchError('runtime.missing');
      },
    },
    libraryOf: () => Promise.resolve([]),
    defaultFolder: () => path,
    build: () => Promise.reject(new Error('nothing is built in this test')),
    stateFolder: hostPathFromText(join(folder, 'state')),
    onProblem: (text) => {
      throw new Error(text);
    },
  });
  const context = (onProgress: OnProgress) => {
    return {
      id: taskIdSchema.parse(randomUUID()),
      signal: new AbortController().signal,
      report: onProgress,
      log: () => undefined,
      resumeFrom: 0,
      isAdopted: false,
    };
  };
  return {
    sandboxes,
    async run(kind, input, onProgress = () => undefined) {
      const definition = sandboxes.taskDefinitions.find((one) => one.kind === kind);
      if (definition === undefined) throw new Error(`no work ${kind}`);
      return await definition.run(input, context(onProgress));
    },
    async removeAsImage(tree) {
      const path = hostPathFromText(tree);
      await sandboxes.removing({ hostId: localHostId, paths: [path] }, (removeFolder) => removeFolder(path));
    },
    async note(tree, make = () => undefined) {
      const [definition] = sandboxes.taskDefinitions;
      if (definition === undefined) throw new Error('no work at all');
      const target = hostPathFromText(tree);
      const result = { path: target, digest: null, sizeBytes: null, facts: {} };
      const pulled = sandboxes.noting(
        {
          ...definition,
          describe: () => ({ title: tree, hostId: localHostId, target, byHand: null }),
          run: async () => {
            make();
            return result;
          },
        },
        {
          of: () => ({
            hostId: localHostId,
            folder: null,
            base: { kind: 'registry', from: 'docker://r.example.org/x:1' },
            file: null,
            needsOwners: false,
          }),
        },
      );
      return await pulled.run(
        {},
        context(() => undefined),
      );
    },
  };
}
