import { baseName, folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { ActionInput, PullInput, PullPlan, PushInput, PushPlan } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import type { DetachedJobs } from '#core/hosts/detachedJob.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { quoteWord } from '#core/runtime/shellWords.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import type { OpenActionWorkspace } from './actions.ts';
import { createHostImages, type HostImages } from './hostImages.ts';
import { openHostLedger } from './hostLedger.ts';
import { hostPullRequest } from './hostPullRequest.ts';
import type { Images } from './images.ts';
import { isUnchanged, type Ledger } from './ledger.ts';
import type { CredentialsOf, ImagePreferences } from './pullMeans.ts';
import { type OnHostMeans, planPullOnHost, pullOnHost } from './pullOnHost.ts';

/** What is known of an ssh host without asking it. */
export interface RemotePreferences extends ImagePreferences {
  /** What ssh reaches it by. */
  readonly destination: string;
  readonly temporaryFolder: HostPath | null;
  readonly cacheFolder: HostPath | null;
}

export interface ImagesOfHostsOptions {
  readonly local: Images;
  readonly localHost: Host;
  readonly hosts: {
    open(id: HostId): Promise<Host>;
    runtime(id: HostId): Promise<Runtime>;
    architecture(id: HostId): Promise<string>;
  };
  readonly preferencesOf: (id: HostId) => RemotePreferences;
  readonly credentialsOf: CredentialsOf;
  readonly jobsOf: (id: HostId) => Promise<DetachedJobs>;
  /** Sends a file of this machine to a host: what a push does. */
  readonly send: {
    plan(input: PushInput): Promise<PushPlan>;
    run(input: PushInput, context: TaskContext): Promise<TaskResult>;
    readonly definition: TaskDefinition<PushInput>;
  };
  /** What explains the runtimes' words: the site's rules first. */
  readonly rules: readonly StderrRule[];
  readonly openWorkspace: OpenActionWorkspace;
  /** Ordinary text: where our own records are. */
  readonly stateFolder: string;
  readonly onProblem: (text: string) => void;
}

/** The images of all hosts, by host. */
export interface ImagesOfHosts {
  readonly taskDefinitions: readonly TaskDefinition<unknown>[];
  /** Fails with host.unknown or host.notConnected. */
  of(id: HostId): Promise<HostImages>;
  planPull(input: PullInput): Promise<PullPlan>;
  planPush(input: PushInput): Promise<PushPlan>;
  resolveAction(input: ActionInput, passphrase: string | null): Promise<CommandSpec>;
  /** What is recorded of an unchanged file: its sha256 (hex) and where it came from. */
  knownFile(
    id: HostId,
    path: HostPath,
  ): Promise<{ readonly sha256: string; readonly reference: string | null } | null>;
  /** Files of a host with this sha256 (hex), by what is recorded of them, unchanged since; newest first. */
  filesWithDigest(id: HostId, sha256: string): Promise<readonly HostPath[]>;
  /** The folders of a host are others now. */
  foldersChanged(id: HostId, folders: readonly HostPath[]): void;
}

/** Puts the images of this machine and of ssh hosts behind one face. */
export function createImagesOfHosts(options: ImagesOfHostsOptions): ImagesOfHosts {
  const { local, hosts } = options;
  const remote = new Map<HostId, { readonly host: Host; readonly images: HostImages }>();
  const stateFolder = hostPathFromText(options.stateFolder);

  function ledgerOf(host: Host): Ledger {
    const { files } = options.localHost;
    return openHostLedger(host, { files, stateFolder, onProblem: options.onProblem });
  }

  async function of(id: HostId): Promise<HostImages> {
    if (id === localHostId) return local;
    const host = await hosts.open(id);
    const known = remote.get(id);
    if (known?.host === host) return known.images;
    await hosts.architecture(id); // the first probe proposes the folders
    const images = createHostImages({
      host,
      folders: options.preferencesOf(id).folders,
      ledger: ledgerOf(host),
      runtime: () => hosts.runtime(id),
      architecture: () => hosts.architecture(id),
      rules: options.rules,
      openWorkspace: options.openWorkspace,
    });
    remote.set(id, { host, images });
    return images;
  }

  async function meansOn(id: HostId): Promise<OnHostMeans> {
    const host = await hosts.open(id);
    return {
      host,
      jobs: await options.jobsOf(id),
      runtime: () => hosts.runtime(id),
      architecture: () => hosts.architecture(id),
      preferences: () => options.preferencesOf(id),
      ledger: ledgerOf(host),
      credentialsOf: options.credentialsOf,
      rules: options.rules,
    };
  }

  async function planPull(input: PullInput): Promise<PullPlan> {
    if (input.hostId === localHostId) return await local.planPull(input);
    const plan = await planPullOnHost(input, await meansOn(input.hostId));
    if (input.form === 'sandbox') return plan;
    const routes: PullPlan['routes'] = [
      ...plan.routes,
      {
        route: 'send',
        text: 'Fetched and made into a SIF on this machine (resumed, verified, layers shared), then sent there.',
      },
    ];
    return { ...plan, routes };
  }

  const pull: TaskDefinition<PullInput> = {
    ...local.pull,
    describe: (input) => (input.hostId === localHostId ? local.pull.describe(input) : describeRemote(input)),
    isDetachable: (input) => isOnHost(input),
    async run(input, context) {
      if (input.hostId === localHostId) return await local.pull.run(input, context);
      const result = isOnHost(input)
        ? await pullOnHost(input, context, await meansOn(input.hostId))
        : await fetchAndSend(input, context);
      await showNew(input.hostId);
      return result;
    },
  };
  const push: TaskDefinition<PushInput> = {
    ...options.send.definition,
    async run(input, context) {
      const result = await options.send.definition.run(input, context);
      await showNew(input.hostId);
      return result;
    },
  };

  /** A folder that was only just made is not followed yet: the list of its host is read anew. */
  async function showNew(id: HostId): Promise<void> {
    try {
      await remote.get(id)?.images.refresh();
    } catch (thrown) {
      options.onProblem(reportOf(thrown).title); // the image is there, whether or not the list says so
    }
  }

  function describeRemote(input: PullInput) {
    const { destination, ...preferences } = options.preferencesOf(input.hostId);
    const request = hostPullRequest(input, { preferences, runtime: null, hostArchitecture: '' });
    return {
      title: request.shown,
      hostId: input.hostId,
      target: request.target,
      byHand: `ssh ${quoteWord(destination)} ${quoteWord(request.byHand)}`,
    };
  }

  /** The image is made here for the host's processor, sent, and removed here. */
  async function fetchAndSend(input: PullInput, context: TaskContext): Promise<TaskResult> {
    if (input.form === 'sandbox')
      throw workbenchError('input.invalid', {
        field: 'route',
        reason: 'A sandbox is many small files: let the host’s own runtime pull it.',
      });
    const plan = await planPullOnHost(input, await meansOn(input.hostId));
    const outbox = joinPath(stateFolder, hostPathFromText('outbox'));
    const { files } = options.localHost;
    await files.makeFolder(outbox, 0o700);
    // The pull inside has the task's own record.
    const record = taskIdSchema.parse(`${context.id}-outbox`);
    const prefix = hostPathFromText(`${context.id}-`);
    const { records } = local.making;
    await records.begin(record, { files: [], folders: [{ parent: outbox, prefix }], resumable: [] });
    try {
      const folder = await files.makeTemporaryFolder(outbox, prefix);
      const here: PullInput = {
        ...input,
        hostId: localHostId,
        folder,
        fileName: hostPathFromText('image.sif'),
        overwrite: true,
        architecture: input.architecture ?? (await hosts.architecture(input.hostId)),
      };
      const made = await local.pull.run(here, context);
      return await options.send.run(
        {
          path: made.path ?? joinPath(folder, hostPathFromText('image.sif')),
          hostId: input.hostId,
          folder: folderName(plan.target),
          fileName: baseName(plan.target),
          overwrite: input.overwrite,
        },
        context,
      );
    } finally {
      await records.end(record, { isResumableKept: false });
    }
  }

  return {
    taskDefinitions: [pull, ...local.taskDefinitions.filter((definition) => definition !== local.pull), push],
    of,
    planPull,
    planPush: (input) => options.send.plan(input),
    resolveAction: async (input, passphrase) =>
      await (await of(input.hostId)).resolveAction(input, passphrase),
    async knownFile(id, path) {
      const host = id === localHostId ? options.localHost : await hosts.open(id);
      const facts = await host.files.stat(path);
      return facts === null ? null : await ledgerOf(host).find(path, facts);
    },
    async filesWithDigest(id, sha256) {
      const host = id === localHostId ? options.localHost : await hosts.open(id);
      const found: HostPath[] = [];
      for (const entry of await ledgerOf(host).findByDigest(sha256)) {
        const facts = await host.files.stat(entry.target);
        if (facts !== null && isUnchanged(entry, facts)) found.push(entry.target);
      }
      return found;
    },
    foldersChanged: (id, folders) => {
      if (id === localHostId) local.setFolders(folders);
      else remote.get(id)?.images.setFolders(folders);
    },
  };
}

/** By the host's own runtime, unless the person chose otherwise. */
function isOnHost(input: PullInput): boolean {
  return input.hostId !== localHostId && input.route !== 'send';
}
