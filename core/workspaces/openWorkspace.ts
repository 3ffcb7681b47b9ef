import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { ActionInput } from '#core/contract/images.ts';
import { type Preflight, type Workspace, workspaceHome } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import { quotePath, quoteWord, showCommand } from '#core/runtime/shellWords.ts';
import type { WorkspaceMount } from '#core/runtime/workspaceMount.ts';
import { instanceScript } from './instanceScript.ts';
import { createKnownWorkspaces } from './knownWorkspaces.ts';
import { layerWord } from './layerWord.ts';
import { leaseHead } from './leases.ts';
import { preflight, unnameable } from './preflight.ts';
import { gatherFacts, type HostKnowledge, linkFolder, treeOf } from './preflightFacts.ts';
import { sessionScript } from './sessionScript.ts';
import type { WorkspaceStore } from './workspaceStore.ts';

export interface WorkspaceUseMeans {
  readonly hosts: HostKnowledge;
  readonly store: Pick<WorkspaceStore, 'find'>;
}

/** A workspace that an action has, ready to be started with. */
export interface OpenWorkspace {
  readonly name: string;
  readonly tree: HostPath;
  readonly mount: WorkspaceMount;
  /** What should be known, in sentences. */
  readonly warnings: readonly string[];
  /** The runtime's command → the command that also keeps the lease, and mounts what must be mounted. */
  readonly wrap: (spec: CommandSpec) => CommandSpec;
  /** The same for the start of an instance of this name: the lease and the mounts stay until the instance ends. */
  readonly wrapInstance: (spec: CommandSpec, name: string) => CommandSpec;
}

/** Workspaces in use. */
export interface WorkspaceUse {
  /** Whether and how an action would have a workspace. Fails with workspace.unknown, host.* and runtime.missing. */
  preflight(id: Workspace['id'], action: ActionInput): Promise<Preflight>;
  /**
   * The workspace of an action (`workspace` of its input); null where it has none. Fails with workspace.unknown, and with
   * workspace.cannotOpen where no route leads to it.
   */
  open(host: Host, runtime: Runtime, action: ActionInput): Promise<OpenWorkspace | null>;
}

export function createWorkspaceUse({ hosts, store }: WorkspaceUseMeans): WorkspaceUse {
  const known = createKnownWorkspaces(store);
  return {
    async preflight(id, action) {
      const host = await hosts.open(action.hostId);
      const [runtime, workspace] = await Promise.all([hosts.runtime(host.id), known.find(host, id)]);
      const request = { hosts, host, runtime, action, workspace };
      return preflight(await gatherFacts(request, { isBrief: false }));
    },

    async open(host, runtime, action) {
      if (action.workspace === null) return null;
      const workspace = await known.findQuickly(host, action.workspace);
      const refuse = (reason: string) =>
        workbenchError('workspace.cannotOpen', { name: workspace.name, reason }, { hostId: host.id });
      const request = { hosts, host, runtime, action, workspace };
      const decision = preflight(await gatherFacts(request, { isBrief: true }));
      const tree = treeOf(workspace);
      const reason = unnameable(tree);
      if (reason !== null) throw refuse(reason);
      const mount = await mountOf(request, decision);
      if (mount === null) {
        const first = decision.items.find(({ level }) => level === 'blocked');
        throw refuse(`${first?.sentence ?? decision.sentence} ${first?.nextStep ?? ''}`.trim());
      }
      const user = (await hosts.fact(host.id, 'userName')) ?? '';
      const layer = await layerWord(host, workspace);
      return {
        name: workspace.name,
        tree,
        mount,
        warnings: decision.items.flatMap(({ level, sentence }) => (level === 'warning' ? [sentence] : [])),
        wrap: (spec) => sessionCommand(spec, { folder: workspace.folder, tree, user, layer }),
        wrapInstance: (spec, name) =>
          sessionCommand(spec, {
            folder: workspace.folder,
            tree,
            user,
            layer,
            instance: { name, runtime: runtime.path },
          }),
      };
    },
  };
}

