import type { HostPath } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandOutcome, Host } from '#core/hosts/host.ts';
import { type Argument, commandSpec } from '#core/runtime/commandSpec.ts';

/** Exit statuses of our scripts, beside those of the small tools. */
export const treeStatus = { taken: 71, mounted: 72, foreign: 73, missing: 74, inside: 75 } as const;

/** What every script has: private files, messages that we know. `real` gives the folder without links in `$r`. */
export const prelude = `umask 077
LC_ALL=C; export LC_ALL
real() { r=$(cd -- "$1" 2>/dev/null && pwd -P && echo .) || return 1; r=\${r%??}; }
code() { printf %s "$1" | base64 | tr -d '\\n'; echo; }
`;

/** A script of ours, and whose work it is. */
export interface TreeScript {
  readonly purpose: string;
  readonly script: string;
  /** Words that the script has as `$1`, `$2`, …: never pasted into its text. */
  readonly words: readonly Argument[];
  /** What a person would type. */
  readonly byHand: string | null;
  readonly taskId?: TaskId;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
  readonly keepBytes?: number;
}

/**
 * Runs a POSIX shell script on a host: its text comes on standard input, so that the same code serves every login shell
 * and the list of processes stays readable. Answers whatever the exit status is.
 */
export async function runTreeScript(host: Host, options: TreeScript): Promise<CommandOutcome> {
  const { purpose, script, words, byHand, taskId, signal, onLine, keepBytes } = options;
  const spec = commandSpec('/bin/sh', ['-c', 'eval "$(base64 -d)"', 'mysingularity', ...words], {
    purpose,
    byHand,
    environment: { LC_ALL: 'C' },
  });
  return await host.run(spec, {
    stdin: `${Buffer.from(prelude + script, 'latin1').toString('base64')}\n`,
    isQuiet: taskId === undefined,
    ...(taskId === undefined ? {} : { taskId }),
    ...(signal === undefined ? {} : { signal }),
    ...(onLine === undefined
      ? {}
      : {
          onLine: (line, stream) => {
            if (stream === 'stdout') onLine(line);
          },
        }),
    ...(keepBytes === undefined ? {} : { keepBytes }),
  });
}

/** The same for work that must be done: any other exit status than 0 is a failure with its name. */
export async function mustRun(
  host: Host,
  options: TreeScript & { readonly path: HostPath },
): Promise<string> {
  const outcome = await runTreeScript(host, options);
  if (outcome.exitStatus !== 0) throw treeFailure(host, outcome, options);
  return outcome.stdout;
}

/** Words of the small tools, in the C locale → what they mean. */
const failures = [
  [/no space left/i, 'disk.full'],
  [/quota/i, 'disk.quota'],
  [/read-only file system/i, 'disk.readOnly'],
  [/permission denied|not permitted/i, 'host.permissionDenied'],
] as const;

/** What a script that ended badly means; `path` is what it worked on. */
export function treeFailure(
  host: Host,
  { exitStatus, stdout, stderr }: Pick<CommandOutcome, 'exitStatus' | 'stdout' | 'stderr'>,
  { path, purpose }: { readonly path: HostPath; readonly purpose: string },
): Error {
  const where = { hostId: host.id, evidence: stderr, exitStatus, command: purpose };
  const said = Buffer.from(stdout.trim().split('\n').at(-1) ?? '', 'base64').toString('utf8');
  switch (exitStatus) {
    case treeStatus.taken:
      return workbenchError('workspace.nameTaken', { name: path, folder: null }, where);
    case treeStatus.mounted:
      return workbenchError(
        'workspace.busy',
        {
          name: path,
          reason: `Something is mounted in it, at ${said}: what lies there would be changed too`,
        },
        where,
      );
    case treeStatus.foreign:
      return workbenchError(
        'host.permissionDenied',
        { path, operation: `remove it: folders in it belong to another user (${said})` },
        where,
      );
    case treeStatus.missing:
      return workbenchError('host.pathMissing', { path }, where);
    case treeStatus.inside:
      return workbenchError(
        'input.invalid',
        {
          field: 'folder',
          path,
          reason: 'A workspace cannot be made from a folder in which it would lie itself',
        },
        where,
      );
    default: {
      const code = failures.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'internal';
      return workbenchError(code, code === 'internal' ? {} : { path, operation: 'read all of it' }, where);
    }
  }
}
