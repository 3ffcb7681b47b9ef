import { type HostPath, hostPathToText } from '#core/contract/hostPath.ts';
import type { OverlayUse } from '#core/contract/runtime.ts';
import type { Argument } from './commandSpec.ts';

/** `--overlay PATH[:ro]`. The path must fit: see `fitsOverlayArgument`. */
export function overlayArguments({ path, isReadOnly }: OverlayUse): readonly Argument[] {
  return ['--overlay', isReadOnly ? { path: `${path}:ro` as HostPath } : { path }];
}

/** The option is a list of CSV with `:ro` at the end of each, and knows no escape. Source: cmd/internal/cli/actions.go. */
export function fitsOverlayArgument(path: HostPath): boolean {
  const text = hostPathToText(path);
  return text !== null && !/[:,"\r\n]/.test(text);
}
