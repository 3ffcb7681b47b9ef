import type { LineageStep } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import { runTreeScript } from './treeScript.ts';

const longestLineage = 1024;

/** The steps so far and one more, by the person of this host, now. The oldest of too many go. */
export async function withStep(
  host: Host,
  lineage: readonly LineageStep[],
  step: Pick<LineageStep, 'what' | 'from'>,
): Promise<LineageStep[]> {
  return [...lineage, { ...step, at: Date.now(), by: await whoIs(host) }].slice(-longestLineage);
}

/** `user@node`. */
async function whoIs(host: Host): Promise<string> {
  const { stdout } = await runTreeScript(host, {
    purpose: 'Ask who and where we are',
    script: 'echo "$(id -un 2>/dev/null || id -u)@$(uname -n)"',
    words: [],
    byHand: null,
  });
  return stdout.trim().slice(0, 320);
}
