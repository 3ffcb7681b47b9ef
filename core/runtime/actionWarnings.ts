import type { ErrorCode } from '#core/contract/errors.ts';
import { type HostPath, hostPathToText } from '#core/contract/hostPath.ts';
import type { ActionOptions, Bind } from '#core/contract/runtime.ts';
import type { Action } from './action.ts';
import { type HostEntryFacts, isWithin } from './hostEntries.ts';
import { fitsOverlayArgument } from './overlayArgument.ts';
import { quotePath } from './shellWords.ts';

/** Why an action cannot be run as asked. */
export interface ActionObstacle {
  readonly code: ErrorCode;
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * What makes a run impossible before it is tried; null when nothing does. The runtime passes paths to itself as
 * JSON and loses bytes that are not UTF-8 (seen with Apptainer 1.4.5), and its option parser drops the CR of CR LF.
 */
export function actionObstacle(action: Action): ActionObstacle | null {
  if (action.verb === 'exec' && action.args.length === 0)
    return { code: 'input.invalid', facts: { field: 'program', reason: 'Say which program to execute.' } };
  return optionObstacle(action);
}

/** The same of what the start of an instance shares with a run. */
export function optionObstacle(
  action: Pick<Action, 'args' | 'imagePath'> & { readonly options: ActionOptions },
): ActionObstacle | null {
  const words = [
    ...action.args,
    ...action.options.environment.map(({ value }) => value),
    ...action.options.binds.map(({ destination }) => destination),
  ];
  if (words.some((word) => word.includes('\0')))
    return { code: 'input.invalid', facts: { field: 'arguments', reason: 'A word holds a NUL character.' } };
  const unnameable = [action.imagePath, ...action.options.binds.map(({ source }) => source)].find(
    (path) => hostPathToText(path) === null,
  );
  if (unnameable !== undefined)
    return pathObstacle(
      unnameable,
      'Its name is not valid UTF-8, and the runtime cannot open such paths. Rename it first.',
    );
  const broken = action.options.binds.find(({ source }) => hostPathToText(source)?.includes('\r\n'));
  if (broken !== undefined)
    return pathObstacle(broken.source, 'The runtime cannot be given a path with a line break of this kind.');
  return overlayObstacle(action.options.overlays ?? []);
}

function overlayObstacle(overlays: NonNullable<ActionOptions['overlays']>): ActionObstacle | null {
  const unfit = overlays.find(({ path }) => !fitsOverlayArgument(path));
  if (unfit !== undefined)
    return pathObstacle(
      unfit.path,
      'The runtime takes no colon, comma, quote or line break in the path of an overlay. Rename it first.',
    );
  return overlays.filter(({ isReadOnly }) => !isReadOnly).length > 1
    ? {
        code: 'input.invalid',
        facts: { field: 'overlays', reason: 'Only one overlay can be written. Attach the others read-only.' },
      }
    : null;
}

function pathObstacle(path: HostPath, reason: string): ActionObstacle {
  return { code: 'input.invalid', facts: { field: 'path', path: quotePath(path), reason } };
}

/** Folders that an image needs of its own. */
const imageFolders = ['/', '/bin', '/etc', '/lib', '/lib64', '/sbin', '/usr'];

/** What a person should know before this run, in whole sentences; empty when there is nothing. */
export function actionWarnings(action: Action, facts: HostEntryFacts): readonly string[] {
  const { options } = action;
  return [
    ...options.binds.flatMap((bind) => bindWarnings(bind, action, facts)),
    ...duplicateWarnings(options.binds),
    ...(options.environment.some(({ name }) => name === 'HOME')
      ? ['HOME cannot be set this way: the runtime ignores it.']
      : []),
    ...(options.isWritableTmpfs
      ? ['Changes inside the container are kept in memory, in little space, and are lost when it ends.']
      : []),
    ...(options.isWritableTmpfs && options.isolation !== 'sealed'
      ? ['What is written to bound folders and to /tmp is written on the host and stays.']
      : []),
    ...evaluationWarnings(action),
  ];
}

function bindWarnings(bind: Bind, action: Action, facts: HostEntryFacts): readonly string[] {
  const hides = imageFolders.includes(bind.destination.replace(/(?<=.)\/+$/, ''));
  const opensHome =
    action.options.isolation !== 'host' && !bind.isReadOnly && isWithin(facts.homeFolder, bind.source);
  return [
    ...(hides ? [`${quotePath(bind.source)} hides the image’s own ${bind.destination}.`] : []),
    ...(opensHome
      ? [`Binding ${quotePath(bind.source)} lets your home folder in, which this isolation keeps out.`]
      : []),
    ...(!action.runtime.dialect.features.mountFlag && /[:,\\]/.test(`${bind.source}${bind.destination}`)
      ? [`This runtime’s version may misread ${quotePath(bind.source)}: it separates paths by ":" and ",".`]
      : []),
  ];
}

function duplicateWarnings(binds: readonly Bind[]): readonly string[] {
  const destinations = binds.map(({ destination }) => destination);
  const twice = new Set(destinations.filter((one, index) => destinations.indexOf(one) !== index));
  return [...twice].map((destination) => `Two binds go to ${destination}: only the last one will be seen.`);
}

function evaluationWarnings(action: Action): readonly string[] {
  if (action.runtime.dialect.features.noEval || action.verb !== 'run') return [];
  return action.args.some((word) => /[$`"\\]/.test(word))
    ? [
        'This runtime’s version lets a shell evaluate $, `, " and \\ in the arguments of images from registries.',
      ]
    : [];
}
