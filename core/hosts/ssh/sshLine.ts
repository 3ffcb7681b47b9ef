import { createHash } from 'node:crypto';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { HostId } from '#core/contract/ids.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Asker } from './asker.ts';
import { preparePrivateFolder } from './runtimeFolder.ts';
import { configArgs, portArgs, type ResolvedDestination, resolveDestination } from './sshDestination.ts';
import { explainSshFailure } from './sshFailures.ts';
import {
  type ConnectingSsh,
  holdMaster,
  removeStaleSocket,
  type SshEnd,
  startSsh,
  whenClosed,
  whenListening,
} from './sshMaster.ts';
import {
  commonOptions,
  connectingOptions,
  masterOptions,
  sharingOptions,
  timeoutOf,
  unsharedOptions,
} from './sshOptions.ts';
import { SshQuestions, type SshQuestionsOptions } from './sshQuestions.ts';

/** What a line needs to know of its host. */
export interface SshTarget {
  readonly hostId: HostId;
  readonly label: string;
  readonly destination: string;
  readonly port: number | null;
  readonly sharesConnection: boolean;
  readonly configFile?: string;
  readonly runtimeFolder: string;
  readonly asker: Asker;
  readonly environment: Readonly<Record<string, string>>;
}

export interface OpenLineOptions {
  /** Fails where anything would have to be asked. */
  readonly isSilent: boolean;
  readonly signal: AbortSignal;
  readonly onAsking: (isAsking: boolean) => void;
}

/** A destination that was signed in to. */
export interface SshLine {
  readonly resolved: ResolvedDestination;
  /** The control socket; null where every channel signs in by itself. */
  readonly socket: string | null;
  /** Whether a person had to answer something. */
  readonly hasAsked: boolean;
  /** Resolves when the master is gone, with its last words; never where there is none. */
  readonly gone: Promise<string>;
  /** Ends the master and everything on it; one that is the person's own (from a terminal) is left alone. */
  end(): Promise<void>;
}

/** Signs in, or joins a master that is there already. Fails as SshConnection.connect says. */
export async function openLine(target: SshTarget, options: OpenLineOptions): Promise<SshLine> {
  const { configFile, environment } = target;
  await preparePrivateFolder(target.runtimeFolder, target.label);
  const resolved = await resolveDestination(target.destination, target.port, {
    environment,
    signal: options.signal,
    ...(configFile === undefined ? {} : { configFile }),
  });
  if (!target.sharesConnection) return await openAlone(target, resolved, options);
  const socket = socketOf(target, resolved);
  const joined = await joinMaster(target, resolved, { socket, isSilent: options.isSilent });
  if (joined !== null) return joined;
  await removeStaleSocket(socket);
  return await openMaster(target, resolved, { ...options, socket });
}

/** Everything up to and including the destination, for a session on an open line. */
export function sessionArgs(target: SshTarget, line: SshLine): readonly string[] {
  const how =
    line.socket === null
      ? [...unsharedOptions, ...connectingOptions(line.resolved, false)]
      : sharingOptions(line.socket);
  return [...configArgs(target.configFile), ...how, ...destinationArgs(target, line.resolved)];
}

/** Starts to answer what an ssh of this target asks. */
export function startQuestions(
  target: SshTarget,
  resolved: ResolvedDestination,
  heard: Pick<SshQuestionsOptions, 'onAsking' | 'onFailure'>,
): Promise<SshQuestions> {
  const { hostId, label: host, runtimeFolder, asker } = target;
  return SshQuestions.start({ hostId, host, address: resolved.address, runtimeFolder, asker, ...heard });
}

/** ssh before 8.4 asks by a program only where it believes in a screen; ours needs none. */
export function askingEnvironment(
  target: SshTarget,
  questions: SshQuestions,
): Readonly<Record<string, string>> {
  return { DISPLAY: ':0', ...target.environment, ...questions.environment };
}

function destinationArgs(target: SshTarget, resolved: ResolvedDestination): readonly string[] {
  return [...commonOptions(resolved), ...portArgs(target.port), target.destination];
}

/** The same name for the same machine, user and configuration, in every process of this user. */
function socketOf(
  { destination, port, configFile, runtimeFolder }: SshTarget,
  at: ResolvedDestination,
): string {
  const name = JSON.stringify([destination, port, configFile, at.user, at.hostName, at.port, at.proxyJump]);
  return join(runtimeFolder, createHash('sha256').update(name).digest('hex').slice(0, 16));
}

/**
 * A master of another process of ours, or of a workbench that was killed; and where nobody can be asked, one that the
 * person keeps in his own configuration's ControlPath.
 */
async function joinMaster(
  target: SshTarget,
  resolved: ResolvedDestination,
  { socket, isSilent }: { readonly socket: string; readonly isSilent: boolean },
): Promise<SshLine | null> {
  const held = await holdMaster(socket);
  if (held !== null) return joinedLine(resolved, socket, held, () => exitMaster(target, socket, held));
  if (resolved.controlPath === null || (target.asker.canAsk && !isSilent)) return null;
  const own = await holdMaster(resolved.controlPath);
  if (own === null) return null;
  return joinedLine(resolved, resolved.controlPath, own, () => {
    own.destroy();
    return Promise.resolve();
  });
}

