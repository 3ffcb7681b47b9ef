import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { TaskKind, TaskResult } from '#core/contract/tasks.ts';
import type { CreateWorkspaceInput, Workspace } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { createWorkspaces } from './createWorkspaces.ts';
import type { Workspaces } from './workspaces.ts';

/** The workspaces of one host, in a folder of their own there. */
export interface WorkspacesFixture {
  /** On this machine. */
  readonly folder: string;
  readonly host: Host;
  readonly workspaces: Workspaces;
  /** Ids of tasks that count as open. */
  readonly open: Set<TaskId>;
  /** How many commands the host was given so far. */
  commands(): number;
  run(kind: TaskKind, input: object, options?: RunOptions): Promise<TaskResult>;
  /** Makes a workspace and gives what is listed of it. */
  create(name: string, rest?: Partial<CreateWorkspaceInput>): Promise<Workspace>;
  one(name: string): Promise<Workspace>;
  dispose(): void;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onPhase?: (phase: string) => void;
  readonly id?: TaskId;
  /** It was begun before. */
  readonly isAdopted?: boolean;
}

export function createWorkspacesFixture(
  options: { readonly folder?: string; readonly host?: Host; readonly parent?: string } = {},
): WorkspacesFixture {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'workspaces-test-'));
  mkdirSync(folder, { recursive: true });
  const parent = hostPathFromText(options.parent ?? join(folder, 'workspaces'));
  const bare =
    options.host ??
    createLocalHost({
      environment: scrubbedEnvironment(process.env, null),
      observer: { started: () => ({ ended: () => undefined }) },
    });
  let commands = 0;
  const host: Host = {
    ...bare,
    run: (spec, runOptions) => {
      commands += 1;
      return bare.run(spec, runOptions);
    },
  };
  const open = new Set<TaskId>();
  const local =
    options.host === undefined
      ? host
      : createLocalHost({
          environment: scrubbedEnvironment(process.env, null),
          observer: { started: () => ({ ended: () => undefined }) },
        });
  const workspaces = createWorkspaces({
    local,
    openHost: async () => host,
    parentOf: () => parent,
    describeImage: async (_host, path) => ({
      name: path,
      digest: 'sha256:0',
      architecture: 'amd64',
      libc: 'musl 1.2.4',
    }),
    knownImages: { digestAt: async () => null, pathsOf: async () => [] },
    stateFolder: hostPathFromText(join(folder, 'state')),
    isTaskOpen: (id) => open.has(id as TaskId),
    onProblem: (text) => {
      throw new Error(text);
    },
  });

  const fixture: WorkspacesFixture = {
    folder,
    host,
    workspaces,
    open,
    commands: () => commands,
    async run(kind, input, options = {}) {
      const { signal, onPhase, id = taskIdSchema.parse(randomUUID()), isAdopted = false } = options;
      const definition = workspaces.taskDefinitions.find((each) => each.kind === kind);
      if (definition === undefined) throw new Error(`no work of kind ${kind}`);
      const context: TaskContext = {
        id,
        signal: signal ?? new AbortController().signal,
        report: ({ phase, text }) => onPhase?.(text === undefined ? phase : `${phase} ${text}`.trim()),
        log: () => undefined,
        resumeFrom: 0,
        isAdopted,
      };
      return await definition.run({ hostId: host.id, ...input }, context);
    },
    async create(name, rest = {}) {
      await fixture.run('workspace.create', {
        name,
        description: '',
        parent: null,
        from: { kind: 'empty' },
        imagePath: null,
        ...rest,
      });
      return await fixture.one(name);
    },
    async one(name) {
      const { workspaces: all } = await workspaces.list(host.id);
      const found = all.find((each) => each.name === name);
      if (found === undefined) throw new Error(`no workspace ${name}`);
      return found;
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
  return fixture;
}
