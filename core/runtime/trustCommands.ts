import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import type { EncryptInput, NewKey, SignInput, VerifyInput } from '#core/contract/trust.ts';
import { capabilityEnvironment, type Runtime, unmistakable } from './action.ts';
import { type Argument, type CommandSpec, commandSpec } from './commandSpec.ts';
import type { Dialect } from './dialect.ts';
import { isAtLeast } from './versionNumber.ts';

/** `sign --key` and `verify --key`, `--certificate`: PEM keys. Source: the flag definitions of both projects. */
export function takesPemKeys({ product, number }: Dialect): boolean {
  return isAtLeast(number, product === 'apptainer' ? [1, 2, 0] : [3, 11, 0]);
}

/**
 * Prints where the runtime keeps the person's key rings. Sources: apptainer pkg/syfs, internal/pkg/sypgp (`keys`,
 * APPTAINER_KEYSDIR); SingularityCE keeps `sypgp`, moved by SINGULARITY_SYPGPDIR (from documentation, not run).
 */
export function keyFolderCommand({ product }: Dialect): CommandSpec {
  const script =
    product === 'apptainer'
      ? // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
        'printf %s "${APPTAINER_KEYSDIR:-${APPTAINER_CONFIGDIR:-$HOME/.apptainer}/keys}"'
      : // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
        'printf %s "${SINGULARITY_SYPGPDIR:-$HOME/.singularity/sypgp}"';
  return commandSpec('/bin/sh', ['-c', script], { purpose: 'Find the key rings' });
}

/** Asks for everything but the size on its terminal: `--password` would stand in the list of processes. */
export function newKeyCommand(runtime: Runtime, { bits }: Pick<NewKey, 'bits'>): CommandSpec {
  return keyCommand(runtime, ['newpair', '--bit-length', String(bits), '--push=false'], 'Create a key pair');
}

/** Asks for the passphrase of a private key on its terminal. */
export function importKeyCommand(runtime: Runtime, file: HostPath): CommandSpec {
  return keyCommand(runtime, ['import', { path: unmistakable(file) }], 'Import a key');
}

/** At a keyserver; null asks those that the runtime's own configuration names. */
export function searchKeysCommand(runtime: Runtime, url: string | null, text: string): CommandSpec {
  const args = ['search', '--long-list', ...serverArguments(url), '--', text];
  return keyCommand(runtime, args, `Search keys at ${serverName(url)}`);
}

/**
 * Into the rings of `folder`, not the person's: what a server sends need not be what was asked for, and the runtime adds
 * whatever comes (seen with a server that goes by the end of fingerprints; onak 0.6.2 goes by the whole).
 */
export function fetchKeyCommand(
  runtime: Runtime,
  {
    url,
    fingerprint,
    folder,
  }: { readonly url: string | null; readonly fingerprint: string; readonly folder: HostPath },
): CommandSpec {
  const { product, variablePrefix } = runtime.dialect;
  const variable = product === 'apptainer' ? 'KEYSDIR' : 'SYPGPDIR';
  const spec = keyCommand(
    runtime,
    ['pull', ...serverArguments(url), fingerprint],
    `Fetch a key from ${serverName(url)}`,
  );
  return {
    ...spec,
    environment: { ...spec.environment, [`${variablePrefix}_${variable}`]: { path: folder } },
  };
}

export function pushKeyCommand(runtime: Runtime, url: string | null, fingerprint: string): CommandSpec {
  const args = ['push', ...serverArguments(url), fingerprint];
  return keyCommand(runtime, args, `Send a key to ${serverName(url)}`);
}

function serverArguments(url: string | null): readonly string[] {
  return url === null ? [] : ['--url', url];
}

function serverName(url: string | null): string {
  return url ?? 'the runtime’s keyserver';
}

function keyCommand(runtime: Runtime, args: readonly Argument[], purpose: string): CommandSpec {
  return commandSpec({ path: runtime.path }, ['key', ...args], {
    purpose,
    environment: capabilityEnvironment(runtime),
  });
}

/** What one `sign` signs: all groups, one group, or one object. */
export type SignedPart =
  | { readonly type: 'all' }
  | { readonly type: 'group'; readonly id: number }
  | { readonly type: 'object'; readonly id: number };

/** Asks which key (unless there is only one) and for its passphrase on its terminal. */
export function signCommand(
  runtime: Runtime,
  { path, key }: Pick<SignInput, 'path' | 'key'>,
  part: SignedPart,
): CommandSpec {
  const args: readonly Argument[] = [
    'sign',
    ...(key.type === 'pem' ? ['--key', { path: unmistakable(key.path) }] : []),
    ...partArguments(part),
    { path: unmistakable(path) },
  ];
  return commandSpec({ path: runtime.path }, args, {
    purpose: `Sign ${baseName(path)}`,
    environment: capabilityEnvironment(runtime),
  });
}

/** Answers in JSON on standard output, also when what is verified does not hold. */
export function verifyCommand(
  runtime: Runtime,
  { path, with: means }: Pick<VerifyInput, 'path' | 'with'>,
  { part, isLegacy }: { readonly part: SignedPart; readonly isLegacy: boolean },
): CommandSpec {
  const args: readonly Argument[] = [
    'verify',
    '--json',
    ...keyArguments(means),
    ...partArguments(part),
    ...(isLegacy ? ['--legacy-insecure'] : []),
    { path: unmistakable(path) },
  ];
  return commandSpec({ path: runtime.path }, args, {
    purpose: `Verify ${baseName(path)}`,
    environment: capabilityEnvironment(runtime),
  });
}

function keyArguments(means: VerifyInput['with']): readonly Argument[] {
  switch (means.type) {
    case 'local':
      return ['--local'];
    case 'keyserver':
      return serverArguments(means.url);
    case 'pem':
      return ['--key', { path: unmistakable(means.path) }];
    case 'certificate':
      return [
        '--certificate',
        { path: unmistakable(means.path) },
        ...(means.roots === null ? [] : ['--certificate-roots', { path: unmistakable(means.roots) }]),
      ];
  }
}

function partArguments(part: SignedPart): readonly string[] {
  switch (part.type) {
    case 'all':
      return [];
    case 'group':
      return ['--group-id', String(part.id)];
    case 'object':
      return ['--sif-id', String(part.id)];
  }
}

/** `build --encrypt` of an image from an image; the passphrase goes through the environment. `target` must not exist. */
export function encryptCommand(
  runtime: Runtime,
  { path, with: key }: Pick<EncryptInput, 'path' | 'with'>,
  { target, byHand }: { readonly target: HostPath; readonly byHand: string | null },
): CommandSpec {
  const { variablePrefix } = runtime.dialect;
  const args: readonly Argument[] = [
    'build',
    '--disable-cache',
    ...(key.type === 'pem' ? ['--pem-path', { path: unmistakable(key.path) }] : ['--encrypt']),
    { path: unmistakable(target) },
    { path: unmistakable(path) },
  ];
  return commandSpec({ path: runtime.path }, args, {
    purpose: `Encrypt ${baseName(path)}`,
    environment: {
      ...capabilityEnvironment(runtime),
      // One that the person exported must not be used in the place of what was given.
      [`${variablePrefix}_ENCRYPTION_PASSPHRASE`]:
        key.type === 'pem' ? null : { secret: key.passphrase ?? '' },
      ...(key.type === 'pem' ? {} : { [`${variablePrefix}_ENCRYPTION_PEM_PATH`]: null }),
    },
    byHand,
  });
}
