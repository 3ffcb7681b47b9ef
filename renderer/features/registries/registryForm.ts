import { registryIdSchema } from '#core/contract/ids.ts';
import type { Recognised } from '#core/contract/registries.ts';
import type { RegistryKind } from '#core/contract/registryKinds.ts';
import { type RegistrySettings, registrySettingsSchema } from '#core/contract/registryList.ts';

/** A registry as it is typed. */
export interface RegistryForm {
  readonly kind: RegistryKind;
  readonly label: string;
  readonly address: string;
  readonly allowHttp: boolean;
  readonly mirrors: readonly string[];
  readonly apiUrl: string;
  readonly bucket: string;
  readonly region: string;
  readonly style: 'path' | 'virtual';
  readonly prefix: string;
}

export type RegistryField = 'label' | 'address' | 'apiUrl' | 'bucket';
export type RegistryProblem =
  | 'label'
  | 'labelTaken'
  | 'address'
  | 'addressUrl'
  | 'addressHost'
  | 'addressFolder'
  | 'apiUrl'
  | 'bucket';
export type RegistryProblems = Readonly<Partial<Record<RegistryField, RegistryProblem>>>;

const hostPattern = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?$/;
const urlKinds: ReadonlySet<RegistryKind> = new Set(['library', 'shub', 'shpc', 'web', 's3']);

/** How an address of a kind is written. */
export function addressShape(kind: RegistryKind): 'registry' | 'url' | 'folder' {
  if (kind === 'folder') return 'folder';
  return urlKinds.has(kind) ? 'url' : 'registry';
}

/** A form for a registry by hand, from what was typed to find it. */
export function formByHand(typed: string, allowHttp: boolean): RegistryForm {
  const address = typed.trim();
  const kind: RegistryKind = address.startsWith('/') ? 'folder' : /^https?:/.test(address) ? 'web' : 'oci';
  return { ...emptyForm, kind, address, label: address.replace(/^https?:\/\//, '').slice(0, 80), allowHttp };
}

const emptyForm: RegistryForm = {
  kind: 'oci',
  label: '',
  address: '',
  allowHttp: false,
  mirrors: [],
  apiUrl: '',
  bucket: '',
  region: '',
  style: 'path',
  prefix: '',
};

/** What an address turned out to be, as a form. */
export function formOfRecognised(found: Recognised): RegistryForm {
  return formOf({ ...found, mirrors: [] });
}

/** A registry's settings as a form. */
export function formOf(registry: Omit<RegistrySettings, 'id'>): RegistryForm {
  const { kind, label, address, allowHttp, mirrors, apiUrl, s3 } = registry;
  return {
    ...emptyForm,
    ...{ kind, label, address, allowHttp, mirrors },
    apiUrl: apiUrl ?? '',
    ...(s3 === null ? {} : s3),
  };
}

export type CheckedRegistry =
  | { readonly ok: true; readonly settings: Omit<RegistrySettings, 'id'> }
  | { readonly ok: false; readonly problems: RegistryProblems };

/** A form → settings, or what is wrong with it. `takenLabels` are those of the other registries. */
export function checkRegistryForm(form: RegistryForm, takenLabels: readonly string[]): CheckedRegistry {
  const label = form.label.trim();
  const address = form.address.trim();
  const apiUrl = form.apiUrl.trim();
  const bucket = form.bucket.trim();
  const isBucket = form.kind === 's3';
  const found: [RegistryField, RegistryProblem | null][] = [
    [
      'label',
      label === '' || label.length > 80 ? 'label' : takenLabels.includes(label) ? 'labelTaken' : null,
    ],
    ['address', addressProblem(form.kind, address)],
    ['apiUrl', form.kind === 'gitlab' && apiUrl !== '' && !isHttpUrl(apiUrl) ? 'apiUrl' : null],
    ['bucket', isBucket && bucket === '' ? 'bucket' : null],
  ];
  const problems = Object.fromEntries(found.filter(([, problem]) => problem !== null));
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const prefix = form.prefix.trim().replace(/^\/+/, '');
  const settings = registrySettingsSchema.omit({ id: true }).parse({
    kind: form.kind,
    label,
    address,
    allowHttp: form.allowHttp,
    mirrors: form.mirrors,
    apiUrl: form.kind === 'gitlab' && apiUrl !== '' ? apiUrl : null,
    s3: isBucket
      ? {
          bucket,
          region: form.region.trim(),
          style: form.style,
          prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
        }
      : null,
  });
  return { ok: true, settings };
}

/** A name for a new registry that no other has. */
export function newRegistryId(address: string, taken: readonly string[]): RegistrySettings['id'] {
  const base = address.slice(0, 110);
  let id = base;
  for (let number = 2; taken.includes(id); number += 1) id = `${base}-${number}`;
  return registryIdSchema.parse(id);
}

export type MirrorProblem = 'mirror' | 'mirrorTaken' | 'mirrorsMany';

/** What is wrong with one more mirror; null when nothing is. */
export function mirrorProblem(mirror: string, known: readonly string[]): MirrorProblem | null {
  if (known.length >= 16) return 'mirrorsMany';
  if (known.includes(mirror)) return 'mirrorTaken';
  const slash = mirror.indexOf('/');
  const host = slash < 0 ? mirror : mirror.slice(0, slash);
  const isOk = mirror.length <= 512 && (isHttpUrl(mirror) || hostPattern.test(host)) && !/\s/.test(mirror);
  return isOk ? null : 'mirror';
}

function addressProblem(kind: RegistryKind, address: string): RegistryProblem | null {
  if (address === '') return 'address';
  switch (addressShape(kind)) {
    case 'folder':
      return address.startsWith('/') ? null : 'addressFolder';
    case 'url':
      return isHttpUrl(address) ? null : 'addressUrl';
    case 'registry':
      return hostPattern.test(address) ? null : 'addressHost';
  }
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
