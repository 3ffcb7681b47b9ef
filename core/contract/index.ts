import type { ContractRouterClient } from '@orpc/contract';
import { buildsContract } from './builds.ts';
import { cacheContract } from './cache.ts';
import { commandLogContract } from './commandLog.ts';
import { compareContract } from './compare.ts';
import { definitionsContract } from './definitions.ts';
import { handoverContract, syncContract } from './handover.ts';
import { hostsContract } from './hosts.ts';
import { imagesContract } from './images.ts';
import { instancesContract } from './instances.ts';
import { overlaysContract } from './overlays.ts';
import { recipesContract } from './recipes.ts';
import { registriesContract } from './registries.ts';
import { sandboxesContract } from './sandboxes.ts';
import { settingsContract } from './settings.ts';
import { systemContract } from './system.ts';
import { tasksContract } from './tasks.ts';
import { terminalsContract } from './terminals.ts';
import { trustContract } from './trust.ts';
import { workspacesContract } from './workspaces.ts';

/** Everything that a door offers. One file per noun. */
export const contract = {
  system: systemContract,
  handover: { ...handoverContract, ...syncContract },
  hosts: hostsContract,
  images: imagesContract,
  instances: instancesContract,
  overlays: overlaysContract,
  builds: buildsContract,
  registries: registriesContract,
  recipes: recipesContract,
  sandboxes: sandboxesContract,
  tasks: tasksContract,
  terminals: terminalsContract,
  commandLog: commandLogContract,
  cache: cacheContract,
  definitions: definitionsContract,
  compare: compareContract,
  settings: settingsContract,
  trust: trustContract,
  workspaces: workspacesContract,
};
export type Contract = typeof contract;
/** The contract as a client calls it. */
export type Client = ContractRouterClient<Contract>;
