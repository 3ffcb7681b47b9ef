import { randomBytes } from 'node:crypto';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromBytes,
  hostPathFromText,
  joinPath,
} from '#core/contract/hostPath.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { DetachedFacts } from '#core/hosts/detachedJob.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import type { Host } from '#core/hosts/host.ts';
import { lockPrefix, splitRecords, unpackLockPrefix } from './listing.ts';
import { elsewhereKeptMs, isLeftover, taskOf } from './owner.ts';
import { mustRun } from './treeScript.ts';
import { removeScript, settleScript } from './treeScripts.ts';

const lockPrefixes = [lockPrefix, unpackLockPrefix];
const lockPattern = lockPrefixes.map((prefix) => `\\${prefix}`).join('\\|');
const leftoversLimitBytes = 8 * 1024 * 1024;

/** `MARKER PARENT…`: folders without a final name, with their times and owners, and the host's clock. */
const leftoversScript = `m=$1; shift
{ printf '%sT%s\\0' "$m" "$(date +%s)"
for p do printf '%sP%s\\0' "$m" "$p"
( cd -- "$p" 2>/dev/null || exit
find . -mindepth 1 -maxdepth 3 \\( -regex '\\./\\([^/]*/\\)?\\.\\(making\\|removing\\)-[^/]*' -o \\
-regex '\\./[^/]*/snapshots/\\.\\(making\\|removing\\|restoring\\)-[^/]*' \\) -type d -prune -printf "\${m}L%P\\0%T@\\0" \\
\\( -exec cat -- {}/.owner.json \\; -o -prune \\) \\
-o -regex '\\./[^/]*/\\(${lockPattern}\\)[^/]*\\.\\(json\\|part\\)' -type f -size -8k -printf "\${m}L%P\\0%T@\\0" -exec cat -- {} \\; \\
-o -regex '\\./[^/]*/[^/]*' ! -name snapshots -prune 2>/dev/null )
done; } 2>/dev/null | base64`;

interface Leftover {
  readonly path: HostPath;
  readonly ageMs: number;
  readonly owner: Uint8Array;
}

/** Output of the script → folders without a final name. */
function parseLeftovers(output: string, marker: string): readonly Leftover[] {
  const found: Leftover[] = [];
  let now = 0;
  let parent = hostPathFromText('/');
  for (const record of splitRecords(Buffer.from(output, 'base64'), marker)) {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = record.fields(2);
    if (record.kind === 'T') now = Number(first.toString('latin1')) * 1000;
    if (record.kind === 'P') parent = hostPathFromBytes(first);
    if (record.kind === 'L')
      found.push({
        path: joinPath(parent, hostPathFromBytes(first)),
        ageMs: now - Number(second.toString('latin1')) * 1000,
        owner: record.content(2),
      });
  }
  return found;
}

/**
 * Removes what killed work left on a host: half-made and half-removed folders go, a restoring that was cut is brought to
 * its end. What work of a living process or a detached job is about stays. Answers with what was there; what cannot go is told.
 */
export async function removeLeftovers(
  host: Host,
  parents: readonly HostPath[],
  means: {
    readonly isTaskOpen: (id: TaskId) => boolean;
    readonly onProblem: (text: string) => void;
  },
): Promise<readonly HostPath[]> {
  const marker = randomBytes(12).toString('hex');
  const output = await mustRun(host, {
    purpose: 'Look for what unfinished work left',
    script: leftoversScript,
    words: [marker, ...parents.map((path) => ({ path }))],
    byHand: null,
    keepBytes: leftoversLimitBytes,
    path: parents[0] ?? hostPathFromText('/'),
  });
  const gone: HostPath[] = [];
  const found = parseLeftovers(output, marker).filter((each) => isOfNobody(each, means.isTaskOpen));
  const jobs = found.length === 0 ? new Map<string, JobState>() : await createDetachedJobs(host).states();
  for (const each of found) {
    if (isOfJob(each, jobs)) continue;
    const { path } = each;
    try {
      await clear(host, path);
      gone.push(path);
    } catch (thrown) {
      means.onProblem(`${path} was left behind: ${reportOf(thrown).title}`);
    }
  }
  return gone;
}

type JobState = Pick<DetachedFacts, 'state' | 'exitStatus'>;

/**
 * Whether a detached job is still at work on it, or has made it whole for whoever adopts its task. A job that was killed or
 * failed makes nothing any more.
 */
function isOfJob({ path, ageMs, owner }: Leftover, jobs: ReadonlyMap<string, JobState>): boolean {
  const name = baseName(path);
  const job = jobs.get(taskOf(owner) ?? '');
  if (job === undefined || name.startsWith('.removing-')) return false;
  const isLock = lockPrefixes.some((prefix) => name.startsWith(prefix));
  const isWhole = job.state === 'ended' && job.exitStatus === 0 && !isLock;
  return job.state === 'running' || ((isWhole || job.state === 'unknown') && ageMs <= elsewhereKeptMs);
}

async function clear(host: Host, path: HostPath): Promise<void> {
  const name = baseName(path);
  if (lockPrefixes.some((prefix) => name.startsWith(prefix))) {
    await host.files.remove(path);
    return;
  }
  const folder = { path: folderName(path) };
  const purpose = 'Remove what unfinished work left';
  if (name.startsWith('.restoring-')) {
    await mustRun(host, {
      purpose,
      script: settleScript,
      words: [folder, { path: name }],
      byHand: null,
      path,
    });
    return;
  }
  // Under its new name nobody who still works on the old one, such as a copy without its workbench, finds it again.
  const doomed = name.replace(/^\.(?:making|removing)-/, '.removing-');
  const words = [folder, name === doomed ? '' : { path: name }, { path: hostPathFromText(doomed) }];
  await mustRun(host, { purpose, script: removeScript, words, byHand: null, path });
}

/**
 * What is being removed bears no owner of its own, because on a full disk none can be written: to go on with a removal
 * that runs does no harm, but this workbench leaves its own to itself.
 */
function isOfNobody({ path, ageMs, owner }: Leftover, isTaskOpen: (id: TaskId) => boolean): boolean {
  const id = /^\.removing-(.+)$/.exec(baseName(path))?.[1];
  if (id === undefined || owner.length > 0) return isLeftover(owner, ageMs, isTaskOpen);
  const parsed = taskIdSchema.safeParse(id);
  return !parsed.success || !isTaskOpen(parsed.data);
}