function joinedLine(
  resolved: ResolvedDestination,
  socket: string,
  held: Socket,
  end: () => Promise<void>,
): SshLine {
  const gone = whenClosed(held).then(() => '');
  return { resolved, socket, hasAsked: false, gone, end };
}

async function exitMaster(target: SshTarget, socket: string, held: Socket): Promise<void> {
  const closed = whenClosed(held);
  const { environment, destination } = target;
  const end = await startSsh(
    [...configArgs(target.configFile), '-S', socket, '-O', 'exit', destination],
    environment,
  ).ended;
  // Its socket is gone when it ended in the meantime, which is as good.
  if (end.exitStatus === 0) await closed;
  else held.destroy();
}

async function openMaster(
  target: SshTarget,
  resolved: ResolvedDestination,
  options: OpenLineOptions & { readonly socket: string },
): Promise<SshLine> {
  const { socket } = options;
  const { ssh, hasAsked, outcome } = await signIn(target, resolved, {
    ...options,
    args: masterOptions(socket),
    words: [],
  });
  if (!(outcome instanceof Socket)) {
    // Another process of ours was faster, and ssh does not listen over its socket.
    const joined = isCrowdedOut.test(outcome.stderr)
      ? await joinMaster(target, resolved, { socket, isSilent: true })
      : null;
    if (joined === null) throw failureOf(target, resolved, outcome);
    return joined;
  }
  const endWithUs = () => ssh.end();
  process.once('exit', endWithUs);
  const gone = Promise.all([ssh.ended, whenClosed(outcome)]).then(async ([end]) => {
    process.off('exit', endWithUs);
    await removeStaleSocket(socket);
    return end.stderr;
  });
  return {
    resolved,
    socket,
    hasAsked,
    gone,
    async end() {
      ssh.end();
      await gone;
    },
  };
}

/** Without sharing, one login that does nothing shows whether it works. */
async function openAlone(
  target: SshTarget,
  resolved: ResolvedDestination,
  options: OpenLineOptions,
): Promise<SshLine> {
  const { hasAsked, outcome } = await signIn(target, resolved, {
    ...options,
    socket: null,
    args: unsharedOptions,
    words: ['exit'],
  });
  if (outcome instanceof Socket || outcome.exitStatus === null || outcome.exitStatus === sshFailed)
    throw failureOf(target, resolved, outcome);
  return {
    resolved,
    socket: null,
    hasAsked,
    gone: new Promise(() => undefined),
    end: () => Promise.resolve(),
  };
}

/** ssh's exit status when it is ssh that failed. */
const sshFailed = 255;
const isCrowdedOut = /^ControlSocket .* already exists, disabling multiplexing$/m;

interface SignInRequest extends OpenLineOptions {
  /** Where the master will listen; null for an ssh that ends by itself. */
  readonly socket: string | null;
  readonly args: readonly string[];
  readonly words: readonly string[];
}

/** Runs one ssh until it listens or ends, with its questions answered. Rejects when one stays without an answer. */
async function signIn(
  target: SshTarget,
  resolved: ResolvedDestination,
  { isSilent, signal, onAsking, socket, args, words }: SignInRequest,
): Promise<{ readonly ssh: ConnectingSsh; readonly hasAsked: boolean; readonly outcome: Socket | SshEnd }> {
  const questions = isSilent ? null : await startQuestions(target, resolved, { onAsking });
  if (signal.aborted) await questions?.dispose();
  signal.throwIfAborted();
  const waiting = new AbortController();
  const ssh = startSsh(
    [
      ...configArgs(target.configFile),
      ...args,
      ...connectingOptions(resolved, isSilent),
      ...destinationArgs(target, resolved),
      ...words,
    ],
    questions === null ? target.environment : askingEnvironment(target, questions),
  );
  const stop = () => ssh.end();
  signal.addEventListener('abort', stop, { once: true });
  ssh.onStderr((text) => {
    questions?.note(text);
    if (isCrowdedOut.test(text)) ssh.end();
  });
  try {
    const listening = socket === null ? [] : [whenListening(socket, waiting.signal)];
    const outcome = await Promise.race([ssh.ended, ...listening]);
    signal.throwIfAborted();
    if (questions !== null && questions.failure !== null) throw questions.failure;
    return { ssh, hasAsked: questions?.hasAsked ?? false, outcome };
  } catch (thrown) {
    ssh.end();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', stop);
    waiting.abort(new Error('ssh ended'));
    await questions?.dispose();
  }
}

function failureOf(
  target: SshTarget,
  resolved: ResolvedDestination,
  outcome: Socket | SshEnd,
): WorkbenchError {
  const { hostId, label: host } = target;
  const end = outcome instanceof Socket ? { exitStatus: null, stderr: '', isMissing: false } : outcome;
  if (end.isMissing) return workbenchError('host.sshMissing', {}, { hostId });
  return explainSshFailure(end.stderr, end.exitStatus, {
    hostId,
    host,
    address: resolved.address,
    seconds: timeoutOf(resolved),
  });
}
