import { randomUUID } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import type { BuildOptions } from '#core/contract/builds.ts';
import { baseName, folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import { reportOf, type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { missingOfRoot } from '#core/hosts/chosenRuntime.ts';
import type { Host, HostFiles } from '#core/hosts/host.ts';
import { launchOf } from '#core/hosts/launch.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { BuildFollower } from './buildFollower.ts';
import { sudoScriptText } from './sudoScript.ts';

/** A terminal that the person sees and types into, with a task's command in it. */
export interface BuildTerminal {
  readonly ended: Promise<{
    readonly exitStatus: number | null;
    readonly signal: string | null;
    /** Whether the terminal was closed before. */
    readonly isClosed: boolean;
  }>;
  /** Ctrl-C. */
  interrupt(): void;
  /** Ends what runs in it, by hanging up, and forgets it. */
  close(): Promise<void>;
}

/** Opens a terminal for a task. Fails with host.commandMissing. */
export type OpenBuildTerminal = (start: {
  readonly hostId: HostId;
  readonly taskId: TaskId;
  readonly name: string;
  readonly command: CommandSpec;
  readonly folder: HostPath;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly onData: (bytes: Uint8Array) => void;
}) => Promise<BuildTerminal>;

/** Where root works, below folders of the person's own. */
export interface SudoPlaces {
  /** Everything that is root's. */
  readonly rootFolder: HostPath;
  /** What the command makes. */
  readonly made: HostPath;
  /** The same once it is whole and the person's. */
  readonly handedOver: HostPath;
}

/** Places for a build as root; a sandbox is made beside its target, on whose file system it stays. */
export function sudoPlaces(
  { options, target }: { readonly options: Pick<BuildOptions, 'form'>; readonly target: HostPath },
  { folder, output }: { readonly folder: HostPath; readonly output: HostPath },
): SudoPlaces {
  const isSandbox = options.form === 'sandbox';
  const parent = isSandbox ? folderName(output) : folder;
  const name = baseName(isSandbox ? output : target);
  const rootFolder = joinPath(parent, rootName);
  return { rootFolder, made: joinPath(rootFolder, name), handedOver: joinPath(parent, name) };
}

const rootName = hostPathFromText('root');
const keptBytes = 1024 * 1024;
/** What sudo says before it lets somebody in. */
const keptBefore = 65_536;
const size = { columns: 120, rows: 40 };
/** A build that does not end by Ctrl-C loses its terminal. */
const interruptMs = 15_000;

export interface SudoRun {
  readonly host: Host;
  readonly openTerminal: OpenBuildTerminal;
  readonly context: TaskContext;
  /** The private folder of the build. */
  readonly folder: HostPath;
  /** What the definition's relative paths start from. */
  readonly workingFolder: HostPath;
  readonly places: SudoPlaces;
  /** Of the definition, for the prompt. */
  readonly name: string;
  /** `APPTAINER` or `SINGULARITY`. */
  readonly variablePrefix: string;
  readonly follower: Pick<BuildFollower, 'begin' | 'take'>;
}

/**
 * Runs a command as root through sudo, in a terminal into which the person types the password: it goes from there to sudo
 * and is in nothing that we keep, for output counts only from where sudo has let us in. The command's home, cache and
 * temporary folder are root's own and are removed by root at the end, also where the terminal is closed or we are killed.
 * Fails with build.sudo where sudo does not begin.
 */
export async function runWithSudo(
  spec: CommandSpec,
  run: SudoRun,
): Promise<{ readonly exitStatus: number | null; readonly stdout: string }> {
  const { host, context, folder, places } = run;
  context.signal.throwIfAborted();
  const script = joinPath(folder, hostPathFromText('as-root.sh'));
  const marker = `\u001b]6973;${randomUUID()}\u0007`;
  await host.files.write(
    script,
    scriptText(spec, { run, marker, dropped: await missingCapabilities(host) }),
    0o600,
  );
  const output = outputAfter(marker, run.follower);
  run.follower.begin('bootstrap', 'Waiting for the password in the terminal');
  const terminal = await openTerminal(run, script, output.take);
  let ending: NodeJS.Timeout | null = null;
  const onAbort = () => {
    // sudo ignores Ctrl-C until its prompt stands, but ends by a hang-up; and nothing of root's is there yet.
    if (!output.hasBegun()) {
      void terminal.close();
      return;
    }
    terminal.interrupt();
    ending = setTimeout(() => void terminal.close(), interruptMs);
  };
  context.signal.addEventListener('abort', onAbort, { once: true });
  if (context.signal.aborted) onAbort();
  try {
    const end = await terminal.ended;
    const kept = output.end();
    if (await isThere(host, places.rootFolder))
      context.log('note', `Root left something behind. This removes it: ${removalLine(places.rootFolder)}`);
    if (context.signal.aborted) await terminal.close();
    context.signal.throwIfAborted();
    if (!kept.hasBegun || wasClosed(end))
      throw sudoFailure(kept.before, end, { hasBegun: kept.hasBegun, hostId: host.id });
    if (end.exitStatus === 0) await terminal.close();
    return { exitStatus: end.exitStatus, stdout: kept.text };
  } finally {
    if (ending !== null) clearTimeout(ending);
    context.signal.removeEventListener('abort', onAbort);
  }
}

/** Brings what root handed over to where it is wanted, which may be on another file system. */
export async function takeOver(files: HostFiles, from: HostPath, to: HostPath): Promise<void> {
  if (from === to) return;
  try {
    await files.rename(from, to, { overwrite: true });
  } catch {
    await files.copy(from, to, {}); // what hinders this too is told
    await files.remove(from);
  }
}

/** The line that removes what belongs to root. */
export function removalLine(path: HostPath): string {
  return `sudo rm -rf ${quotePath(path)}`;
}

/** Whether a folder holds what is root's. */
export async function holdsRootFolder(host: Host, folder: HostPath): Promise<boolean> {
  return await isThere(host, joinPath(folder, rootName));
}

/** Whether a machine has a sudo that can work, without asking it for anything. */
export async function sudoState(host: Host): Promise<'there' | 'missing' | 'blocked'> {
  const look =
    "command -v sudo >/dev/null || exit 3; ! grep -q '^NoNewPrivs:[[:space:]]*1' /proc/self/status || exit 4";
  const spec = commandSpec('/bin/sh', ['-c', look], { purpose: 'Look for sudo' });
  const { exitStatus } = await host.run(spec, { isQuiet: true });
  return exitStatus === 0 ? 'there' : exitStatus === 4 ? 'blocked' : 'missing';
}

/** What root has not got on this machine, though the runtime asks for it. */
async function missingCapabilities(host: Host): Promise<readonly string[]> {
  const look = ['-n', 's/^CapBnd:[^0-9a-f]*//p', '/proc/self/status'];
  const spec = commandSpec('sed', look, { purpose: 'Look for what root may do' });
  return missingOfRoot((await host.run(spec, { isQuiet: true })).stdout.trim());
}

function scriptText(
  spec: CommandSpec,
  {
    run,
    marker,
    dropped,
  }: { readonly run: SudoRun; readonly marker: string; readonly dropped: readonly string[] },
): string {
  const { rootFolder, made, handedOver } = run.places;
  const inside = (name: string) => joinPath(rootFolder, hostPathFromText(name));
  const homeSource = spec.environment['HOME'];
  const [home, temporaryFolder] = [inside('home'), inside('tmp')];
  const environment = {
    ...spec.environment,
    ...(dropped.length === 0 ? {} : { [`${run.variablePrefix}_DROP_CAPS`]: dropped.join(',') }),
    HOME: { path: home },
    TMPDIR: { path: temporaryFolder },
    [`${run.variablePrefix}_TMPDIR`]: { path: temporaryFolder },
    [`${run.variablePrefix}_CACHEDIR`]: { path: inside('cache') },
  };
  return sudoScriptText({
    launch: launchOf({ ...spec, environment }, {}, null),
    rootFolder,
    home,
    homeSource:
      typeof homeSource === 'object' && homeSource !== null && 'path' in homeSource ? homeSource.path : null,
    temporaryFolder,
    made,
    output: handedOver,
    marker,
  });
}

async function openTerminal(
  { host, openTerminal: open, context, workingFolder, name }: SudoRun,
  script: HostPath,
  onData: (bytes: Uint8Array) => void,
): Promise<BuildTerminal> {
  const prompt = `[sudo] password for %p, to build ${promptName(name)}: `;
  const command = commandSpec('sudo', ['-p', prompt, '--', '/bin/sh', { path: script }], {
    purpose: `Build ${name} as root`,
    environment: { LC_ALL: 'C' }, // its words are read
  });
  try {
    return await open({
      hostId: host.id,
      taskId: context.id,
      name: `sudo: ${name}`,
      command,
      folder: workingFolder,
      size,
      onData,
    });
  } catch (thrown) {
    if (reportOf(thrown).code !== 'host.commandMissing') throw thrown;
    throw workbenchError('build.sudo', { reason: 'missing' }, { hostId: host.id, cause: thrown });
  }
}

/** sudo puts words of its own in the place of `%` and a letter. */
function promptName(name: string): string {
  return name.replace(/[^\p{L}\p{N} ._+-]/gu, '?').slice(0, 100);
}

/** Output from the marker on; what stands before it is looked at for sudo's own words alone. */
function outputAfter(marker: string, follower: SudoRun['follower']) {
  const decoder = new StringDecoder('utf8');
  let before = '';
  let text = '';
  let hasBegun = false;
  const add = (chunk: string) => {
    if (chunk === '') return;
    text = (text + chunk).slice(-keptBytes);
    follower.take(chunk);
  };
  const takeText = (chunk: string) => {
    if (hasBegun) {
      add(chunk);
      return;
    }
    before += chunk;
    const at = before.indexOf(marker);
    if (at < 0) before = before.slice(-keptBefore);
    else {
      hasBegun = true;
      follower.begin('bootstrap', 'Building as root');
      add(before.slice(at + marker.length));
      before = '';
    }
  };
  return {
    take: (bytes: Uint8Array) => takeText(decoder.write(Buffer.from(bytes))),
    hasBegun: () => hasBegun,
    end() {
      takeText(decoder.end());
      return { before: stripAnsi(before), text, hasBegun };
    },
  };
}

type End = Awaited<BuildTerminal['ended']>;

/** Ctrl-C and a hang-up, as the script (128 + the signal) or sudo itself ends by them. */
function wasClosed({ exitStatus, signal, isClosed }: End): boolean {
  return isClosed || signal !== null || exitStatus === 129 || exitStatus === 130;
}

/** sudo's words (1.9.13, run; 1.8 and sudo-rs from their sources) → why it did not begin. */
const reasons: readonly (readonly [string, RegExp])[] = [
  ['notAllowed', /is not in the sudoers file|is not allowed to (?:execute|run)|may not run sudo|I'm sorry/],
  ['terminal', /you must have a tty|a terminal is required/],
  ['blocked', /no new privileges|must be owned by uid 0|effective uid is not 0|unable to change to root/],
  [
    'password',
    /incorrect password attempt|no password was provided|Sorry, try again|timed out|uthentication fail|ncorrect authentication/,
  ],
  ['closed', /a password is required/], // alone it is what Ctrl-C at the prompt leaves
];

/** Fails with what is known; nothing of what was typed is in it, for only lines that are sudo's own are quoted. */
export function sudoFailure(
  before: string,
  end: End,
  { hasBegun, hostId }: { readonly hasBegun: boolean; readonly hostId: HostId },
): WorkbenchError {
  const found = reasons.find(([, words]) => words.test(before))?.[0];
  const reason = hasBegun || end.isClosed ? 'closed' : (found ?? (wasClosed(end) ? 'closed' : 'other'));
  const said = before.split(/\r?\n/).filter((line) => /^sudo(?:-rs)?: /.test(line));
  return workbenchError(
    'build.sudo',
    { reason, said: said.at(-1) ?? null, account: accountIn(before) },
    { hostId, evidence: said.join('\n'), exitStatus: end.exitStatus },
  );
}

/** The account that sudo refuses, as it names it. */
function accountIn(said: string): string | null {
  const found =
    /user ([\w.@-]{1,64}) (?:is not allowed to|may not run)/.exec(said) ??
    /^([\w.@-]{1,64}) is not in the sudoers file/m.exec(said);
  return found?.[1] ?? null;
}

async function isThere(host: Host, path: HostPath): Promise<boolean> {
  return (await host.files.stat(path).catch(() => null)) !== null; // its parent may be root's: then it is named there
}
