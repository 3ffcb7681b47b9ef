import type { Workspace } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import { runTreeScript } from '#core/workspaces/treeScript.ts';
import { overTree, treeWords } from './layeredTree.ts';

/**
 * Entries with attributes, by GNU tar, which every host has: `getfattr` is a package of its own. To /dev/null it reads no
 * files; with -vv it puts a star behind the mode of what has attributes. What overlays note for themselves is theirs.
 */
const countScript = overTree(`cd -- "$tree" || exit 74
tar --xattrs --xattrs-include='user.*' --xattrs-include=security.capability --xattrs-exclude='user.overlay.*' \\
--one-file-system --quoting-style=escape -cvvf /dev/null . 2>/dev/null | grep -c '^.\\{10\\}\\*'
:`);

/**
 * A sentence that attributes of files (`user.*`, capabilities) do not travel, where a workspace has any; none where it has
 * none, or where this host cannot tell. Capabilities would be lost at an adoption anyway: only root may give them.
 */
export async function attributeWarnings(host: Host, workspace: Workspace): Promise<readonly string[]> {
  const { exitStatus, stdout } = await runTreeScript(host, {
    purpose: 'Look for attributes of files',
    script: countScript,
    words: await treeWords(host, workspace),
    byHand: null,
  });
  const count = exitStatus === 0 ? Number.parseInt(stdout, 10) : 0;
  if (!(count > 0)) return [];
  const entries = count === 1 ? '1 file has' : `${count.toLocaleString('en')} files and folders have`;
  return [`${entries} extended attributes (user.*) or capabilities: these do not travel.`];
}
