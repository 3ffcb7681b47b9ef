import type { RegistryReference } from '#core/contract/imageReference.ts';
import type { ResolvedImage } from './resolvedImage.ts';

export interface LoopbackMirrorOptions {
  readonly reference: RegistryReference;
  readonly resolved: ResolvedImage;
  /** Where a layer's bytes are on this machine; null for one that is not known. */
  readonly blobPath: (digest: string) => string | null;
}

/** A registry on 127.0.0.1 that serves one resolved image to the runtime, which believes that it asks the real one. */
export interface LoopbackMirror {
  /** Text of `$HOME/.config/containers/registries.conf` for the runtime. */
  readonly registriesConf: string;
  /** Environment for the runtime, so that nothing it does can reach the real registry. */
  readonly environment: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}
