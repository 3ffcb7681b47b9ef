import { randomUUID } from 'node:crypto';
import { type HostPath, hostPathFromBytes, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { isLeftover } from '#core/workspaces/owner.ts';
import { mustRun } from '#core/workspaces/treeScript.ts';
import type { SyncMeans } from './syncing.ts';
import { clearScript, leftoversScript, settleScript } from './syncScripts.ts';

const outputLimitBytes = 8 * 1024 * 1024;
/** What had come is kept so long for the next sync of the same two, as half-fetched images are. */
const cameKeptMs = 14 * 86_400_000;

/**
 * Settles syncs that were cut, at the next start: what they had taken away comes back, and what had come for them goes
 * where nobody went on for a fortnight. Workspaces in which other work is done are left to that. Answers with what went.
 */
export async function removeSyncLeftovers(
  { openHost, store, isTaskOpen, onProblem }: SyncMeans,
  hostId: HostId,
): Promise<readonly HostPath[]> {
  const host = await openHost(hostId);
  const gone: HostPath[] = [];
  const { workspaces } = await store.list(host);
  const left = await leftoversOf(
    host,
    workspaces.map(({ folder }) => folder),
    isTaskOpen,
  );
  for (const { id, folder } of workspaces) {
    const own = left.filter((each) => each.folder === folder);
    if (own.length === 0) continue;
    const taskId = taskIdSchema.parse(`settle-${randomUUID()}`);
    const hold = { id, taskId, mode: 'write', what: 'what a cut sync left is put right' } as const;
    try {
      await store.hold(host, hold, async () => {
        for (const { name, ageMs } of own) {
          await mustRun(host, {
            purpose: 'Undo what is half',
            script: ageMs > cameKeptMs ? clearScript : settleScript,
            words: [{ path: folder }, { path: name }],
            byHand: null,
            path: folder,
          });
          gone.push(joinPath(joinPath(folder, 'sync' as HostPath), name));
        }
      });
    } catch (thrown) {
      const { code, title } = reportOf(thrown);
      if (code !== 'workspace.busy') onProblem(`What a cut sync left in ${folder} is still there: ${title}`);
    }
  }
  return gone;
}

interface Leftover {
  readonly folder: HostPath;
  readonly name: HostPath;
  readonly ageMs: number;
}

async function leftoversOf(
  host: Host,
  folders: readonly HostPath[],
  isTaskOpen: (id: TaskId) => boolean,
): Promise<readonly Leftover[]> {
  const [path] = folders;
  if (path === undefined) return [];
  const output = await mustRun(host, {
    purpose: 'Look for what cut syncs left',
    script: leftoversScript,
    words: folders.map((folder) => ({ path: folder })),
    byHand: null,
    keepBytes: outputLimitBytes,
    path,
  });
  return output.split('\n').flatMap((line) => {
    const [which = '', name = '', age = '', owner = ''] = line.split(' ');
    const folder = folders[Number(which)];
    if (folder === undefined || !/^\.syncing-[a-z0-9-]+\.[a-z0-9-]+$/.test(name)) return [];
    const ageMs = Number(age) * 1000;
    if (!isLeftover(Buffer.from(owner, 'base64'), ageMs, isTaskOpen)) return [];
    return [{ folder, name: hostPathFromBytes(Buffer.from(name)), ageMs }];
  });
}
