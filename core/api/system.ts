import { api } from './base.ts';
import type { Services } from './services.ts';

export function systemApi({ version, door, capabilities, tasks, terminals }: Services) {
  return {
    about: api.system.about.handler(() => ({
      version,
      door,
      capabilities: [...capabilities],
      platform: process.platform,
      nodeVersion: process.versions.node,
    })),
    runningWork: api.system.runningWork.handler(() => ({
      tasks: tasks.runningCount(),
      terminals: terminals.runningCount(),
    })),
  };
}
