import { api } from './base.ts';
import { buildsApi } from './builds.ts';
import { cacheApi } from './cache.ts';
import { commandLogApi } from './commandLog.ts';
import { compareApi } from './compare.ts';
import { definitionsApi } from './definitions.ts';
import { handoverApi, syncApi } from './handover.ts';
import { hostsApi } from './hosts.ts';
import { imagesApi } from './images.ts';
import { instancesApi } from './instances.ts';
import { overlaysApi } from './overlays.ts';
import { recipesApi } from './recipes.ts';
import { registriesApi } from './registries.ts';
import { sandboxesApi } from './sandboxes.ts';
import type { Services } from './services.ts';
import { settingsApi } from './settings.ts';
import { systemApi } from './system.ts';
import { tasksApi } from './tasks.ts';
import { terminalsApi } from './terminals.ts';
import { trustApi } from './trust.ts';
import { workspacesApi } from './workspaces.ts';

/** The whole contract over these services: what every door serves. */
export function createRouter(services: Services) {
  return api.router({
    system: systemApi(services),
    handover: { ...handoverApi(services), ...syncApi(services) },
    hosts: hostsApi(services),
    images: imagesApi(services),
    instances: instancesApi(services),
    overlays: overlaysApi(services),
    builds: buildsApi(services),
    registries: registriesApi(services),
    recipes: recipesApi(services),
    sandboxes: sandboxesApi(services),
    tasks: tasksApi(services),
    terminals: terminalsApi(services),
    commandLog: commandLogApi(services),
    cache: cacheApi(services),
    definitions: definitionsApi(services),
    compare: compareApi(services),
    settings: settingsApi(services),
    trust: trustApi(services),
    workspaces: workspacesApi(services),
  });
}
export type Router = ReturnType<typeof createRouter>;
