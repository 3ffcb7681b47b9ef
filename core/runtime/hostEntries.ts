import { type HostPath, hostPathToText } from '#core/contract/hostPath.ts';
import type { ActionOptions, Bind, HostEntry } from '#core/contract/runtime.ts';
import { workspaceHome } from '#core/contract/workspaces.ts';
import { quotePath } from './shellWords.ts';
import type { WorkspaceMount } from './workspaceMount.ts';

/** What is known of the host when the panel is filled. */
export interface HostEntryFacts {
  readonly homeFolder: HostPath;
  /** Where the command starts; null when that is not known. */
  readonly workingFolder: HostPath | null;
  /** What takes the place of the home, and how. */
  readonly workspace?: { readonly name: string; readonly route: WorkspaceMount['route'] } | null;
}

export interface WhatEnters {
  readonly options: ActionOptions;
  readonly facts: HostEntryFacts;
}

/**
 * What of the host is seen inside a container, in plain words, for the isolation panel. True for the runtime's own
 * defaults: an administrator can add or take away folders for everybody. Order: home, folders, environment,
 * devices, processes, network, gpu.
 */
export function whatEnters({ options, facts }: WhatEnters): readonly HostEntry[] {
  return [
    ...homeEntries(options, facts),
    ...folderEntries(options, facts),
    ...options.binds.map(bindEntry),
    environmentEntry(options),
    devicesEntry(options),
    processesEntry(options),
    networkEntry(options),
    gpuEntry(options),
  ];
}

function homeEntries(options: ActionOptions, facts: HostEntryFacts): readonly HostEntry[] {
  const { homeFolder, workspace = null } = facts;
  const isByHome = workspace?.route === 'overlay' || workspace?.route === 'environment';
  const entersHome = options.isolation === 'host' && (workspace === null || isByHome);
  const home: HostEntry = entersHome
    ? {
        kind: 'home',
        enters: true,
        text: `Your home folder ${quotePath(homeFolder)}: everything in it can be read, changed and deleted.`,
      }
    : { kind: 'home', enters: false, text: 'Your home folder stays outside.' };
  return [
    ...(workspace === null ? [] : [workspaceEntry(workspace)]),
    home,
    packagesEntry(entersHome, workspace),
  ];
}

function workspaceEntry({ name, route }: NonNullable<HostEntryFacts['workspace']>): HostEntry {
  const place = route === 'environment' ? 'at its own path' : `as ${workspaceHome}`;
  return {
    kind: 'workspace',
    enters: true,
    text: `The workspace ${name} ${place}, which is the home folder inside: it can be read, changed and deleted.`,
  };
}

/** Python, R and others load packages of the home before those of the image. */
function packagesEntry(entersHome: boolean, workspace: HostEntryFacts['workspace']): HostEntry {
  if (entersHome && (workspace ?? null) === null)
    return {
      kind: 'packages',
      enters: true,
      text: 'Your dot files and ~/.local: packages in it, such as those of pip install --user, go before the image’s own.',
    };
  return {
    kind: 'packages',
    enters: false,
    text:
      (workspace ?? null) === null
        ? 'Your dot files and ~/.local stay outside.'
        : 'Your dot files and ~/.local stay outside; the workspace’s own are used.',
  };
}

function folderEntries({ isolation }: ActionOptions, facts: HostEntryFacts): readonly HostEntry[] {
  if (isolation === 'sealed')
    return [
      {
        kind: 'folder',
        enters: false,
        text: 'The working folder, /tmp and /var/tmp stay outside; /tmp is empty and in memory.',
      },
    ];
  const temporary: HostEntry = {
    kind: 'folder',
    enters: true,
    text: 'The host’s /tmp and /var/tmp, with what lies in them.',
  };
  if (isolation === 'clean' || (facts.workspace ?? null) !== null)
    return [{ kind: 'folder', enters: false, text: 'The working folder stays outside.' }, temporary];
  const { workingFolder } = facts;
  const working: HostEntry = {
    kind: 'folder',
    enters: true,
    text:
      workingFolder === null
        ? 'The working folder, where its path exists inside.'
        : `The working folder ${quotePath(workingFolder)}.`,
  };
  return workingFolder !== null && isWithin(workingFolder, facts.homeFolder)
    ? [temporary]
    : [working, temporary];
}

function bindEntry({ source, destination, isReadOnly }: Bind): HostEntry {
  return {
    kind: 'folder',
    enters: true,
    text: `${quotePath(source)} as ${destination}, ${isReadOnly ? 'read only' : 'can be changed'}.`,
  };
}

function environmentEntry({ isolation, environment }: ActionOptions): HostEntry {
  const given = environment.map(({ name }) => name).join(', ');
  if (isolation === 'host')
    return {
      kind: 'environment',
      enters: true,
      text: `All your environment variables, passwords and tokens in them included${given === '' ? '' : `; set for this run: ${given}`}.`,
    };
  return given === ''
    ? {
        kind: 'environment',
        enters: false,
        text: 'Your environment variables stay outside; your user name and home path are known inside.',
      }
    : { kind: 'environment', enters: true, text: `Only the variables set for this run: ${given}.` };
}

function devicesEntry({ isolation }: ActionOptions): HostEntry {
  return isolation === 'sealed'
    ? { kind: 'devices', enters: false, text: 'No devices but the harmless ones such as /dev/null.' }
    : { kind: 'devices', enters: true, text: 'The host’s /dev, as far as your user may use it.' };
}

function processesEntry({ isolation }: ActionOptions): HostEntry {
  return isolation === 'sealed'
    ? { kind: 'processes', enters: false, text: 'Only the container’s own processes are seen.' }
    : { kind: 'processes', enters: true, text: 'All processes are seen, and your own can be ended.' };
}

function networkEntry({ isolation }: ActionOptions): HostEntry {
  return isolation === 'sealed'
    ? { kind: 'network', enters: false, text: 'No network.' }
    : {
        kind: 'network',
        enters: true,
        text: 'The host’s network, services that listen on this machine included.',
      };
}

function gpuEntry({ gpu }: ActionOptions): HostEntry {
  switch (gpu) {
    case 'none':
      return { kind: 'gpu', enters: false, text: 'No GPU libraries are added.' };
    case 'nvidia':
      return {
        kind: 'gpu',
        enters: true,
        text: 'NVIDIA devices and driver libraries, where the host has them.',
      };
    case 'rocm':
      return { kind: 'gpu', enters: true, text: 'AMD devices and ROCm libraries, where the host has them.' };
  }
}

/** True when `path` is `folder` or lies below it, by its text. */
export function isWithin(path: HostPath, folder: HostPath): boolean {
  const [inner, outer] = [hostPathToText(path) ?? path, hostPathToText(folder) ?? folder];
  return inner === outer || outer === '/' || inner.startsWith(`${outer}/`);
}
