import { type BuildInput, buildInputSchema } from '#core/contract/builds.ts';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import {
  type ImportInput,
  importInputSchema,
  type PullInput,
  pullInputSchema,
} from '#core/contract/images.ts';
import type { Host } from '#core/hosts/host.ts';
import type { HostRegistry } from '#core/hosts/hostRegistry.ts';
import type { ImagesOfHosts } from '#core/images/imagesOfHosts.ts';
import { createSandboxes } from '#core/sandboxes/createSandboxes.ts';
import type { Sandboxes, SandboxesMeans, SandboxPlan } from '#core/sandboxes/sandboxes.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';

export interface SandboxParts {
  readonly sandboxes: Sandboxes;
  /** Work that may make a sandbox, with a note of what a new one begins with at its end. */
  noted<Input>(definition: TaskDefinition<Input>): TaskDefinition<Input>;
}

/** The sandboxes, told of everything that makes one. */
export function createSandboxParts(options: {
  readonly local: Host;
  readonly hosts: HostRegistry;
  readonly images: ImagesOfHosts;
  readonly builds: { readonly definition: TaskDefinition<BuildInput> };
  readonly defaultFolder: (id: HostId) => HostPath;
  readonly stateFolder: HostPath;
  readonly onProblem: SandboxesMeans['onProblem'];
}): SandboxParts {
  const { images, builds } = options;
  const sandboxes = createSandboxes({
    ...options,
    libraryOf: (id) => sandboxesOfLibrary(images, id),
    build: (input, context) => builds.definition.run(input, context),
  });
  return {
    sandboxes,
    noted: (definition) => {
      const planOf = planners[definition.kind];
      return planOf === undefined ? definition : sandboxes.noting(definition, { of: planOf });
    },
  };
}

/** Folders of the image library that are sandboxes, when it was read once. */
async function sandboxesOfLibrary(images: ImagesOfHosts, id: HostId): Promise<readonly HostPath[]> {
  const found = new Set<HostPath>();
  const stop = new AbortController();
  const library = await images.of(id);
  for await (const event of library.watch(stop.signal)) {
    if (event.type === 'upsert')
      for (const { path, format } of event.images) if (format === 'sandbox') found.add(path);
    if (event.type === 'remove') for (const path of event.paths) found.delete(path);
    if (event.type === 'ready') break;
  }
  stop.abort();
  return [...found];
}

/** What inputs say of the sandbox that they make, by the kind of work. */
const planners: Readonly<Record<string, (input: unknown) => SandboxPlan | null>> = {
  'image.pull': (input) => ofPull(pullInputSchema.parse(input)),
  'image.import': (input) => ofImport(importInputSchema.parse(input)),
  'image.build': (input) => ofBuild(buildInputSchema.parse(input)),
};

function ofPull({ form, hostId, folder, reference }: PullInput): SandboxPlan | null {
  if (form !== 'sandbox') return null;
  const isFile = !/^[a-z0-9]+:/i.test(reference);
  return {
    hostId,
    folder,
    base: { kind: isFile ? 'image' : 'registry', from: reference },
    file: isFile && hostId === localHostId ? hostPathFromText(reference) : null,
    needsOwners: false,
  };
}

function ofImport({ form, hostId, folder, path, member }: ImportInput): SandboxPlan | null {
  if (form !== 'sandbox') return null;
  return {
    hostId,
    folder,
    base: { kind: 'image', from: path ?? member ?? '' },
    file: path,
    needsOwners: false,
  };
}

function ofBuild({ form, target, definition }: BuildInput): SandboxPlan | null {
  if (form !== 'sandbox') return null;
  const isFile = definition.kind === 'file';
  return {
    hostId: target.hostId,
    folder: target.folder,
    base: { kind: 'definition', from: isFile ? definition.path : definition.name },
    file: isFile && definition.hostId === localHostId ? definition.path : null,
    needsOwners: true,
  };
}
