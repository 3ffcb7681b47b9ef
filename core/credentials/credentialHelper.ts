import { spawn } from 'node:child_process';
import { z } from 'zod';
import { errnoOf } from '#core/hosts/fileErrors.ts';
import { signalGroup } from '#core/hosts/processGroup.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';

/** One question to a credential helper. */
export interface HelperCall {
  /** `docker-credential-NAME`, looked for on the PATH of the environment. */
  readonly program: string;
  readonly verb: 'get' | 'list';
  readonly stdin: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface HelperOutcome {
  /** Null when a signal ended it. */
  readonly exitStatus: number | null;
  readonly stdout: string;
}

/** Runs a helper. Fails with a `HelperTrouble`, or with the signal's reason. */
export type RunHelper = (call: HelperCall) => Promise<HelperOutcome>;

/** Why a helper gave nothing, in a sentence without secrets. */
export class HelperTrouble extends Error {
  override readonly name = 'HelperTrouble';
}

const killAfterMs = 1000;
const afterExitMs = 500;
const outputLimitBytes = 64 * 1024;

/** What helpers say when they have nothing: docker-credential-helpers, credentials/error.go. */
const notFound = 'credentials not found in native keychain';

const secretSchema = z.object({ Username: z.string().max(4096), Secret: z.string().max(outputLimitBytes) });
const listSchema = z.record(z.string(), z.string());

/**
 * Asks `docker-credential-<helper> get` for a server. Null when it knows none. Fails with a `HelperTrouble`.
 * Source of the protocol: docker/docker-credential-helpers, README.
 */
export async function askHelper(
  run: RunHelper,
  asked: {
    readonly helper: string;
    readonly serverUrl: string;
    readonly environment: Readonly<Record<string, string>>;
  },
  signal: AbortSignal,
): Promise<RegistryCredentials | null> {
  const { helper, serverUrl, environment } = asked;
  const program = programOf(helper);
  const outcome = await run({ program, verb: 'get', stdin: serverUrl, environment, signal });
  if (outcome.exitStatus !== 0) {
    if (outcome.stdout.trim() === notFound) return null;
    // What it printed may be a secret, so it is not shown.
    throw new HelperTrouble(
      outcome.exitStatus === null
        ? `${program} was ended by a signal.`
        : `${program} failed with status ${outcome.exitStatus}.`,
    );
  }
  const parsed = secretSchema.safeParse(parseJson(outcome.stdout));
  if (!parsed.success) throw new HelperTrouble(`${program} gave an answer that makes no sense.`);
  const { Username: userName, Secret: password } = parsed.data;
  if (password === '') return null;
  return userName === '<token>' ? { userName, password, isIdentityToken: true } : { userName, password };
}

/**
 * Asks a helper whom it knows, without any secret: server → user name. Null when it does not answer that, which not
 * every helper does. Fails with a `HelperTrouble` when it cannot be run.
 */
export async function listOfHelper(
  run: RunHelper,
  asked: { readonly helper: string; readonly environment: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | null> {
  const program = programOf(asked.helper);
  const outcome = await run({ program, verb: 'list', stdin: '', environment: asked.environment, signal });
  const parsed = listSchema.safeParse(parseJson(outcome.stdout));
  return outcome.exitStatus === 0 && parsed.success ? parsed.data : null;
}

/** Starts helpers, each in a process group of its own, for ten seconds at most. */
export function createHelperRunner(
  { limitMs }: { readonly limitMs: number } = { limitMs: 10_000 },
): RunHelper {
  return (call) => runHelper(call, limitMs);
}

function runHelper(call: HelperCall, limitMs: number): Promise<HelperOutcome> {
  const { program, verb, stdin, environment, signal } = call;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const child = spawn(program, [verb], {
      env: { ...environment },
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let ended: { readonly failure: unknown } | null = null;
    let killer: NodeJS.Timeout | undefined;
    /** Ends the group; the promise settles when the program is gone. */
    const end = (failure: unknown): void => {
      if (ended !== null || child.pid === undefined) return;
      const { pid } = child;
      ended = { failure };
      signalGroup(pid, 'SIGTERM');
      killer = setTimeout(() => signalGroup(pid, 'SIGKILL'), killAfterMs);
    };
    const stop = (): void => end(signal.reason);
    const limit = setTimeout(
      () => end(new HelperTrouble(`${program} gave no answer within ${limitMs / 1000} seconds.`)),
      limitMs,
    );
    signal.addEventListener('abort', stop, { once: true });
    const settle = (work: () => void): void => {
      clearTimeout(limit);
      signal.removeEventListener('abort', stop);
      work();
    };
    child.on('error', (thrown) =>
      settle(() =>
        reject(errnoOf(thrown) === null ? thrown : new HelperTrouble(startTrouble(program, thrown))),
      ),
    );
    child.stdin.on('error', () => undefined); // it did not want to read the question: its answer counts
    child.stdin.end(stdin);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > outputLimitBytes) end(new HelperTrouble(`${program} wrote more than 64 KiB.`));
      else chunks.push(chunk);
    });
    child.on('exit', () => {
      clearTimeout(killer);
      if (ended === null) {
        // A daemon that it left behind may hold its output open for ever.
        setTimeout(() => child.stdout.destroy(), afterExitMs).unref();
        return;
      }
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      child.stdout.destroy();
    });
    child.on('close', (exitStatus) =>
      settle(() => {
        if (ended !== null) reject(ended.failure);
        else resolve({ exitStatus, stdout: Buffer.concat(chunks).toString('utf8') });
      }),
    );
  });
}

/** The name of the program. Fails with a `HelperTrouble` for what is no name: the file may be anybody's. */
function programOf(helper: string): string {
  if (!/^[a-z0-9][a-z0-9_.-]*$/.test(helper) || helper.length > 100)
    throw new HelperTrouble('The name of the helper is not one that Docker would take.');
  return `docker-credential-${helper}`;
}

function startTrouble(program: string, thrown: unknown): string {
  return errnoOf(thrown) === 'ENOENT'
    ? `${program} is not on the PATH.`
    : `${program} could not be started (${errnoOf(thrown)}).`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the schema refuses it
  }
}
