import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import { instanceNameSchema, type StartInstanceInput } from '#core/contract/instances.ts';
import type { Bind, Isolation } from '#core/contract/runtime.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';

/** The form of a start, as typed. */
export interface StartForm {
  readonly image: string;
  readonly name: string;
  readonly workspace: WorkspaceId | null;
  /** Escaped path; empty for none. */
  readonly overlay: string;
  readonly isolation: Isolation;
  /** One `/source:/destination[:ro]` a line. */
  readonly binds: string;
  /** Separated by spaces. */
  readonly args: string;
}

export interface StartProblems {
  readonly image: 'imageEmpty' | 'imageNotAbsolute' | null;
  readonly name: 'nameEmpty' | 'nameWrong' | null;
  /** 1-based. */
  readonly bindLine: number | null;
}

export const emptyStartForm: StartForm = {
  image: '',
  name: '',
  workspace: null,
  overlay: '',
  isolation: 'host',
  binds: '',
  args: '',
};

/** What was typed → the contract's input, or null with everything that is wrong. */
export function checkStartForm(
  hostId: HostId,
  form: StartForm,
): { readonly input: StartInstanceInput | null; readonly problems: StartProblems } {
  const image = form.image.trim();
  const name = form.name.trim();
  const { binds, wrongLine } = readBinds(form.binds);
  const problems: StartProblems = {
    image: image === '' ? 'imageEmpty' : image.startsWith('/') ? null : 'imageNotAbsolute',
    name: name === '' ? 'nameEmpty' : instanceNameSchema.safeParse(name).success ? null : 'nameWrong',
    bindLine: wrongLine,
  };
  const isGood = problems.image === null && problems.name === null && wrongLine === null;
  if (!isGood) return { input: null, problems };
  return {
    problems,
    input: {
      hostId,
      imagePath: typedPath(withoutLastSlash(image)),
      name,
      workspace: form.workspace,
      args: form.args.split(/\s+/).filter((word) => word !== ''),
      options: {
        ...defaultActionOptions,
        binds: [...binds],
        isolation: form.isolation,
        ...(form.overlay === '' ? {} : { overlays: [{ path: typedPath(form.overlay), isReadOnly: false }] }),
      },
    },
  };
}

function readBinds(text: string): { readonly binds: readonly Bind[]; readonly wrongLine: number | null } {
  const binds: Bind[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const found = /^(\/[^:]*)(?::(\/[^:]*?))?(?::(ro|rw))?$/.exec(line);
    if (found === null) return { binds, wrongLine: index + 1 };
    const [, source = '', destination = source, mode] = found;
    binds.push({ source: typedPath(source), destination, isReadOnly: mode === 'ro' });
  }
  return { binds, wrongLine: null };
}
