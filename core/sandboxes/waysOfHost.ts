import type { SandboxWay, SandboxWayId } from '#core/contract/sandboxes.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { FakerootMode } from '#core/runtime/hostConditions.ts';

/** Each is tried, because a program that is there may still be forbidden what it needs. */
const lookScript = `USER=\${USER:-$(id -un)}; export USER
[ "$(id -u)" != 0 ] || echo root
if unshare -Ur true 2>/dev/null; then
  unshare -Urm true 2>/dev/null && command -v chroot >/dev/null && echo unshare
  unshare --map-root-user --map-auto true 2>/dev/null && echo all
fi
command -v ch-run >/dev/null && echo charliecloud
command -v bwrap >/dev/null && bwrap --ro-bind / / true 2>/dev/null && echo bubblewrap
:`;

/** What a host has to open a sandbox with. */
export interface WayFacts {
  readonly isRoot: boolean;
  readonly canMapAll: boolean;
  /** Programs beside the runtime that work. */
  readonly programs: ReadonlySet<string>;
  readonly runtime: Runtime | null;
}

/** Looks at a host. `runtime` is null where it has none. */
export async function lookForWays(host: Host, runtime: Runtime | null): Promise<WayFacts> {
  const spec = commandSpec('/bin/sh', ['-c', lookScript], { purpose: 'Look for ways into a sandbox' });
  const { stdout } = await host.run(spec, { isQuiet: true });
  const said = new Set(stdout.split('\n'));
  return { isRoot: said.has('root'), canMapAll: said.has('all'), programs: said, runtime };
}

/** Of the file system that holds a sandbox: its name, where it keeps no owners for a namespace. */
export interface PlaceFacts {
  readonly ownerless: string | null;
  readonly hasForeignOwners: boolean | null;
}

const rootSentences: Readonly<Record<FakerootMode, string>> = {
  root: 'Writable, as root: you are root on this host.',
  subuid: 'Writable, as root inside (fakeroot): files may belong to any of your subordinate ids.',
  rootMapped: 'Writable, as root inside (root-mapped): everything belongs to you outside.',
  rootMappedWithCommand:
    'Writable, as root inside (root-mapped, with the fakeroot command): everything belongs to you outside.',
  commandOnly: 'Writable, as root in appearance (the fakeroot command): everything belongs to you outside.',
  proot: 'Writable, as root inside.',
  none: 'Writable, as root inside.',
};

/** The ways into a sandbox, in the order of the choice, in words. */
export function waysInWords(facts: WayFacts, place: PlaceFacts): readonly SandboxWay[] {
  const { runtime, programs } = facts;
  return [
    runtimeWay('readOnly', 'Read-only, as yourself: nothing in it can change.', [], runtime),
    runtimeWay(
      'writable',
      'Writable, as yourself: what you change stays.',
      [
        'Package managers want root, and refuse.',
        ...(place.hasForeignOwners === true ? ['Files of other ids cannot be changed.'] : []),
      ],
      runtime,
    ),
    rootWay(facts, place),
    ...(runtime === null
      ? [
          otherWay('charliecloud', programs, 'Charliecloud', [
            'As yourself, or seen as root.',
            ...(place.hasForeignOwners === true ? ['Files of other ids belong to nobody inside.'] : []),
          ]),
          otherWay('bubblewrap', programs, 'bubblewrap', [
            'As yourself, or seen as root.',
            ...(place.hasForeignOwners === true ? ['Files of other ids belong to nobody inside.'] : []),
          ]),
          otherWay('unshare', programs, 'namespaces and chroot', [
            facts.canMapAll
              ? 'As root inside, with your subordinate ids.'
              : 'As root inside; every other owner is nobody.',
          ]),
        ]
      : []),
  ];
}

function runtimeWay(
  id: SandboxWayId,
  sentence: string,
  limits: readonly string[],
  runtime: Runtime | null,
): SandboxWay {
  return runtime === null
    ? { id, sentence, limits: ['There is no container runtime on this host.'], isPossible: false }
    : { id, sentence, limits: [...limits], isPossible: true };
}

function rootWay({ runtime }: WayFacts, { ownerless }: PlaceFacts): SandboxWay {
  const mode = runtime?.conditions?.fakeroot ?? 'none';
  const way = runtimeWay('writableRoot', rootSentences[mode], [], runtime);
  if (runtime === null) return way;
  if (mode === 'none' || mode === 'proot')
    return {
      ...way,
      limits: ['This host has no fakeroot for you: its doctor says what is missing.'],
      isPossible: false,
    };
  if (ownerless !== null && mode !== 'root')
    return {
      ...way,
      limits: [
        `It lies on ${ownerless}, which keeps no owners for a user namespace: packages cannot be installed.`,
      ],
      isPossible: false,
    };
  return mode === 'subuid' || mode === 'root'
    ? {
        ...way,
        limits: ['What you make as another user belongs to a subordinate id on the host.'].slice(
          mode === 'root' ? 1 : 0,
        ),
      }
    : { ...way, limits: ['Programs that change owners may fail.'] };
}

function otherWay(
  id: 'charliecloud' | 'bubblewrap' | 'unshare',
  programs: ReadonlySet<string>,
  name: string,
  limits: readonly string[],
): SandboxWay {
  const sentence = `Without a runtime, by ${name}: read-only or writable.`;
  if (!programs.has(id))
    return {
      id,
      sentence,
      limits: ['It is not installed on this host, or does not work here.'],
      isPossible: false,
    };
  return {
    id,
    sentence,
    limits: [
      ...limits,
      'The runscript and %environment of the image are not used, and your home is not there.',
      'NVIDIA libraries are used as they are found in the sandbox: there is no --nv.',
    ],
    isPossible: true,
  };
}
