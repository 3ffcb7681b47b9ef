import type { StrayFile } from '#core/contract/handover.ts';
import { baseName, folderName, type HostPath, joinPath } from '#core/contract/hostPath.ts';
import { type Workspace, workspaceHome } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { runTreeScript, treeFailure } from '#core/workspaces/treeScript.ts';
import { cannotMount, treeWords } from './layeredTree.ts';
import { keyDetail, tokenDetail } from './secretFiles.ts';
import { type FoundEntry, parseStrays, strayScript } from './strayScript.ts';

const outputLimitBytes = 64 * 1024 * 1024;
const mostDetail = 1024;

/** Where a link is and where it leads → what is wrong with that elsewhere; null for nothing. */
export function linkTrouble(
  path: HostPath,
  target: HostPath,
  tree: HostPath,
): Extract<StrayFile['kind'], 'linkOut' | 'linkAbsolute'> | null {
  const isIn = (folder: string) => target === folder || target.startsWith(`${folder}/`);
  if (target.startsWith('/')) {
    if (isIn(workspaceHome)) return null;
    return isIn(tree) ? 'linkAbsolute' : 'linkOut';
  }
  let depth = path.split('/').length - 1;
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    depth += part === '..' ? -1 : 1;
    if (depth < 0) return 'linkOut';
  }
  return null;
}

/** What the find told → what will not do elsewhere, by path; a path once. */
export function strayFiles(
  found: readonly FoundEntry[],
  { tree, confirmed }: { readonly tree: HostPath; readonly confirmed: readonly HostPath[] },
): readonly StrayFile[] {
  const kept = new Set<string>(confirmed);
  const strays = new Map<HostPath, StrayFile>();
  for (const { kind, path, detail } of found) {
    const stray = strayOf(kind, { path, detail, tree });
    if (stray === null) continue;
    const before = strays.get(path);
    const canTravel = stray.kind !== 'socket' && stray.kind !== 'device' && stray.kind !== 'unreadable';
    const isLeftOut = stray.isLeftOut && !(canTravel && kept.has(path));
    if (before === undefined || (isLeftOut && !before.isLeftOut))
      strays.set(path, { ...stray, path, isLeftOut });
  }
  // What lies in a folder that is left out goes with it.
  const isBelowLeftOut = (path: HostPath): boolean => {
    const folder = folderName(path);
    if (folder === '.' || folder === path) return false;
    return strays.get(folder)?.isLeftOut === true || isBelowLeftOut(folder);
  };
  return [...strays.values()]
    .filter(({ path }) => !isBelowLeftOut(path))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

function strayOf(
  kind: FoundEntry['kind'],
  {
    path,
    detail,
    tree,
  }: { readonly path: HostPath; readonly detail: HostPath | null; readonly tree: HostPath },
): Omit<StrayFile, 'path'> | null {
  const text = (detail ?? '').slice(0, mostDetail);
  switch (kind) {
    case 'link': {
      const trouble = detail === null ? null : linkTrouble(path, detail, tree);
      return trouble === null ? null : { kind: trouble, detail: `Leads to ${text}`, isLeftOut: false };
    }
    case 'foreign':
      return { kind: 'foreignOwner', detail: `Belongs to ${text}`, isLeftOut: true };
    case 'socket':
      return { kind: 'socket', detail: 'A socket', isLeftOut: true };
    case 'device':
      return { kind: 'device', detail: 'A device', isLeftOut: true };
    case 'unreadable':
      return { kind: 'unreadable', detail: 'May not be read', isLeftOut: true };
    case 'setuid':
      return { kind: 'setuid', detail: `Mode ${text}: loses the bit where it is adopted`, isLeftOut: false };
    case 'named':
      return {
        kind: 'secret',
        detail: tokenDetail(baseName(path)),
        isLeftOut: true,
      };
    case 'key':
      return { kind: 'secret', detail: keyDetail, isLeftOut: true };
  }
}

/**
 * What of a workspace's tree will not do elsewhere, or should not go there. Fails with workspace.cannotOpen where a packed
 * file cannot be mounted, and workspace.none where the tree is gone.
 */
export async function findStrays(
  host: Host,
  workspace: Workspace,
  options: {
    readonly confirmed: readonly HostPath[];
    readonly context: Pick<TaskContext, 'id' | 'signal'> | null;
  },
): Promise<readonly StrayFile[]> {
  const words = await treeWords(host, workspace);
  const purpose = 'Look for what will not travel';
  const { context, confirmed } = options;
  const outcome = await runTreeScript(host, {
    purpose,
    script: strayScript,
    words,
    byHand: null,
    keepBytes: outputLimitBytes,
    ...(context === null ? {} : { taskId: context.id, signal: context.signal }),
  });
  if (outcome.exitStatus === cannotMount) throw cannotOpen(host, workspace, outcome.stderr);
  if (outcome.exitStatus !== 0) throw treeFailure(host, outcome, { path: workspace.folder, purpose });
  const found = parseStrays(outcome.stdout);
  if (found === null)
    throw workbenchError(
      'internal',
      {},
      { hostId: host.id, evidence: 'The list of what will not travel is not whole.' },
    );
  const tree = joinPath(workspace.folder, 'home' as HostPath);
  return strayFiles(found, { tree, confirmed });
}

export function cannotOpen(host: Host, { name }: Pick<Workspace, 'name'>, evidence: string): Error {
  return workbenchError(
    'workspace.cannotOpen',
    { name, reason: 'Its packed file cannot be mounted here. Unpack the workspace first.' },
    { hostId: host.id, evidence },
  );
}
