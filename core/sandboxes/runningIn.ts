import type { HostPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { plainInAwk } from '#core/runtime/mountTable.ts';
import { mountsIn, type SandboxRoom } from './sandboxRoom.ts';

/**
 * `FOLDER` (whole, without links): processes of the person in a sandbox. The runtime leaves its path in their environment;
 * of instances and other ways it is what their `/`, or the runtime's folder for it, is mounted from. A mount names its
 * source from the top of its file system on, which is not where the folder is seen: below a bind mount, a subvolume, a
 * partition of its own. So the folder is named by device and that path, too. Lines of `PID NAME`, the first five.
 */
export const runningScript = `where=$1; export where
{ grep -lzxF -e "APPTAINER_CONTAINER=$where" -e "SINGULARITY_CONTAINER=$where" /proc/[0-9]*/environ
  { sed 's/^/self /' /proc/self/mountinfo; grep -H '' /proc/[0-9]*/mountinfo; } | awk '${plainInAwk}
    BEGIN { where = ENVIRON["where"] }
    $1 == "self" { at = plain($6); if (at == "/") at = ""
      if (length(at) >= longest && (where == at || index(where, at "/") == 1)) {
        longest = length(at); device = $4; source = plain($5); if (source == "/") source = ""
        source = source substr(where, longest + 1); if (source == "") source = "/" }
      next }
    ($5 == "/" || $5 ~ /\\/session\\/rootfs$/) && $3 == device && plain($4) == source { print $1 }'
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
