import type {
  ConvertedDockerfile,
  DefinitionTemplate,
  DefinitionWords,
  Finding,
  Outline,
} from '#core/contract/definitions.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';

/** A definition file of a host. */
export interface DefinitionPlace {
  readonly hostId: HostId;
  readonly path: HostPath;
}

/** A definition file as it is on its host's disk. `modifiedAt`: milliseconds since 1970. */
export interface SavedDefinition {
  /** Without links. */
  readonly path: HostPath;
  readonly modifiedAt: number;
}

/** Definition files: checked, read and written on any host, begun from templates, made of Dockerfiles. */
export interface Definitions {
  /** For the runtime of a host; for the newest of any where it has none, or no host is named. Fails with host.notConnected. */
  lint(input: {
    readonly text: string;
    readonly hostId: HostId | null;
    readonly buildArguments: Readonly<Record<string, string>>;
  }): Promise<{ readonly findings: readonly Finding[]; readonly outline: Outline }>;
  /** Fails with host.pathMissing, host.permissionDenied; input.invalid for what is too long or no UTF-8 text. */
  read(
    place: DefinitionPlace,
  ): Promise<SavedDefinition & { readonly text: string; readonly isDockerfile: boolean }>;
  /**
   * The whole file, or nothing. Fails with input.changedOnDisk when the file is not the one that was read
   * (`expectedModifiedAt` null: when there is one at all).
   */
  write(place: DefinitionPlace, text: string, expectedModifiedAt: number | null): Promise<SavedDefinition>;
  templates(): Promise<readonly DefinitionTemplate[]>;
  convertDockerfile(text: string): Promise<ConvertedDockerfile>;
  words(): Promise<DefinitionWords>;
}
