import { baseName, type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { Host, HostFiles } from '#core/hosts/host.ts';
import { endProcessesMarked } from '#core/hosts/processesMarked.ts';
import { engineFolderVariable } from '#core/runtime/engineEnvironment.ts';

const beginning = '.ms-';

/** How the folder of a task's engine begins: short, as podman refuses long ones. */
export function engineFolderPrefix(id: TaskId): HostPath {
  return hostPathFromText(`${beginning}${id.slice(0, 8)}-`);
}

/**
 * A host whose removing of an engine's folder first ends what the engine left running: podman keeps a process that holds
 * its user namespace, which outlives it (`podman pause`, or `catatonit -P`).
 */
export function withEnginesEnded(host: Host): Host {
  const remove = async (path: HostPath) => {
    if (baseName(path).startsWith(beginning)) await endProcessesMarked(engineFolderVariable, path);
    await host.files.remove(path);
  };
  const files: HostFiles = { ...host.files, remove };
  return { ...host, files, run: (spec, options) => host.run(spec, options) };
}
