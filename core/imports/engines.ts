import { z } from 'zod';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { ImportSource } from '#core/contract/images.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { withoutSessionBus, withoutSystemd } from '#core/runtime/engineEnvironment.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { EngineImage } from './engineImage.ts';

const answerWithinMs = 5000;
const mostImages = 5000;
const longestAnswer = 8 * 1024 * 1024;

interface Engine {
  readonly kind: ImportSource['kind'];
  readonly program: string;
  readonly listArguments: readonly string[];
  readonly parse: (stdout: string) => ImportSource['images'];
}

/**
 * What the engines print. docker's `image ls --format '{{json .}}'` has one object a line: from documentation, not run
 * against a daemon (docs.docker.com/reference/cli/docker/image/ls). podman's `images --format json` is an array (seen
 * with podman 4.3.1).
 */
const engines: readonly Engine[] = [
  {
    kind: 'docker-daemon',
    program: 'docker',
    listArguments: ['image', 'ls', '--format', '{{json .}}'],
    parse: parseDockerImages,
  },
  {
    kind: 'podman-storage',
    program: 'podman',
    listArguments: [...withoutSystemd, 'images', '--format', 'json'],
    parse: parsePodmanImages,
  },
];

/** The engines whose programs are on this machine, with their images, or with why they cannot be asked. */
export async function listImportSources(host: Host, signal: AbortSignal): Promise<readonly ImportSource[]> {
  const found = await Promise.all(engines.map((engine) => askEngine(host, engine, signal)));
  return found.filter((source) => source !== null);
}

async function askEngine(host: Host, engine: Engine, signal: AbortSignal): Promise<ImportSource | null> {
  const { kind } = engine;
  const spec = commandSpec(engine.program, engine.listArguments, {
    purpose: `List the images of ${engine.program}`,
    environment: withoutSessionBus,
  });
  const limit = AbortSignal.timeout(answerWithinMs);
  try {
    const outcome = await host.run(spec, {
      signal: AbortSignal.any([signal, limit]),
      keepBytes: longestAnswer,
      isQuiet: true,
    });
    if (outcome.exitStatus === 0) return { kind, images: [...engine.parse(outcome.stdout)], problem: null };
    return { kind, images: [], problem: lastLine(outcome.stderr) };
  } catch (thrown) {
    signal.throwIfAborted();
    if (limit.aborted)
      return { kind, images: [], problem: `${engine.program} gave no answer within 5 seconds.` };
    if (reportOf(thrown).code === 'host.commandMissing') return null;
    return { kind, images: [], problem: reportOf(thrown).title };
  }
}

/** Has an engine write one of its images as a docker archive. Fails with input.invalid where it will not. */
export async function saveFromEngine(
  host: Host,
  { engine, reference }: EngineImage,
  { target, context }: { readonly target: HostPath; readonly context: TaskContext },
): Promise<void> {
  const isDocker = engine === 'docker-daemon';
  const save = isDocker ? ['save'] : [...withoutSystemd, 'save', '--format', 'docker-archive'];
  const spec = commandSpec(isDocker ? 'docker' : 'podman', [...save, '-o', { path: target }, reference], {
    purpose: `Save ${reference}`,
    environment: withoutSessionBus,
  });
  context.report({ phase: 'unpack', text: `Taking ${reference} from ${isDocker ? 'docker' : 'podman'}` });
  const outcome = await host.run(spec, {
    signal: context.signal,
    taskId: context.id,
    onLine: (line, stream) => context.log(stream, line),
  });
  if (outcome.exitStatus === 0) return;
  throw workbenchError(
    'input.invalid',
    { field: 'image', reason: lastLine(outcome.stderr) },
    { evidence: stripAnsi(outcome.stderr), exitStatus: outcome.exitStatus },
  );
}

const name = z.string().max(1024);
const dockerRow = z.looseObject({ Repository: name, Tag: name, ID: name, Size: name.nullish() });

/** Lines of docker → images; what has no name goes by its id. A line that makes no sense is left out. */
export function parseDockerImages(stdout: string): ImportSource['images'] {
  const rows = stdout.split('\n').filter((line) => line.trim() !== '');
  return rows.slice(0, mostImages).flatMap((line) => {
    const row = dockerRow.safeParse(jsonOrNull(line));
    if (!row.success) return [];
    const { Repository, Tag, ID, Size } = row.data;
    const isNamed = Repository !== '<none>' && Tag !== '<none>';
    const reference = isNamed ? `${Repository}:${Tag}` : ID.replace(/^sha256:/, '');
    return [{ member: `docker-daemon:${reference}`, sizeBytes: bytesOfText(Size ?? '') }];
  });
}

const podmanRow = z.looseObject({
  Id: name,
  Names: z.array(name).nullish(),
  Size: z.number().nonnegative().nullish(),
});

/** The array of podman → images, one a name; what has no name goes by its id. */
export function parsePodmanImages(stdout: string): ImportSource['images'] {
  const rows = jsonOrNull(stdout);
  if (!Array.isArray(rows)) return [];
  return rows.slice(0, mostImages).flatMap((value: unknown) => {
    const row = podmanRow.safeParse(value);
    if (!row.success) return [];
    const { Id, Names, Size } = row.data;
    const names = Names === null || Names === undefined || Names.length === 0 ? [Id] : Names;
    return names.map((one) => ({ member: `podman-storage:${one}`, sizeBytes: Size ?? null }));
  });
}

/** docker's `7.83MB` → bytes; null for what is none. */
function bytesOfText(text: string): number | null {
  const match = /^([0-9]+(?:\.[0-9]+)?) ?(B|kB|MB|GB|TB)$/.exec(text);
  const power = ['B', 'kB', 'MB', 'GB', 'TB'].indexOf(match?.[2] ?? '');
  return match?.[1] === undefined || power < 0 ? null : Math.round(Number(match[1]) * 1000 ** power);
}

function lastLine(text: string): string {
  const lines = stripAnsi(text).trim().split('\n');
  return (lines.at(-1) ?? '').slice(0, 500) || 'It said nothing';
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // judged by the schema
  }
}
