import type { FakerootMode } from '#core/runtime/hostConditions.ts';
import type { ChosenRuntime } from './probedRuntime.ts';

/** How containers get their rights on a host. */
export interface Privilege {
  readonly isRoot: boolean;
  /** The starter of the chosen runtime is setuid; null when nobody knows. */
  readonly isSetuid: boolean | null;
  /** Unprivileged user namespaces work, for the runtime at least. */
  readonly hasUserNamespaces: boolean;
  /** Ordinary programs may not, but a profile of AppArmor lets the packaged runtime make them. */
  readonly isByProfile: boolean;
  readonly subuid: SubordinateIds;
  readonly fakerootCommand: string | null;
  readonly fakeroot: FakerootMode;
  readonly fuse: 'open' | 'closed' | 'missing' | 'unknown';
  /** An overlay was mounted in a user namespace: without fuse-overlayfs. */
  readonly hasKernelOverlay: boolean;
}

/** The range of ids that a user may give to processes in a container. `range` as in the file: `100000:65536`. */
export interface SubordinateIds {
  readonly state: 'usable' | 'missing' | 'tooSmall' | 'disabled' | 'noGroups' | 'noTools' | 'failed';
  readonly range: string | null;
  /** What an actual try said when it failed. */
  readonly reason: string | null;
}

/** What of a probe is asked. */
export interface PrivilegeSource {
  readonly values: ReadonlyMap<string, string>;
  readonly facts: { readonly uid: number };
  readonly chosen: ChosenRuntime | null;
}

/** Values of a probe → how containers get their rights. */
export function readPrivilege(probe: PrivilegeSource): Privilege {
  const { values, facts, chosen } = probe;
  const isRoot = facts.uid === 0;
  const isSetuid = chosen?.dialect.isSetuid ?? null;
  const works = values.get('userNamespaceTest') === 'works';
  const isByProfile =
    !works &&
    values.get('apparmorRestrictsUserNamespaces') === '1' &&
    (values.get('apparmorProfile') ?? '') !== '' &&
    chosen?.installation.path.startsWith('/usr/') === true;
  const hasUserNamespaces = (works || isByProfile) && chosen?.setting('allow user ns') !== 'no';
  const subuid = subordinateIds(values, { isSetuid: isSetuid === true });
  const fakerootCommand = values.get('has.fakeroot-sysv') || values.get('has.fakeroot') || null;
  const fuse = values.get('fuse');
  return {
    isRoot,
    isSetuid,
    hasUserNamespaces,
    isByProfile,
    subuid,
    fakerootCommand,
    fakeroot: fakerootMode(probe, {
      isRoot,
      hasUserNamespaces,
      isSetuid: isSetuid === true,
      hasSubuid: subuid.state === 'usable',
      hasCommand: fakerootCommand !== null,
    }),
    fuse: fuse === 'open' || fuse === 'closed' || fuse === 'missing' ? fuse : 'unknown',
    hasKernelOverlay: values.get('userOverlayTest') === 'works',
  };
}

/** For the status bar: `user namespaces, subuid fakeroot`. */
export function privilegeText({ isRoot, isSetuid, hasUserNamespaces, fakeroot }: Privilege): string {
  if (isRoot) return 'root';
  const means = isSetuid === true ? 'setuid' : hasUserNamespaces ? 'user namespaces' : 'no user namespaces';
  return fakeroot === 'none' ? means : `${means}, ${fakerootNames[fakeroot]}`;
}

/** The modes in words. */
export const fakerootNames: Readonly<Record<FakerootMode, string>> = {
  root: 'root',
  subuid: 'subuid fakeroot',
  rootMapped: 'root-mapped fakeroot',
  rootMappedWithCommand: 'root-mapped fakeroot with the fakeroot command',
  commandOnly: 'the fakeroot command alone',
  proot: 'proot',
  none: 'no fakeroot',
};

/**
 * The order in which Apptainer tries (its launcher and build code): root; a subordinate range of 65536 ids; a namespace
 * where only the user becomes root, with the fakeroot command where there is one; that command alone, with a setuid
 * starter. SingularityCE knows only the range, or proot.
 */
function fakerootMode(
  { chosen, values }: Pick<PrivilegeSource, 'values' | 'chosen'>,
  has: {
    readonly isRoot: boolean;
    readonly hasUserNamespaces: boolean;
    readonly isSetuid: boolean;
    readonly hasSubuid: boolean;
    readonly hasCommand: boolean;
  },
): FakerootMode {
  if (has.isRoot) return 'root';
  if (has.hasSubuid && (has.hasUserNamespaces || has.isSetuid)) return 'subuid';
  if (chosen !== null && chosen.dialect.product !== 'apptainer')
    return (values.get('has.proot') ?? '') === '' ? 'none' : 'proot';
  if (has.hasUserNamespaces) return has.hasCommand ? 'rootMappedWithCommand' : 'rootMapped';
  return has.isSetuid && has.hasCommand ? 'commandOnly' : 'none';
}

const neededIds = 65_536;

function subordinateIds(
  values: PrivilegeSource['values'],
  { isSetuid }: { readonly isSetuid: boolean },
): SubordinateIds {
  const entries = ranges(values.get('subuid') || values.get('getsubids') || '');
  const largest = [...entries].sort((a, b) => b.count - a.count)[0];
  const range = largest?.text ?? null;
  const state = (name: SubordinateIds['state'], reason: string | null = null) => ({
    state: name,
    range,
    reason,
  });
  if ((values.get('subuid.disabled') ?? '') !== '') return state('disabled');
  if (largest === undefined) return state('missing');
  if (largest.count < neededIds) return state('tooSmall');
  const groups = ranges(values.get('subgid') || values.get('getsubids') || '');
  if (!groups.some(({ count }) => count >= neededIds)) return state('noGroups');
  if (isSetuid || values.get('subuidTest') === 'works') return state('usable');
  if ((values.get('has.newuidmap') ?? '') === '' || (values.get('has.newgidmap') ?? '') === '')
    return state('noTools');
  const test = values.get('subuidTest') ?? '';
  if (/newuidmap|newgidmap/.test(test) && !/unrecognized|invalid option/.test(test))
    return state('failed', test);
  return values.get('newuidmap.rights') === 'none'
    ? state('failed', 'newuidmap is not setuid root')
    : state('usable');
}

function ranges(text: string): readonly { readonly text: string; readonly count: number }[] {
  return text
    .split(/\s+/)
    .filter((word) => /^\d+:\d+$/.test(word))
    .map((word) => ({ text: word, count: Number(word.split(':')[1]) }));
}
