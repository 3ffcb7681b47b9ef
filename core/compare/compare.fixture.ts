import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompareInput } from '#core/contract/compare.ts';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { readImageDetail } from '#core/images/detail.ts';
import { openHostLedger } from '#core/images/hostLedger.ts';
import { createWorkRecords } from '#core/images/workRecords.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import type { Comparing } from './comparing.ts';
import { createComparing } from './createComparing.ts';

/** Comparisons in a folder of their own, with everything real but the tasks' manager. */
export interface ComparingFixture {
  readonly folder: string;
  /** Where images are unpacked that must be. */
  readonly temporary: string;
  readonly state: string;
  readonly comparing: Comparing;
  at(...names: readonly string[]): string;
  run(left: string, right: string, options?: RunOptions): Promise<Compared>;
  dispose(): void;
}

interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onPhase?: (phase: string) => void;
}

interface Compared {
  readonly id: TaskId;
  readonly result: TaskResult;
}

/** `path` goes before the folders of programs. */
export function createComparingFixture(options: { readonly path?: string } = {}): ComparingFixture {
  const folder = mkdtempSync(join(tmpdir(), 'compare-test-'));
  const temporary = join(folder, 'tmp');
  const state = join(folder, 'state');
  for (const path of [temporary, state]) mkdirSync(path);
  const environment = scrubbedEnvironment(process.env, null);
  const host = createLocalHost({
    environment: {
      ...environment,
      ...(options.path === undefined ? {} : { PATH: `${options.path}:${environment['PATH'] ?? ''}` }),
    },
    observer: { started: () => ({ ended: () => undefined }) },
  });
  const stateFolder = hostPathFromText(state);
  const onProblem = (text: string) => {
    throw new Error(text);
  };
  const ledger = openHostLedger(host, { files: host.files, stateFolder, onProblem });
  const comparing = createComparing({
    host,
    describe: (path) => readImageDetail({ host, hostArchitecture: 'amd64', ledger }, path),
    records: createWorkRecords({ host, folder: joinPath(stateFolder, hostPathFromText('work')), onProblem }),
    temporaryFolder: hostPathFromText(temporary),
    memoryFolder: () => Promise.resolve(null),
    stateFolder,
  });
  let count = 0;
  return {
    folder,
    temporary,
    state,
    comparing,
    at: (...names) => join(folder, ...names),
    async run(left, right, { signal, onPhase } = {}) {
      count += 1;
      const id = taskIdSchema.parse(`task-${process.pid}-${count}`);
      const result = await comparing.definition.run(compareInput(left, right), {
        id,
        signal: signal ?? new AbortController().signal,
        report: ({ phase }) => onPhase?.(phase),
        log: () => undefined,
        resumeFrom: 0,
        isAdopted: false,
      });
      return { id, result };
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A comparison as the page would ask for it. */
export function compareInput(left: string, right: string): CompareInput {
  return {
    left: { hostId: localHostId, path: hostPathFromText(left) },
    right: { hostId: localHostId, path: hostPathFromText(right) },
  };
}
