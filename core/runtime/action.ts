import { baseName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { ActionOptions, ActionVerb } from '#core/contract/runtime.ts';
import { bindArguments } from './bindArgument.ts';
import { type Argument, type CommandSpec, commandSpec } from './commandSpec.ts';
import type { Dialect } from './dialect.ts';
import type { HostConditions } from './hostConditions.ts';
import { overlayArguments } from './overlayArgument.ts';
import {
  type WorkspaceMount,
  workspaceArguments,
  workspaceEnvironment,
  workspaceFolder,
  workspaceProgram,
} from './workspaceMount.ts';

/** An installed runtime: the program and how to speak to it. */
export interface Runtime {
  readonly path: HostPath;
  readonly dialect: Dialect;
  /**
   * Capabilities that the calling root lacks, such as `CAP_SYS_RESOURCE`: the runtime demands a full set from root
   * and fails unless it is told not to ask for these.
   */
  readonly missingCapabilities?: readonly string[];
  /** What the doctor found, for the explainer. */
  readonly conditions?: HostConditions;
}

export interface Action {
  readonly runtime: Runtime;
  readonly verb: ActionVerb;
  readonly imagePath: HostPath;
  readonly options: ActionOptions;
  /** Words after the image: the program for exec, its arguments for run and shell. */
  readonly args: readonly string[];
  /** What opens an encrypted image; absent for any other, and where the person's environment has it. */
  readonly key?: ActionKey | undefined;
  /** What the program has for its home; absent where that is the isolation's. */
  readonly workspace?: WorkspaceMount | undefined;
}

/** A passphrase that is null is asked for by the runtime, on its terminal. */
export type ActionKey =
  | { readonly type: 'passphrase'; readonly passphrase: string | null }
  | { readonly type: 'pem'; readonly path: HostPath };

/**
 * The command line of shell, run or exec. Every word and value arrives in the container as given: binds as
 * `--mount` CSV, variables through the environment (also kept out of `ps`), and `--no-eval` where a shell inside
 * would otherwise evaluate them. It is also what a person would type, so `byHand` is null.
 */
export function actionCommand(action: Action): CommandSpec {
  const { runtime, workspace } = action;
  const inside =
    workspace === undefined
      ? { verb: action.verb, args: action.args }
      : workspaceProgram(workspace, action.verb, action.args);
  const args: readonly Argument[] = [
    inside.verb,
    ...isolationArguments(action),
    ...startFolder(action),
    ...optionArguments(action),
    ...(needsNoEval(action) ? ['--no-eval'] : []),
    ...keyArguments(action),
    { path: unmistakable(action.imagePath) },
    ...inside.args,
  ];
  return commandSpec({ path: runtime.path }, args, {
    purpose: purposeOf(action.verb, action.imagePath),
    environment: { ...actionEnvironment(action), ...keyEnvironment(action) },
  });
}

/** What shell, run, exec and the start of an instance have in common. */
export type ActionSurroundings = Pick<Action, 'runtime' | 'options' | 'workspace'>;

/** Workspace, graphics, layers and binds, as options. */
export function optionArguments({ runtime, options, workspace }: ActionSurroundings): readonly Argument[] {
  return [
    ...(workspace === undefined ? [] : workspaceArguments(workspace, runtime.dialect)),
    ...(options.gpu === 'none' ? [] : [options.gpu === 'nvidia' ? '--nv' : '--rocm']),
    ...(options.isWritableTmpfs ? ['--writable-tmpfs'] : []),
    ...(options.overlays ?? []).flatMap(overlayArguments),
    ...options.binds.flatMap((bind) => bindArguments(bind, runtime.dialect)),
  ];
}

/** Variables for the runtime and the container. */
export function actionEnvironment({
  runtime,
  options,
  workspace,
}: ActionSurroundings): Record<string, Argument | null> {
  return {
    ...(workspace === undefined ? {} : workspaceEnvironment),
    ...capabilityEnvironment(runtime),
    ...containerEnvironment(options.environment, runtime.dialect),
  };
}

/**
 * Options of an isolation preset. `clean`, and any with a workspace, also forbid the working folder: without that, a
 * working folder below the home is mounted in spite of `--no-home` and `--home`, and `--cwd` does not prevent it (seen
 * with Apptainer 1.4.5). `--no-home` forbids `--home` too, which replaces the home where a workspace has its route.
 */
export function isolationArguments({
  options,
  runtime: { dialect },
  workspace,
}: ActionSurroundings): readonly Argument[] {
  const { features } = dialect;
  const noMount = (what: string) => (features.noMount ? ['--no-mount', what] : []);
  const noHome = workspace?.route === 'home' || workspace?.route === 'bind' ? [] : ['--no-home'];
  switch (options.isolation) {
    case 'host':
      return workspace === undefined ? [] : noMount('cwd');
    case 'clean':
      return ['--cleanenv', ...noHome, ...noMount('cwd')];
    case 'sealed':
      return [
        '--containall',
        ...noHome,
        '--no-privs',
        ...noMount(features.noMountBindPaths ? 'cwd,bind-paths' : 'cwd'),
        '--net',
        '--network',
        'none',
      ];
  }
}

/** Where the program starts, when it is not the working folder. */
function startFolder({ options, runtime: { dialect }, workspace }: ActionSurroundings): readonly Argument[] {
  if (options.isolation === 'host' && workspace === undefined) return [];
  const folder = workspace === undefined ? '/' : { path: workspaceFolder(workspace) as HostPath };
  return [dialect.features.cwdFlag ? '--cwd' : '--pwd', folder];
}

function keyArguments({ key }: Action): readonly Argument[] {
  if (key === undefined || (key.type === 'passphrase' && key.passphrase !== null)) return [];
  return key.type === 'pem' ? ['--pem-path', { path: unmistakable(key.path) }] : ['--passphrase'];
}

/** A passphrase in words would stand in the list of processes. One that the person exported gives way to what was given. */
function keyEnvironment({ key, runtime }: Action): Record<string, Argument | null> {
  if (key === undefined) return {};
  const named = (what: string) => `${runtime.dialect.variablePrefix}_ENCRYPTION_${what}`;
  const isGiven = key.type === 'passphrase' && key.passphrase !== null;
  return {
    [named('PASSPHRASE')]: isGiven ? { secret: key.passphrase ?? '' } : null,
    [named('PEM_PATH')]: null,
    [named('PEM_DATA')]: null,
  };
}

/** Variables for the container: `APPTAINERENV_NAME=value` works with every preset and any value. */
function containerEnvironment(
  variables: ActionOptions['environment'],
  dialect: Dialect,
): Record<string, Argument> {
  return Object.fromEntries(
    variables.map(({ name, value }) => [
      `${dialect.variablePrefix}ENV_${name}`,
      dialect.features.noEval ? value : escapedForEvaluation(value),
    ]),
  );
}

/** Tells the runtime not to ask for what this root has not. Empty for ordinary users. */
export function capabilityEnvironment(runtime: Runtime): Record<string, Argument> {
  const missing = runtime.missingCapabilities ?? [];
  return missing.length === 0 ? {} : { [`${runtime.dialect.variablePrefix}_DROP_CAPS`]: missing.join(',') };
}

/** Characters that the runtime's own shell would act on, in values and in the arguments of an image from OCI. */
const evaluated = /[$`"\\]/;

function needsNoEval(action: Action): boolean {
  if (!action.runtime.dialect.features.noEval) return false;
  return (
    action.options.environment.some(({ value }) => evaluated.test(value)) ||
    (action.verb === 'run' && action.args.some((word) => evaluated.test(word)))
  );
}

/** Older runtimes evaluate values within double quotes and cannot be told not to (from documentation, not run). */
function escapedForEvaluation(value: string): string {
  return value.replaceAll(/[\\$`]/g, '\\$&');
}

/** A path that can be taken neither for an option nor for a `docker:` or `instance://` source. */
export function unmistakable(path: HostPath): HostPath {
  return path.startsWith('/') || path.startsWith('./') || path.startsWith('../')
    ? path
    : joinPath(hostPathFromText('.'), path);
}

function purposeOf(verb: ActionVerb, imagePath: HostPath): string {
  const name = baseName(imagePath);
  switch (verb) {
    case 'shell':
      return `Shell in ${name}`;
    case 'run':
      return `Run ${name}`;
    case 'exec':
      return `Execute a program in ${name}`;
  }
}
