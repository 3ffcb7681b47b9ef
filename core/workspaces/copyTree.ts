import { z } from 'zod';
import {
  type HostPath,
  hostPathFromBytes,
  hostPathFromText,
  hostPathSchema,
  joinPath,
} from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { DetachedJob, DetachedOptions } from '#core/hosts/detachedJob.ts';
import type { CommandOutcome, Host } from '#core/hosts/host.ts';
import { type Argument, type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { jsonOrNull } from './storedSnapshot.ts';
import { prelude, runTreeScript, treeFailure } from './treeScript.ts';
import { copyScript } from './treeScripts.ts';

/** One copy: a folder with all below it, or one file. */
export interface TreeCopy {
  readonly kind: 'tree' | 'file';
  readonly from: HostPath;
  /** Not there yet; the folder that it comes to is. */
  readonly to: HostPath;
}

/** Copies of one task, one after the other. The originals are only read. */
export interface Copies {
  readonly copies: readonly TreeCopy[];
  /** Entries that they are known to have, for the progress; null where nobody counted. */
  readonly entries: number | null;
  readonly byHand: string | null;
}

const purpose = 'Copy a tree';
/** Files of the job beside its output. */
const scriptName = 'copy';
const planName = 'plan.json';
const errorsName = 'errors';
const errorsLimitBytes = 1024 * 1024;
const planLimitBytes = 4 * 1024 * 1024;

/**
 * Copies on a host while this process lives. What other file systems are mounted in a tree is left out and said in the log.
 * Fails with host.pathMissing, host.permissionDenied where a part of it cannot be read, disk.full, disk.quota.
 */
export async function copyTrees(host: Host, request: Copies, context: TaskContext): Promise<void> {
  const reading = readProgress(request, context);
  const outcome = await runTreeScript(host, {
    purpose,
    script: copyScript,
    words: wordsOf(request),
    byHand: request.byHand,
    taskId: context.id,
    signal: context.signal,
    onLine: (line) => reading.take(line),
  });
  judge(host, outcome, { path: pathOf(request), context });
}

/**
 * The same as a detached job, which goes on when the line is cut or this process ends. `plan` lies beside it for whoever
 * adopts it; the private folder of the task goes with it.
 */
export function copyJob(
  request: Copies,
  rest: { readonly title: string; readonly plan: object; readonly privateFolder: HostPath },
): { readonly spec: CommandSpec; readonly options: DetachedOptions } {
  const spec = commandSpec('/bin/sh', [`./${scriptName}`, ...wordsOf(request)], {
    purpose,
    byHand: request.byHand,
  });
  const { entries } = request;
  return {
    spec,
    options: {
      title: rest.title,
      wantsTerminal: false,
      files: [
        { name: scriptName, data: `exec 2>${errorsName}\n${prelude}${copyScript}\n` },
        { name: planName, data: JSON.stringify({ ...rest.plan, entries, path: pathOf(request) }) },
      ],
      ownedPaths: [rest.privateFolder],
    },
  };
}

const followedSchema = z.object({ entries: z.number().nullable(), path: hostPathSchema });

/** Follows such a job to its end and gives the plan that lies beside it. Fails as `copyTrees` does, and with task.interrupted. */
export async function followCopyJob<Plan>(
  host: Host,
  job: DetachedJob,
  { schema, context }: { readonly schema: z.ZodType<Plan>; readonly context: TaskContext },
): Promise<Plan> {
  const place = (name: string) => joinPath(job.folder, hostPathFromText(name));
  const [noted] = await host.files.readMany([{ path: place(planName), offset: 0, length: planLimitBytes }]);
  const plan = schema.safeParse(jsonOrNull(noted ?? null));
  const followed = followedSchema.safeParse(jsonOrNull(noted ?? null));
  if (!plan.success || !followed.success)
    throw workbenchError(
      'task.interrupted',
      { host: host.label, reason: 'What it was to do is not known any more' },
      { hostId: host.id },
    );
  const reading = readProgress(followed.data, context);
  let text = '';
  const end = await job.follow({
    from: 0, // the entries before count too; what was logged is not logged again
    signal: context.signal,
    onOutput: (bytes, offset) => {
      text += Buffer.from(bytes).toString('latin1');
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      let at = offset - text.length - lines.reduce((sum, line) => sum + line.length + 1, 0);
      for (const line of lines) {
        at += line.length + 1;
        reading.take(line, at);
      }
    },
  });
  const { exitStatus, tail: stdout } = end;
  const [said] = await host.files.readMany([
    { path: place(errorsName), offset: 0, length: errorsLimitBytes },
  ]);
  const stderr = new TextDecoder().decode(said ?? undefined);
  if (exitStatus === null || exitStatus > 128)
    throw workbenchError(
      'task.interrupted',
      { host: host.label },
      { hostId: host.id, command: purpose, evidence: stderr, exitStatus },
    );
  judge(host, { exitStatus, stdout, stderr }, { path: followed.data.path, context });
  return plan.data;
}

function wordsOf({ copies }: Copies): readonly Argument[] {
  return copies.flatMap(({ kind, from, to }) => [kind, { path: from }, { path: to }]);
}

/** What a failure is told of. */
function pathOf({ copies }: Copies): HostPath {
  return copies[0]?.from ?? hostPathFromText('/');
}

/** Lines of the script → progress and log. `offset` is where the line ends in a job's output. */
function readProgress(
  { entries }: Pick<Copies, 'entries'>,
  context: TaskContext,
): { take(line: string, offset?: number): void } {
  let done = 0;
  context.report({ phase: 'copy', fraction: entries === null ? null : 0, text: '' });
  return {
    take(line, offset) {
      if (line.startsWith('M ')) {
        if (offset !== undefined && offset <= context.resumeFrom) return;
        const place = hostPathFromBytes(Buffer.from(line.slice(2), 'base64'));
        context.log('note', `Left out, because another file system is mounted there: ${place}`, offset);
      } else if (/^\d+$/.test(line)) {
        done += Number(line);
        const fraction = entries === null ? null : Math.min(0.99, done / Math.max(1, entries));
        context.report({ phase: 'copy', fraction, text: `${done.toLocaleString('en')} entries` });
      }
    },
  };
}

/** Throws for copies that are not whole. */
function judge(
  host: Host,
  outcome: Pick<CommandOutcome, 'exitStatus' | 'stdout' | 'stderr'>,
  { path, context }: { readonly path: HostPath; readonly context: TaskContext },
): void {
  if (outcome.exitStatus === 0) return;
  const vanished = vanishedEntries(outcome.stderr);
  if (outcome.exitStatus !== 1 || vanished === null) throw treeFailure(host, outcome, { path, purpose });
  context.log('note', `Gone before they could be copied, because something is at work there: ${vanished}`);
}

/** How many entries went while `cp` was at work, where it has nothing else to say; else null. */
export function vanishedEntries(stderr: string): number | null {
  const lines = stderr.split('\n').filter((line) => line !== '');
  const isGone = (line: string) =>
    /^cp: cannot (?:stat|open|access) .*: No such file or directory$/.test(line);
  return lines.length > 0 && lines.every(isGone) ? lines.length : null;
}