/** The route of a decision, made ready. Null for none. */
async function mountOf(
  {
    host,
    runtime,
    workspace,
  }: { readonly host: Host; readonly runtime: Runtime; readonly workspace: Workspace },
  { route }: Preflight,
): Promise<WorkspaceMount | null> {
  const tree = treeOf(workspace);
  switch (route) {
    case 'none':
      return null;
    case 'overlay': {
      const overlay = linkFolder(workspace);
      await makeLink(host, overlay, tree);
      return { route, overlay };
    }
    case 'environment':
      return { route, tree };
    case 'home':
    case 'bind':
      // A setuid starter cannot run in the namespace that holds the layers.
      return { route, tree, isNested: workspace.layered !== null && runtime.dialect.isSetuid === true };
  }
}

/**
 * A folder that serves as an overlay, with nothing in it but a link to the tree and what sets HOME for the start script of an
 * instance: no option may (seen with Apptainer 1.4.5).
 */
async function makeLink(host: Host, overlay: HostPath, tree: HostPath): Promise<void> {
  const at = (name: string) => joinPath(overlay, hostPathFromText(name));
  const script = `mkdir -p -- "$1/home" "$1/.singularity.d/env" "$2" && ln -sfn -- "$3" "$1/home/mysingularity" &&
printf 'HOME=%s\\nexport HOME\\n' "$4" >"$1/.singularity.d/env/91-mysingularity.sh"`;
  const { exitStatus, stderr } = await host.run(
    commandSpec(
      '/bin/sh',
      [
        '-c',
        script,
        'mysingularity',
        { path: at('upper') },
        { path: at('work') },
        { path: tree },
        workspaceHome,
      ],
      {
        purpose: 'Make the link to a workspace',
      },
    ),
  );
  if (exitStatus !== 0)
    throw workbenchError(
      'host.permissionDenied',
      { path: overlay, operation: 'write' },
      { hostId: host.id, evidence: stderr },
    );
}

interface Session {
  readonly folder: HostPath;
  readonly tree: HostPath;
  readonly user: string;
  /** As `layerWord` has it. */
  readonly layer: string;
  /** Where it is no session, but the start of an instance: what lists it. */
  readonly instance?: { readonly name: string; readonly runtime: HostPath };
}

function sessionCommand(spec: CommandSpec, { folder, tree, user, layer, instance }: Session): CommandSpec {
  const head = leaseHead({ user, what: spec.purpose });
  return commandSpec(
    '/bin/sh',
    [
      '-c',
      instance === undefined ? sessionScript : instanceScript,
      'mysingularity',
      { path: folder },
      { path: tree },
      head,
      layer,
      ...(instance === undefined ? [] : [instance.name, { path: instance.runtime }]),
      spec.program,
      ...spec.args,
    ],
    { purpose: spec.purpose, environment: spec.environment, byHand: byHand(spec, { folder, layer }) },
  );
}

/** What a person would type; over layers the mounts come first, in a namespace that goes with the program. */
function byHand(spec: CommandSpec, { folder, layer }: Pick<Session, 'folder' | 'layer'>): string {
  if (layer === '-') return showCommand(spec);
  const lower = layer === 'files' ? 'lower' : 'home/home/mysingularity';
  const steps = [
    `cd ${quotePath(folder)}`,
    ...(layer === 'files' ? [] : [`squashfuse -o uid=0,gid=0,offset=${layer} packed.sif home`]),
    `mount -t overlay overlay -o lowerdir=${lower},upperdir=upper,workdir=work,userxattr home`,
    `cd / && unshare -U --map-user=$U --map-group=$G ${showCommand(spec)}`,
  ];
  return `U=$(id -u) G=$(id -g) unshare -Urm sh -c ${quoteWord(steps.join(' && '))}`;
}
