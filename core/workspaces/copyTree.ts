import { type HostPath, hostPathFromBytes } from '#core/contract/hostPath.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { runTreeScript, treeFailure } from './treeScript.ts';
import { copyScript } from './treeScripts.ts';

export interface TreeCopy {
  readonly from: HostPath;
  /** Not there yet; the folder that it comes to is. */
  readonly to: HostPath;
  /** Entries that it is known to have, for the progress; null where nobody counted. */
  readonly entries: number | null;
  readonly byHand: string | null;
}

/**
 * Copies a tree on its host; the original is only read. What other file systems are mounted in it is left out and said in
 * the log. Fails with host.pathMissing, host.permissionDenied where a part of it cannot be read, disk.full, disk.quota.
 */
export async function copyTree(
  host: Host,
  { from, to, entries, byHand }: TreeCopy,
  context: TaskContext,
): Promise<void> {
  context.report({ phase: 'copy', fraction: entries === null ? null : 0, text: '' });
  const options = {
    purpose: 'Copy a tree',
    script: copyScript,
    words: [{ path: from }, { path: to }],
    byHand,
    path: from,
    taskId: context.id,
    signal: context.signal,
    onLine: (line: string) => {
      if (line.startsWith('M ')) {
        const place = hostPathFromBytes(Buffer.from(line.slice(2), 'base64'));
        context.log('note', `Left out, because another file system is mounted there: ${place}`);
      } else if (/^\d+$/.test(line)) {
        const done = Number(line);
        const fraction = entries === null ? null : Math.min(0.99, done / Math.max(1, entries));
        context.report({ phase: 'copy', fraction, text: `${done.toLocaleString('en')} entries` });
      }
    },
  };
  const outcome = await runTreeScript(host, options);
  if (outcome.exitStatus === 0) return;
  const vanished = vanishedEntries(outcome.stderr);
  if (outcome.exitStatus !== 1 || vanished === null) throw treeFailure(host, outcome, options);
  context.log('note', `Gone before they could be copied, because something is at work there: ${vanished}`);
}

/** How many entries went while `cp` was at work, where it has nothing else to say; else null. */
export function vanishedEntries(stderr: string): number | null {
  const lines = stderr.split('\n').filter((line) => line !== '');
  const isGone = (line: string) =>
    /^cp: cannot (?:stat|open|access) .*: No such file or directory$/.test(line);
  return lines.length > 0 && lines.every(isGone) ? lines.length : null;
}
