import type { HostPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { mountsIn, type SandboxRoom } from './sandboxRoom.ts';

/**
 * Processes of the person in a sandbox: the runtime leaves its path in their environment; of instances and other ways it
 * is what their `/`, or the runtime's folder for it, is mounted from. Lines of `PID NAME`, the first five.
 */
const runningScript = `where=$1; export where
{ grep -lzxF -e "APPTAINER_CONTAINER=$where" -e "SINGULARITY_CONTAINER=$where" /proc/[0-9]*/environ
  grep -H '' /proc/[0-9]*/mountinfo | awk '{ root = $4; gsub(/\\\\040/, " ", root) }
    ($5 == "/" || $5 ~ /\\/session\\/rootfs$/) && root != "/" && length(root) <= length(ENVIRON["where"]) &&
    substr(ENVIRON["where"], length(ENVIRON["where"]) - length(root) + 1) == root { print $1 }'
} 2>/dev/null | cut -d/ -f3 | sort -un | head -n 5 | while read -r process; do
  echo "$process $(cat "/proc/$process/comm" 2>/dev/null)"
done
:`;

/** Fails with sandbox.busy while something runs in a sandbox, or is mounted in it. */
export async function requireIdle(room: SandboxRoom, path: HostPath): Promise<void> {
  const { host } = room;
  const busy = (reason: string) => workbenchError('sandbox.busy', { path, reason }, { hostId: host.id });
  const [mounted] = await mountsIn(host, path);
  if (mounted !== undefined) throw busy(`Something is mounted at ${mounted}`);
  const real = await host.files.realPath(path);
  const spec = commandSpec('/bin/sh', ['-c', runningScript, 'sh', { path: real }], {
    purpose: 'Look for what runs in the sandbox',
  });
  const { stdout } = await host.run(spec, { isQuiet: true });
  const running = stdout.split('\n').filter((line) => /^\d+ /.test(line));
  if (running.length === 0) return;
  const named = running.map((line) => {
    const [process = '', ...name] = line.split(' ');
    return `${name.join(' ')} (process ${process})`;
  });
  throw busy(`These run in it: ${named.join(', ')}.`);
}
