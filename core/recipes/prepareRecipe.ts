import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { PreparedRecipe, RecipeChoice, RecipeInput } from '#core/contract/recipes.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { WorkspaceStore } from '#core/workspaces/workspaceStore.ts';
import { recipeScripts, sourcePlace } from './recipeScripts.ts';

/** What recipes stand on. */
export interface RecipeMeans {
  /** Fails with host.unknown or host.notConnected. */
  readonly openHost: (id: HostId) => Promise<Host>;
  readonly store: WorkspaceStore;
}

/** The words of a recipe's script, and what of the host it must see. */
interface Need {
  readonly words: readonly string[];
  readonly source: HostPath | null;
}

/**
 * The action that sets a workspace up, for a terminal that the person sees. Fails with workspace.unknown, image.missing and
 * host.pathMissing; starts nothing.
 */
export async function prepareRecipe(
  { openHost, store }: RecipeMeans,
  { hostId, id, imagePath, options, choice }: RecipeInput,
): Promise<PreparedRecipe> {
  const host = await openHost(hostId);
  const workspace = await store.find(host, id);
  const where = { hostId };
  if ((await host.files.stat(imagePath)) === null)
    throw workbenchError('image.missing', { path: imagePath }, where);
  const { words, source } = needOf(choice);
  if (source !== null && (await host.files.stat(source)) === null)
    throw workbenchError('host.pathMissing', { path: source }, where);
  const script = recipeScripts[choice.kind];
  const bind = source === null ? [] : [{ source, destination: sourcePlace, isReadOnly: true }];
  return {
    action: {
      hostId,
      path: imagePath,
      verb: 'exec',
      options: { ...options, binds: [...options.binds, ...bind] },
      args: ['/bin/sh', '-c', script, choice.kind, ...words],
      workspace: id,
    },
    script,
    warnings: workspace.writers
      .filter(({ isAlive }) => isAlive !== false)
      .map(({ user, node, what }) => `${user} has it open on ${node}: ${what}`),
  };
}

function needOf(choice: RecipeChoice): Need {
  switch (choice.kind) {
    case 'spack': {
      const { from, reference, buildJobs } = choice;
      const rest = [reference ?? '', String(buildJobs)];
      return from.kind === 'git'
        ? { words: [from.address, ...rest], source: null }
        : { words: [sourcePlace, ...rest], source: from.path };
    }
    case 'conda':
      return { words: [sourcePlace], source: choice.installer };
    case 'pip': {
      const { folder, packages, wheels } = choice;
      return { words: [folder, wheels === null ? '' : sourcePlace, ...packages], source: wheels };
    }
    case 'r':
      return { words: [choice.repository ?? '', ...choice.packages], source: null };
  }
}
