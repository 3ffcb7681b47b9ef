import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Argument } from '#core/runtime/commandSpec.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { ProcessTable } from '#core/runtime/instance.ts';

/** A state file that the runtime keeps of an instance, of whatever node shares the home folder. */
export interface StateFile {
  readonly node: string;
  readonly name: string;
  /** Milliseconds since 1970: when it was started. */
  readonly startedAt: number;
  readonly imagePath: HostPath | null;
}

export interface InstanceState {
  readonly node: string;
  readonly files: readonly StateFile[];
  /** Of the files that were asked for, in their order; null where there is none. */
  readonly sizes: readonly (number | null)[];
}

/**
 * `$1` is `apptainer` or `singularity`; the rest are files whose sizes are wanted. The runtime keeps its state in
 * `<configuration>/instances/<kind>/<node>/<user>/<name>/<name>.json`. Source: internal/pkg/instance/instance_linux.go.
 */
const stateScript = String.raw`
case $1 in
apptainer) folder=${'$'}{APPTAINER_CONFIGDIR:-$HOME/.apptainer} ;;
*) folder=$HOME/.singularity ;;
esac
shift
IFS= read -r node </proc/sys/kernel/hostname
printf 'node %s\n' "$node"
for file; do printf 'size %s\n' "$(stat -L -c %s -- "$file" 2>/dev/null)"; done
count=0
for file in "$folder"/instances/*/*/*/*/*.json; do
  [ -f "$file" ] || continue
  count=$((count + 1))
  [ "$count" -le 2000 ] || break
  image=$(head -c 262144 "$file" | sed -n 's/.*"image":\("\([^"\\]\|\\.\)*"\).*/\1/p' | head -c 16384)
  printf 'file %s %s %s\n' "$(stat -c %Y -- "$file")" "${'$'}{file#"$folder/instances/"}" "$image"
done
`;

/** Reads it in one go. */
export async function readState(
  host: Host,
  product: 'apptainer' | 'singularity',
  files: readonly HostPath[],
): Promise<InstanceState> {
  const words = [product, ...files.map((path) => ({ path }))];
  const stdout = await script(host, stateScript, words, 'Read the state of instances');
  const lines = stdout.split('\n');
  return {
    node: /^node (.*)$/m.exec(stdout)?.[1] ?? '',
    sizes: lines.flatMap((line) => {
      const size = /^size (\d*)$/.exec(line)?.[1];
      return size === undefined ? [] : [size === '' ? null : Number(size)];
    }),
    files: lines.flatMap(readFile),
  };
}

/** `file SECONDS KIND/NODE/USER/NAME/NAME.json "IMAGE"`; anything else is no state file. */
function readFile(line: string): readonly StateFile[] {
  const found = /^file (\d{1,12}) [\w.-]+\/([\w.-]{1,256})\/[^/]+\/([\w.-]{1,256})\/\3\.json ?(".*")?$/.exec(
    line,
  );
  if (found === null) return [];
  const [, seconds = '', node = '', name = '', image] = found;
  return [{ node, name, startedAt: Number(seconds) * 1000, imagePath: imageOf(image) }];
}

function imageOf(json: string | undefined): HostPath | null {
  if (json === undefined) return null;
  try {
    const text: unknown = JSON.parse(json);
    return typeof text === 'string' && text !== '' ? hostPathFromText(text) : null;
  } catch {
    return null; // cut in the middle
  }
}

/** `$1` is the product, `$2` the name: its log files on this node, also of one that is stopped. */
const logScript = String.raw`
case $1 in
apptainer) folder=${'$'}{APPTAINER_CONFIGDIR:-$HOME/.apptainer} ;;
*) folder=$HOME/.singularity ;;
esac
IFS= read -r node </proc/sys/kernel/hostname
for file in "$folder/instances/logs/$node/$(id -un)/$2".out "$folder/instances/logs/$node/$(id -un)/$2".err; do
  printf '%s\n' "$file"
done
`;

/** Where the runtime writes what an instance prints, as a rule. */
export async function usualLogs(
  host: Host,
  product: 'apptainer' | 'singularity',
  name: string,
): Promise<{ readonly out: HostPath; readonly error: HostPath }> {
  const stdout = await script(host, logScript, [product, name], 'Find the log of an instance');
  const [out = '', error = ''] = stdout.split('\n');
  return { out: hostPathFromText(out || '/dev/null'), error: hostPathFromText(error || '/dev/null') };
}

const tableScript = `getconf CLK_TCK; getconf PAGESIZE; cat /proc/[0-9]*/stat 2>/dev/null; :`;

/** All processes that can be seen. */
export async function readProcesses(host: Host): Promise<ProcessTable> {
  const stdout = await script(host, tableScript, [], 'Look at the processes');
  const [ticks = '', page = '', ...lines] = stdout.split('\n');
  return { ticksPerSecond: Number(ticks) || 100, pageBytes: Number(page) || 4096, lines };
}

async function script(
  host: Host,
  text: string,
  words: readonly Argument[],
  purpose: string,
): Promise<string> {
  const spec = commandSpec('/bin/sh', ['-c', text, 'mysingularity', ...words], {
    purpose,
    environment: { LC_ALL: 'C' },
  });
  const { exitStatus, stdout, stderr } = await host.run(spec, {
    isQuiet: true,
    keepBytes: 8 * 1024 * 1024,
  });
  if (exitStatus !== 0)
    throw workbenchError('internal', {}, { hostId: host.id, evidence: stderr, exitStatus });
  return stdout;
}
