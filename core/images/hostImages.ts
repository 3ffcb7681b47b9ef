import type { HostPath } from '#core/contract/hostPath.ts';
import type { ActionInput, ImageDetail, ImageEvent } from '#core/contract/images.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import {
  type ActionPreview,
  type OpenActionWorkspace,
  previewAction,
  resolveActionCommand,
} from './actions.ts';
import { readImageDetail } from './detail.ts';
import { removeImages, renameImage } from './fileActions.ts';
import type { Ledger } from './ledger.ts';
import { createImageLibrary } from './library.ts';

/** What can be done with the images of one host, whichever kind it is. */
export interface HostImages {
  watch(signal: AbortSignal): AsyncGenerator<ImageEvent, void, undefined>;
  /** Has the library read and followed until the signal is aborted, so that whoever watches then need not wait. */
  keepRead(signal: AbortSignal): void;
  refresh(): Promise<void>;
  setFolders(folders: readonly HostPath[]): void;
  detail(path: HostPath): Promise<ImageDetail>;
  rename(path: HostPath, newName: HostPath): Promise<HostPath>;
  /** `removeFolder` takes the tree of a sandbox away, whole or not at all. */
  remove(
    paths: readonly HostPath[],
    removeFolder: (path: HostPath) => Promise<void>,
  ): Promise<{ removed: number; freedBytes: number }>;
  previewAction(input: ActionInput): Promise<ActionPreview>;
  /** `passphrase`: of the image, where `opensWith` says that it has one. */
  resolveAction(input: ActionInput, passphrase: string | null): Promise<CommandSpec>;
}

/** Puts the images of a host together. Nothing is read before it is asked for. */
export function createHostImages(options: {
  readonly host: Host;
  readonly folders: readonly HostPath[];
  /** What was made there; it lies on this machine. */
  readonly ledger: Ledger;
  /** The chosen installation; fails with runtime.missing. */
  readonly runtime: () => Promise<Runtime>;
  /** OCI name of the host's processor. */
  readonly architecture: () => Promise<string>;
  /** What explains the runtime's words. */
  readonly rules: readonly StderrRule[];
  readonly openWorkspace: OpenActionWorkspace;
}): HostImages {
  const { host, ledger, runtime, architecture, rules, openWorkspace } = options;
  const library = createImageLibrary({ host, folders: options.folders });
  return {
    watch: (signal) => library.watch(signal),
    keepRead: (signal) => library.keepRead(signal),
    refresh: () => library.refresh(),
    setFolders: (folders) => library.setFolders(folders),
    detail: async (path) =>
      await readImageDetail({ host, ledger, hostArchitecture: await architecture() }, path),
    rename: (path, newName) => renameImage({ host, ledger }, path, newName),
    remove: (paths, removeFolder) => removeImages({ host, ledger, removeFolder }, paths),
    previewAction: async (input) =>
      await previewAction({ host, runtime: await runtime(), openWorkspace }, input),
    resolveAction: async (input, passphrase) =>
      await resolveActionCommand({ host, runtime: await runtime(), rules, openWorkspace }, input, passphrase),
  };
}
