import { type HostPath, hostPathToText } from '#core/contract/hostPath.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import { workspaceHome } from '#core/contract/workspaces.ts';
import { bindArguments } from './bindArgument.ts';
import type { Argument } from './commandSpec.ts';
import type { Dialect } from './dialect.ts';

/**
 * How a workspace comes into a container. `home` and `bind` show the tree at `/home/mysingularity` with `--home`;
 * `overlay` shows a link to the tree there (the tree's own path must be seen inside); `environment` only sets HOME to
 * the tree's own path.
 */
export type WorkspaceMount =
  | {
      readonly route: 'home' | 'bind';
      readonly tree: HostPath;
      /** The program starts within a user namespace already, in which a setuid starter is none. */
      readonly isNested?: boolean;
    }
  | { readonly route: 'environment'; readonly tree: HostPath }
  | { readonly route: 'overlay'; readonly overlay: HostPath };

/** `--home SRC:DST` takes one colon and no escape; a path with another goes by a bind. Source: UserGuide, `--home`. */
export function fitsHomeOption(tree: HostPath): boolean {
  const text = hostPathToText(tree);
  return text !== null && !text.includes(':');
}

/** `--overlay` is a list with commas, and `:ro` ends each. */
export function fitsOverlayOption(overlay: HostPath): boolean {
  const text = hostPathToText(overlay);
  return text !== null && !/[:,]/.test(text);
}

/** Where a program starts that has the workspace. */
export function workspaceFolder(mount: WorkspaceMount): HostPath | string {
  return mount.route === 'environment' ? mount.tree : workspaceHome;
}

/**
 * Options that bring the workspace in. For `bind`, `--home` names the place alone: the runtime puts an empty folder
 * there, sets HOME and the entry of passwd, and the bind covers the folder (seen with Apptainer 1.4.5).
 */
export function workspaceArguments(mount: WorkspaceMount, dialect: Dialect): readonly Argument[] {
  switch (mount.route) {
    case 'home':
      return [...nested(mount), '--home', { path: `${mount.tree}:${workspaceHome}` as HostPath }];
    case 'bind':
      return [
        ...nested(mount),
        '--home',
        workspaceHome,
        ...bindArguments({ source: mount.tree, destination: workspaceHome, isReadOnly: false }, dialect),
      ];
    case 'overlay':
      return ['--overlay', { path: `${mount.overlay}:ro` as HostPath }];
    case 'environment':
      return [];
  }
}

/** From documentation, not run: `--userns` takes the starter without setuid. */
const nested = ({ isNested }: { readonly isNested?: boolean }) => (isNested === true ? ['--userns'] : []);

/** The runtime refuses to set HOME from outside, so a program inside sets it, and becomes what was asked for. */
export function workspaceProgram(
  mount: WorkspaceMount,
  verb: ActionVerb,
  args: readonly string[],
): { readonly verb: ActionVerb; readonly args: readonly Argument[] } {
  if (mount.route === 'home' || mount.route === 'bind') return { verb, args };
  const program: readonly string[] = {
    exec: [],
    run: ['/.singularity.d/runscript'],
    shell: ['/bin/sh', '-c', '[ -x /bin/bash ] && exec /bin/bash --norc; exec /bin/sh'],
  }[verb];
  const home: readonly Argument[] =
    mount.route === 'overlay' ? [`HOME=${workspaceHome}`] : [{ path: `HOME=${mount.tree}` as HostPath }];
  return { verb: 'exec', args: ['env', ...home, ...program, ...args] };
}

/** Variables that lead programs to the person's own dot files and packages, out of the workspace. */
const homeVariables = [
  'BASH_ENV',
  'ENV',
  'PYTHONUSERBASE',
  'R_LIBS_USER',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'ZDOTDIR',
];

/** What is taken out of the environment of a run with a workspace. */
export const workspaceEnvironment: Readonly<Record<string, null>> = Object.fromEntries(
  homeVariables.map((name) => [name, null]),
);
