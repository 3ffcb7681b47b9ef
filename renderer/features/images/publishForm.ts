import { isLoopbackRegistry, parseImageReference } from '#core/contract/imageReference.ts';
import type { Image, PublishInput } from '#core/contract/images.ts';
import { abilitiesOf, registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { isEncryptedAnyway } from './encryptedServers.ts';
import { suggestedName } from './suggestedName.ts';

/** Annotations that the form asks for, under `org.opencontainers.image.` (OCI image spec, annotations.md). */
export const annotationNames = ['title', 'description', 'licenses', 'source'] as const;
export type AnnotationName = (typeof annotationNames)[number];

/** The form of a push to a registry, as typed. */
export interface PublishForm {
  readonly reference: string;
  readonly overwrite: boolean;
  /** Null follows what the list of registries says. */
  readonly allowHttp: boolean | null;
  readonly annotations: Readonly<Record<AnnotationName, string>>;
  readonly userName: string;
  readonly password: string;
}

export interface ReferenceProblem {
  readonly kind: 'scheme' | 'registry' | 'repository' | 'tag' | 'digest' | 'control';
  readonly detail: string;
}

export interface CheckedPublish {
  /** As it is pushed, where that differs from what was typed. */
  readonly taken: string | null;
  readonly hasNoTag: boolean;
  readonly tag: string;
  readonly problem: ReferenceProblem | null;
  readonly credentialsProblem: 'incomplete' | null;
  readonly sourceProblem: 'notAnAddress' | null;
  readonly allowHttp: boolean;
  /** Registry that plain http has to be allowed for; null where it is out of the question. */
  readonly httpRegistry: string | null;
  /** For `images.publish`; null where the reference is not whole. The problems above have to be looked at besides. */
  readonly input: PublishInput | null;
}

/** What was typed → what is wrong with it, and the input of the call. */
export function checkPublish(
  form: PublishForm,
  image: Image,
  registries: readonly RegistrySettings[],
): CheckedPublish {
  const written = form.reference.trim();
  const reference = orasOf(written);
  const isUnfinished = /^oras:\/\/[^/]*\/?$/.test(reference) || reference.endsWith('/');
  const parsed = parseImageReference(reference);
  const found = parsed.ok && parsed.reference.kind === 'oras' ? parsed.reference : null;
  const isHalf = (form.userName === '') !== (form.password === '');
  const source = form.annotations.source.trim();
  const httpRegistry =
    found === null || isEncryptedAnyway(found.registry) || isLoopbackRegistry(found.registry)
      ? null
      : found.registry;
  const listed = registries.find((registry) => registryHostOf(registry) === found?.registry);
  const checked = {
    taken: found === null || reference === written ? null : reference,
    hasNoTag: found !== null && !/:[^/]+$/.test(found.typed),
    tag: found?.tag ?? '',
    problem: written === '' || isUnfinished ? null : problemOf(parsed, reference),
    credentialsProblem: isHalf ? ('incomplete' as const) : null,
    sourceProblem: source !== '' && !/^https?:\/\/\S+$/.test(source) ? ('notAnAddress' as const) : null,
    allowHttp: form.allowHttp ?? listed?.allowHttp ?? false,
    httpRegistry,
  };
  const isGood = found !== null && found.digest === null && !isUnfinished;
  if (!isGood) return { ...checked, input: null };
  return {
    ...checked,
    input: {
      hostId: image.hostId,
      path: image.path,
      reference,
      allowHttp: checked.allowHttp && httpRegistry !== null,
      overwrite: form.overwrite,
      annotations: annotationsOf(form),
      credentials:
        isHalf || form.userName === '' ? null : { userName: form.userName, password: form.password },
    },
  };
}

/** A name without a scheme, or with the one of container images, is meant for ORAS. */
function orasOf(text: string): string {
  return text.includes('://') ? text.replace(/^docker:\/\//, 'oras://') : `oras://${text}`;
}

function problemOf(
  parsed: ReturnType<typeof parseImageReference>,
  reference: string,
): ReferenceProblem | null {
  if (parsed.ok) {
    if (parsed.reference.kind !== 'oras') {
      return { kind: 'scheme', detail: reference.split('://', 1)[0] ?? '' };
    }
    return parsed.reference.digest === null ? null : { kind: 'digest', detail: parsed.reference.digest };
  }
  const { problem, detail } = parsed;
  return problem === 'empty' || problem === 'url' ? null : { kind: problem, detail };
}

function annotationsOf({ annotations }: PublishForm): Record<string, string> {
  const entries = annotationNames.map((name) => [name, annotations[name].trim()] as const);
  return Object.fromEntries(
    entries
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
  );
}

/** Registries of the list that take pushes, by host and port. */
export function pushHosts(registries: readonly RegistrySettings[]): readonly string[] {
  return [
    ...new Set(
      registries.filter(({ kind }) => abilitiesOf(kind).takesPushes).map((each) => registryHostOf(each)),
    ),
  ];
}

/** The reference with another registry in front; what was typed after it stays. */
export function atRegistry(reference: string, registry: string, fileName: string): string {
  const [, path = ''] = /^(?:[a-z]+:\/\/)?[^/]*\/(.*)$/.exec(reference.trim()) ?? [];
  return `oras://${registry}/${path === '' ? suggestedName(fileName) : path}`;
}
