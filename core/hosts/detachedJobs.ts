import {
  type HostPath,
  hostPathFromBytes,
  hostPathFromText,
  hostPathToBytes,
  joinPath,
} from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { type Argument, type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type {
  DetachedEnd,
  DetachedFacts,
  DetachedFile,
  DetachedJob,
  DetachedJobs,
  DetachedOptions,
} from './detachedJob.ts';
import {
  cancelScript,
  followScript,
  listScript,
  ownFileNames,
  removeScript,
  scriptStatus,
  startScript,
  superviseScript,
} from './detachedScript.ts';
import type { CommandOutcome, Host, RunOptions } from './host.ts';

const tailBytes = 65_536;
/** A waiting command that ends without having said the end: so often it is asked again before the line counts as lost. */
const followTries = 3;
const idPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;

/** Detached jobs of this user on a host. Everything goes through `host.run`: a small program on stdin of `sh`. */
export function createDetachedJobs(host: Host): DetachedJobs {
  async function list(options: Parameters<typeof listScript>[0]): Promise<readonly DetachedFacts[]> {
    const { stdout } = await runScript(host, listScript(options), 'List detached work');
    return stdout.split('\n').flatMap((line) => parseFacts(line) ?? []);
  }

  return {
    async start(id, spec, options) {
      const script = startScript(checkedId(id), filesOf(spec, options));
      const outcome = await runScript(host, script, spec.purpose, {
        byHand: spec.byHand ?? showCommand(spec),
        options: { isQuiet: false, ...taskOf(id) },
      });
      return jobOf(host, id, hostPathFromBytes(Buffer.from(outcome.stdout, 'base64')));
    },
    async find(id) {
      const [facts] = await list({ id: checkedId(id), isMeasured: false });
      return facts === undefined ? null : jobOf(host, id, facts.folder);
    },
    list: () => list({ id: null, isMeasured: true }),
    states: async () =>
      new Map((await list({ id: null, isMeasured: false })).map((facts) => [facts.id, facts])),
  };
}

function jobOf(host: Host, id: string, folder: HostPath): DetachedJob {
  return {
    id,
    folder,
    async follow({ from, onOutput, signal }) {
      let at = from;
      let tries = 0;
      for (;;) {
        const before = at;
        const exitStatus = await followOnce(host, { id, from: at, signal }, (bytes) => {
          at += bytes.length;
          onOutput(bytes, at);
        });
        if (exitStatus !== undefined) return { exitStatus, tail: await readTail(host, folder) };
        tries = at > before ? 0 : tries + 1;
        if (tries >= followTries)
          throw workbenchError('host.connectionLost', { host: host.label }, { hostId: host.id });
      }
    },
    async cancel() {
      await runScript(host, cancelScript(id), 'End detached work');
    },
    async remove() {
      await runScript(host, removeScript(id), 'Remove what detached work left');
    },
  };
}

/** Follows until the end is told: its exit status, null when it is gone. Undefined when the end was not told. */
async function followOnce(
  host: Host,
  { id, from, signal }: { readonly id: string; readonly from: number; readonly signal: AbortSignal },
  onBytes: (bytes: Uint8Array) => void,
): Promise<DetachedEnd['exitStatus'] | undefined> {
  let end: number | null | undefined;
  await host.run(scriptCommand('Follow detached work', null), {
    stdin: encodedScript(followScript(id, from)),
    isQuiet: true,
    keepBytes: 4096,
    signal,
    onLine: (line, stream) => {
      if (stream === 'stderr' || line === ':' || line === '') return;
      if (line.startsWith('= ')) end = parseEnd(line);
      else onBytes(Buffer.from(line, 'base64'));
    },
  });
  return end;
}

function parseEnd(line: string): number | null {
  const [, state, status] = line.split(' ');
  return state === 'ended' ? Number(status) : null;
}

async function readTail(host: Host, folder: HostPath): Promise<string> {
  const output = joinPath(folder, hostPathFromText('output'));
  const facts = await host.files.stat(output);
  if (facts === null) return '';
  const from = Math.max(0, facts.sizeBytes - tailBytes);
  return new TextDecoder().decode(await host.files.read(output, from, tailBytes));
}

/** `id state status started modified kibibytes folder title`; null for what is not such a line. */
function parseFacts(line: string): DetachedFacts | null {
  const [id = '', state, status, started, modified, kibibytes, folder = '', title = ''] = line.split(' ');
  if (!idPattern.test(id) || !isState(state) || folder === '') return null;
  return {
    id,
    title: Buffer.from(title, 'base64').toString('utf8'),
    folder: hostPathFromBytes(Buffer.from(folder, 'base64')),
    state,
    exitStatus: state === 'ended' ? Number(status) : null,
    startedAt: Number(started) * 1000,
    modifiedAt: Number(modified) * 1000,
    sizeBytes: Number(kibibytes) * 1024,
  };
}

function isState(text: string | undefined): text is DetachedFacts['state'] {
  return text === 'running' || text === 'ended' || text === 'gone' || text === 'unknown';
}

/** The files that a job begins with. Fails with input.invalid for names that it may not have. */
function filesOf(
  spec: CommandSpec,
  options: DetachedOptions,
): readonly { readonly name: string; readonly base64: string }[] {
  const extra = options.files ?? [];
  for (const { name } of extra)
    if (!namePattern.test(name) || ownFileNames.has(name))
      throw workbenchError('input.invalid', { reason: `A job may not have a file named ${name}.` });
  const secrets = extra.filter(({ isSecret }) => isSecret === true).map(({ name }) => `${name}\n`);
  const owned = (options.ownedPaths ?? []).map((path) => `${base64(hostPathToBytes(path))}\n`);
  const files: readonly DetachedFile[] = [
    ...extra,
    { name: 'title', data: options.title },
    { name: 'supervise', data: superviseScript },
    { name: 'command', data: commandScript(spec, options.workingFolder ?? null) },
    ...(options.wantsTerminal ? [{ name: 'terminal', data: '' }] : []),
    ...(secrets.length === 0 ? [] : [{ name: 'secrets', data: secrets.join('') }]),
    ...(owned.length === 0 ? [] : [{ name: 'owned', data: owned.join('') }]),
  ];
  return files.map(({ name, data }) => ({ name, base64: base64(data) }));
}

/** The command line as a shell script of exactly its bytes. A terminal gets a size: without one programs show no progress. */
function commandScript(spec: CommandSpec, workingFolder: HostPath | null): Uint8Array {
  let script = '[ ! -t 0 ] || stty rows 40 columns 120 2>/dev/null\n';
  if (workingFolder !== null) script += `cd -- ${quoted({ path: workingFolder })} || exit 126\n`;
  for (const [name, value] of Object.entries(spec.environment)) {
    script += value === null ? `unset ${name}\n` : `export ${name}=${quoted(value)}\n`;
  }
  script += `exec ${[spec.program, ...spec.args].map(quoted).join(' ')}\n`;
  return Buffer.from(script, 'latin1');
}

/** One word for the shell, a character for each byte. */
function quoted(word: Argument): string {
  const bytes =
    typeof word === 'string'
      ? Buffer.from(word)
      : 'secret' in word
        ? Buffer.from(word.secret)
        : Buffer.from(hostPathToBytes(word.path));
  return `'${bytes.toString('latin1').replaceAll("'", "'\\''")}'`;
}

function base64(data: string | Uint8Array): string {
  return Buffer.from(data).toString('base64');
}

function checkedId(id: string): string {
  if (!idPattern.test(id)) throw workbenchError('input.invalid', { reason: `${id} is no name of a job.` });
  return id;
}

function taskOf(id: string): Pick<RunOptions, 'taskId'> {
  const parsed = taskIdSchema.safeParse(id);
  return parsed.success ? { taskId: parsed.data } : {};
}

/** The program travels on stdin: it is in nobody's list of processes, and may be long. */
function scriptCommand(purpose: string, byHand: string | null): CommandSpec {
  return commandSpec('/bin/sh', ['-c', 'eval "$(base64 -d)"', 'mysingularity'], { purpose, byHand });
}

function encodedScript(script: string): string {
  return `${base64(script)}\n`;
}

async function runScript(
  host: Host,
  script: string,
  purpose: string,
  { byHand = null, options = {} }: { readonly byHand?: string | null; readonly options?: RunOptions } = {},
): Promise<CommandOutcome> {
  const outcome = await host.run(scriptCommand(purpose, byHand), {
    isQuiet: true,
    ...options,
    stdin: encodedScript(script),
  });
  if (outcome.exitStatus !== 0) throw scriptFailure(host, purpose, outcome);
  return outcome;
}

/** Words of the small tools, in the C locale → what they mean. */
const failures = [
  [/no space left/i, 'disk.full'],
  [/quota/i, 'disk.quota'],
  [/read-only/i, 'disk.readOnly'],
  [/permission denied/i, 'host.permissionDenied'],
] as const;

function scriptFailure(host: Host, purpose: string, { exitStatus, stdout, stderr }: CommandOutcome): Error {
  const where = { hostId: host.id, evidence: stderr, exitStatus };
  if (exitStatus === scriptStatus.onOtherNode)
    return workbenchError('task.onOtherNode', { host: host.label, node: stdout }, where);
  if (exitStatus === scriptStatus.stillRunning)
    return workbenchError('input.invalid', { reason: 'It is still running, and could not be ended.' }, where);
  const code = failures.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'internal';
  return workbenchError(code, {}, { ...where, command: purpose });
}
