import type { ActionOptions, Bind, Isolation, OverlayUse } from '#core/contract/runtime.ts';
import { UsageError } from './failure.ts';
import { pathFromArgument } from './pathArgument.ts';

/** Options of shell, exec and run as the parser gives them. */
export interface ActionFlags {
  readonly bind?: readonly string[];
  readonly env?: readonly string[];
  readonly overlay?: readonly string[];
  readonly nv?: boolean;
  readonly rocm?: boolean;
  readonly writableTmpfs?: boolean;
  readonly isolation?: Isolation;
  /** Name or id of a workspace of the host. */
  readonly workspace?: string;
}

/** Flags → options of the contract. A wrong one is a UsageError that says how it should look. */
export function actionOptions(flags: ActionFlags, workingFolder: string): ActionOptions {
  if (flags.nv === true && flags.rocm === true) throw new UsageError('--nv and --rocm exclude each other');
  return {
    binds: (flags.bind ?? []).map((text) => parseBind(text, workingFolder)),
    environment: (flags.env ?? []).map(parseVariable),
    gpu: flags.nv === true ? 'nvidia' : flags.rocm === true ? 'rocm' : 'none',
    isWritableTmpfs: flags.writableTmpfs === true,
    isolation: flags.isolation ?? 'host',
    ...(flags.overlay === undefined
      ? {}
      : { overlays: flags.overlay.map((text) => parseOverlay(text, workingFolder)) }),
  };
}

/** `SOURCE[:DESTINATION[:ro|rw]]`, as the runtimes write it; without a destination the same path. */
function parseBind(text: string, workingFolder: string): Bind {
  const [source = '', destination, mode = 'rw', ...rest] = text.split(':');
  if (source === '' || rest.length > 0 || (mode !== 'ro' && mode !== 'rw')) {
    throw new UsageError(`--bind ${text}: expected SOURCE[:DESTINATION[:ro|rw]]`);
  }
  const path = pathFromArgument(source, workingFolder);
  const inside = destination ?? path;
  if (!inside.startsWith('/')) throw new UsageError(`--bind ${text}: the destination must begin with /`);
  return { source: path, destination: inside, isReadOnly: mode === 'ro' };
}

/** `PATH[:ro]`, as the runtimes write it. */
function parseOverlay(text: string, workingFolder: string): OverlayUse {
  const [, source = '', mode] = /^([^:]*)(?::(ro|rw))?$/.exec(text) ?? [];
  if (source === '') throw new UsageError(`--overlay ${text}: expected PATH[:ro]`);
  return { path: pathFromArgument(source, workingFolder), isReadOnly: mode === 'ro' };
}

function parseVariable(text: string): { name: string; value: string } {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`--env ${text}: expected NAME=VALUE`);
  return { name, value };
}
