import type { BuildInput } from '#core/contract/builds.ts';
import { baseName, folderName, type HostPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import type { ImportInput, PullInput } from '#core/contract/images.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import { checkName } from './targetForm.ts';

export type SandboxSource = 'registry' | 'image' | 'definition';

/** The form of a new sandbox, as typed. */
export interface NewSandboxForm {
  readonly source: SandboxSource;
  readonly reference: string;
  readonly image: string;
  readonly definition: string;
  /** Null is the host's first image folder. */
  readonly folder: string | null;
  /** Null while it follows the source. */
  readonly name: string | null;
  readonly allowHttp: boolean;
}

export const emptySandboxForm: NewSandboxForm = {
  source: 'registry',
  reference: '',
  image: '',
  definition: '',
  folder: null,
  name: null,
  allowHttp: false,
};

/** The work that makes it: the same that the dialogs of pull, import and build start. */
export type SandboxMaking =
  | { readonly by: 'pull'; readonly input: PullInput }
  | { readonly by: 'import'; readonly input: ImportInput }
  | { readonly by: 'build'; readonly input: BuildInput };

export interface CheckedSandboxForm {
  readonly sourceProblem: 'notAbsolute' | null;
  readonly folderProblem: 'notAbsolute' | null;
  readonly nameProblem: 'nameEmpty' | 'nameSlash' | null;
  /** Null where something is missing or wrong. */
  readonly making: SandboxMaking | null;
}

/** What was typed → what is wrong with it, and the work that it asks for on a host. */
export function checkNewSandbox(form: NewSandboxForm, host: Host): CheckedSandboxForm {
  const folder = withoutLastSlash((form.folder ?? '').trim());
  const source = sourceOf(form);
  const problems = {
    sourceProblem:
      form.source !== 'registry' && source !== '' && !source.startsWith('/')
        ? ('notAbsolute' as const)
        : null,
    folderProblem: folder !== '' && !folder.startsWith('/') ? ('notAbsolute' as const) : null,
    nameProblem: form.name === null ? null : checkName(form.name),
  };
  const isWrong = Object.values(problems).some((problem) => problem !== null);
  if (isWrong || source === '' || source === '/') return { ...problems, making: null };
  const place = {
    folder: folder === '' ? null : typedPath(folder),
    fileName: form.name === null ? null : typedPath(form.name),
  };
  return { ...problems, making: makingOf(form, source, host, place) };
}

function sourceOf({ source, reference, image, definition }: NewSandboxForm): string {
  if (source === 'registry') return reference.trim();
  return withoutLastSlash((source === 'image' ? image : definition).trim());
}

interface Place {
  readonly folder: HostPath | null;
  readonly fileName: HostPath | null;
}

function makingOf(form: NewSandboxForm, source: string, host: Host, place: Place): SandboxMaking {
  const common = { hostId: host.id, ...place, form: 'sandbox' as const, overwrite: false };
  if (form.source === 'registry') {
    const reference = /^[a-z][a-z0-9-]*:\/\//i.test(source) ? source : `docker://${source}`;
    return {
      by: 'pull',
      input: {
        ...common,
        reference,
        allowHttp: form.allowHttp,
        architecture: null,
        compression: null,
        route: null,
        credentials: null,
      },
    };
  }
  const path = typedPath(source);
  if (form.source === 'image' && host.kind === 'local')
    return { by: 'import', input: { ...common, path, member: null, compression: null } };
  return { by: 'build', input: buildOf(form.source, path, host, place) };
}

/** An image that lies on another machine is unpacked there, by a build of two lines. */
function buildOf(source: SandboxSource, path: HostPath, host: Host, place: Place): BuildInput {
  const hostId = host.id;
  return {
    definition:
      source === 'definition'
        ? { kind: 'file', hostId, path }
        : {
            kind: 'text',
            hostId,
            text: `Bootstrap: localimage\nFrom: ${path}\n`,
            folder: folderName(path),
            name: `${baseName(path).replace(/\.(?:sif|simg|img)$/, '')}.def`,
          },
    elsewhere: [],
    hostId,
    target: { hostId, ...place },
    form: 'sandbox',
    buildArguments: [],
    binds: [],
    nv: false,
    architecture: null,
    noTest: false,
    compression: null,
    sourceDateEpoch: null,
    way: 'own',
    checkpoints: 'use',
    overwrite: false,
    temporaryFolder: null,
  };
}
