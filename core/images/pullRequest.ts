import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import {
  defaultFileName,
  type ImageReference,
  isLoopbackRegistry,
  parseImageReference,
} from '#core/contract/imageReference.ts';
import type { Compression, ImageForm, PullInput, PullPlan } from '#core/contract/images.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { supportedCompressions } from '#core/runtime/build.ts';
import { pullByHand } from '#core/runtime/pull.ts';
import type { ImagePreferences, PullMeans } from './pullMeans.ts';
import { targetPath } from './pullTarget.ts';

export interface Credentials {
  readonly userName: string;
  readonly password: string;
}

/** A pull with everything decided that can be decided without asking anybody. */
export interface PullRequest {
  readonly reference: ImageReference;
  /** The reference as it may be shown and stored: no password in it. */
  readonly shown: string;
  readonly credentials: Credentials | null;
  readonly target: HostPath;
  readonly form: ImageForm;
  readonly overwrite: boolean;
  readonly isHttpAllowed: boolean;
  readonly architecture: string;
  /** Null where it is the host's own and nobody asked for it. */
  readonly askedArchitecture: string | null;
  readonly compression: Compression;
  readonly byHand: string;
}

/** What a request is decided by. */
export interface RequestFacts {
  readonly preferences: ImagePreferences;
  /** Null where there is none, or it is not known yet: a SIF can be fetched without. */
  readonly runtime: Runtime | null;
  readonly hostArchitecture: string;
}

/** Input → request. Fails with registry.badReference, registry.unsupportedScheme and input.invalid. */
export function pullRequest(input: PullInput, facts: RequestFacts): PullRequest {
  const { reference, shown, credentials } = readReference(input.reference);
  const folder = input.folder ?? facts.preferences.defaultFolder;
  const fileName = defaultFileName(reference);
  const target = targetPath(
    folder,
    input.fileName ?? hostPathFromText(input.form === 'sandbox' ? fileName.replace(/\.sif$/, '') : fileName),
  );
  const compression = input.compression ?? facts.preferences.compression;
  const supported = facts.runtime === null ? [compression] : supportedCompressions(facts.runtime.dialect);
  const askedArchitecture = input.architecture === facts.hostArchitecture ? null : input.architecture;
  return {
    reference,
    shown,
    credentials: input.credentials ?? credentials,
    target,
    form: input.form,
    overwrite: input.overwrite,
    isHttpAllowed: input.allowHttp,
    architecture: input.architecture ?? facts.hostArchitecture,
    askedArchitecture,
    compression: supported.includes(compression) ? compression : 'gzip-9',
    byHand: pullByHand({
      dialect: facts.runtime?.dialect ?? null,
      reference,
      target,
      form: input.form,
      allowHttp: input.allowHttp || ('registry' in reference && isLoopbackRegistry(reference.registry)),
      overwrite: input.overwrite,
      architecture: askedArchitecture,
    }),
  };
}

/** What a pull would do, after the checks that a pull begins with. */
export async function planPull(input: PullInput, means: PullMeans): Promise<PullPlan> {
  const { kind } = readReference(input.reference).reference;
  const isMade = kind === 'docker' || input.form === 'sandbox';
  const runtime = isMade ? await means.runtime() : await runtimeOrNull(means);
  const facts = { preferences: means.preferences(), runtime, hostArchitecture: await means.architecture() };
  const request = pullRequest(input, facts);
  const existing = await means.host.files.stat(request.target);
  return {
    target: request.target,
    exists: existing === null ? null : { sizeBytes: existing.sizeBytes },
    byHand: request.byHand,
    means: input.form === 'sandbox' ? sandboxSentence(kind, runtime) : meansSentence(kind, runtime),
    compressions:
      kind === 'docker' && input.form === 'sif' && runtime !== null
        ? [...supportedCompressions(runtime.dialect)]
        : [],
    routes: [],
  };
}

/** Whether the runtime takes the layers from our own store, or must fetch them itself. */
export function usesLayerStore(runtime: Runtime): boolean {
  return runtime.dialect.features.honoursRegistryMirrors;
}

/** Null where no runtime is installed. */
export async function runtimeOrNull(means: Pick<PullMeans, 'runtime'>): Promise<Runtime | null> {
  try {
    return await means.runtime();
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.report.code === 'runtime.missing') return null;
    throw thrown;
  }
}

function sandboxSentence(kind: ImageReference['kind'], runtime: Runtime | null): string {
  const name = runtime === null ? 'the runtime' : `${runtime.dialect.programName} ${runtime.dialect.version}`;
  return kind === 'docker'
    ? `Layers that are not in the layer store are downloaded in parallel; ${name} unpacks them into the folder, with no SIF between.`
    : `The SIF is downloaded beside the target; ${name} unpacks it into the folder, and the SIF is removed.`;
}

function meansSentence(kind: ImageReference['kind'], runtime: Runtime | null): string {
  switch (kind) {
    case 'oras':
      return 'The SIF is downloaded straight beside the target, checked against its digest, and can be resumed.';
    case 'http':
      return 'The file is downloaded straight beside the target, and can be resumed where the server allows it.';
    case 'library':
    case 'shub':
    case 's3':
      return 'The file is downloaded straight beside the target, checked where the server tells a digest, and can be resumed.';
    case 'file':
      return 'The file is copied and checked.';
    case 'docker': {
      const name =
        runtime === null ? 'the runtime' : `${runtime.dialect.programName} ${runtime.dialect.version}`;
      return runtime === null || usesLayerStore(runtime)
        ? `Layers that are not in the layer store are downloaded in parallel; ${name} makes the SIF of them.`
        : `${name} downloads and converts by itself, because it cannot use the layer store: a cancelled pull starts over.`;
    }
  }
}

/** Text from a person → a reference, with a password in a web address taken out of what is shown and stored. */
export function readReference(text: string): {
  readonly reference: ImageReference;
  readonly shown: string;
  readonly credentials: Credentials | null;
} {
  const parsed = parseImageReference(text);
  if (!parsed.ok) {
    if (parsed.problem === 'scheme')
      throw workbenchError('registry.unsupportedScheme', { scheme: parsed.detail });
    throw workbenchError('registry.badReference', {
      reference: withoutPassword(text),
      problem: parsed.problem,
      detail: withoutPassword(parsed.detail),
    });
  }
  const { reference } = parsed;
  if (reference.kind !== 'http') return { reference, shown: text.trim(), credentials: null };
  const url = new URL(reference.url);
  const credentials =
    url.username === '' ? null : { userName: decoded(url.username), password: decoded(url.password) };
  url.username = '';
  url.password = '';
  return { reference: { ...reference, url: url.href }, shown: url.href, credentials };
}

/** Text that failed to parse may hold a password where a host belongs. */
function withoutPassword(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//••••••@');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a broken percent escape: taken as it is
  }
}
