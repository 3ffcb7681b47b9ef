import { z } from 'zod';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { workspaceIdSchema } from '#core/contract/ids.ts';
import type { Host } from '#core/hosts/host.ts';
import type { InstanceNote } from './instances.ts';

const noteSchema = z.object({
  version: z.literal(1),
  processId: z.number().int().positive(),
  workspace: z.object({ id: workspaceIdSchema, name: z.string().max(256) }),
});

const noteLimitBytes = 4096;

/** Which workspace an instance was started with: the runtime does not know. One small file each, on the host. */
export function createInstanceNotes(host: Host, stateFolder: HostPath) {
  const folder = joinPath(stateFolder, hostPathFromText('instances'));
  const fileOf = (node: string, name: string) =>
    joinPath(folder, hostPathFromText(`${node.replaceAll(/[^\w.-]/g, '_')}-${name}.json`));

  return {
    async write(node: string, name: string, note: InstanceNote): Promise<void> {
      await host.files.makeFolder(folder, 0o700);
      await host.files.write(fileOf(node, name), JSON.stringify({ version: 1, ...note }), 0o600);
    },
    async forget(node: string, name: string): Promise<void> {
      await host.files.remove(fileOf(node, name));
    },
    /** In the order of the names; null where nothing is known, or it cannot be read. */
    async readAll(node: string, names: readonly string[]): Promise<readonly (InstanceNote | null)[]> {
      if (names.length === 0) return [];
      const requests = names.map((name) => ({ path: fileOf(node, name), offset: 0, length: noteLimitBytes }));
      return (await host.files.readMany(requests)).map((bytes) => (bytes === null ? null : noteOf(bytes)));
    },
  };
}

function noteOf(bytes: Uint8Array): InstanceNote | null {
  try {
    return noteSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null; // torn or foreign: the instance is shown without its workspace
  }
}
