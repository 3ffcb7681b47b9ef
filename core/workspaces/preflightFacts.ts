import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { readImageFacts } from './imageFacts.ts';
import type { ImageFacts, PreflightFacts } from './preflight.ts';
import type { LayeredFacts } from './preflightLayered.ts';

/** What is known of hosts, without asking them again. */
export interface HostKnowledge {
  open(id: HostId): Promise<Host>;
  /** Fails with runtime.missing. */
  runtime(id: HostId): Promise<Runtime>;
  /** OCI name. */
  architecture(id: HostId): Promise<string>;
  /** A value of the last probe; null when it was not found. */
  fact(id: HostId, name: string): Promise<string | null>;
  /** A switch of the runtime's configuration; null when it is not told. */
  runtimeSetting(id: HostId, name: string): Promise<string | null>;
}

/** What is asked of. */
export interface PreflightRequest {
  readonly hosts: HostKnowledge;
  readonly host: Host;
  readonly runtime: Runtime;
  readonly action: ActionInput;
  readonly workspace: Workspace;
}

const unknownImage: ImageFacts = { hasHome: null, homeNames: [], architecture: null, libc: null };

/** The folder of a workspace in which a layer with a link to its tree is kept. */
export const linkFolder = (workspace: Workspace): HostPath =>
  joinPath(workspace.folder, hostPathFromText('link'));

export const treeOf = (workspace: Workspace): HostPath =>
  joinPath(workspace.folder, hostPathFromText('home'));

/**
 * The facts of a preflight. `isBrief` leaves out what only warns and costs reading the image: a start is not held up by
 * it.
 */
export async function gatherFacts(
  { hosts, host, runtime, action, workspace }: PreflightRequest,
  { isBrief }: { readonly isBrief: boolean },
): Promise<PreflightFacts> {
  const id = host.id;
  const tree = treeOf(workspace);
  const [userBindControl, mountHome, enableOverlay, enableUnderlay, treeFacts] = await Promise.all([
    isOn(hosts.runtimeSetting(id, 'user bind control')),
    isOn(hosts.runtimeSetting(id, 'mount home')),
    isOn(hosts.runtimeSetting(id, 'enable overlay')),
    isOn(hosts.runtimeSetting(id, 'enable underlay')),
    host.files.stat(tree),
  ]);
  const hasNoLayer = enableOverlay === false && enableUnderlay === false;
  return {
    dialect: runtime.dialect,
    isolation: action.options.isolation,
    isWritable: false,
    isFakeroot: false,
    configuration: { userBindControl, mountHome, enableOverlay, enableUnderlay },
    homeFolder: host.homeFolder,
    hostArchitecture: await hosts.architecture(id),
    tree,
    isTreeThere: treeFacts?.kind === 'folder',
    link: linkFolder(workspace),
    layered: workspace.layered === null ? null : await layeredFacts({ hosts, host, runtime, workspace }),
    image: isBrief && !hasNoLayer ? unknownImage : await readImageFacts(host, action.path),
    madeIn: workspace.image,
    writers: workspace.writers,
  };
}

/** `yes`, `no`, and what lies between (`try`, `preferred`), which is no “no”. */
async function isOn(setting: Promise<string | null>): Promise<boolean | null> {
  const value = await setting;
  return value === null ? null : value.trim() !== 'no';
}

async function layeredFacts({
  hosts,
  host,
  runtime,
  workspace,
}: Pick<PreflightRequest, 'hosts' | 'host' | 'runtime' | 'workspace'>): Promise<LayeredFacts> {
  const [squashfuse, fuse, overlay, outcome] = await Promise.all([
    hosts.fact(host.id, 'has.squashfuse'),
    hosts.fact(host.id, 'fuse'),
    hosts.fact(host.id, 'userOverlayTest'),
    host.run(
      commandSpec(
        '/bin/sh',
        [
          '-c',
          'stat -f -c %T -- "$1"; unshare --help 2>/dev/null | grep -c -e --map-user=; :',
          'mysingularity',
          { path: workspace.folder },
        ],
        { purpose: 'Look at the file system of a workspace' },
      ),
      { isQuiet: true },
    ),
  ]);
  const [fileSystem = '', mapUser = ''] = outcome.stdout.split('\n');
  return {
    fileSystem: fileSystem === '' ? null : fileSystem,
    hasUserNamespaces:
      runtime.conditions?.userNamespaces === undefined ? null : runtime.conditions.userNamespaces === 'works',
    canMapUser: /^\d+$/.test(mapUser) ? mapUser !== '0' : null,
    // Over plain files there is none to start.
    hasSquashfuse:
      workspace.below === 'files' ? null : squashfuse !== null && (fuse === null || fuse === 'open'),
    hasKernelOverlay: overlay === null ? null : overlay.includes('works'),
  };
}
