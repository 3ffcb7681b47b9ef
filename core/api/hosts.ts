import { folderName } from '#core/contract/hostPath.ts';
import { api } from './base.ts';
import type { Services } from './services.ts';

const shownEntries = 500;

export function hostsApi({ hosts, hostChanges }: Services) {
  return {
    watch: api.hosts.watch.handler(async function* ({ signal }) {
      hosts.begin();
      for await (const _ of hostChanges.follow(
        signal,
        () => ['changed'],
        (waiting) => waiting.slice(-1),
      ))
        yield { hosts: [...hosts.list()] };
    }),
    check: api.hosts.check.handler(({ input }) => hosts.check(input.hostId)),
    doctor: api.hosts.doctor.handler(async ({ input }) => ({
      verdicts: [...(await hosts.doctor(input.hostId))],
    })),
    installAdvice: api.hosts.installAdvice.handler(({ input }) => hosts.installAdvice(input.hostId)),
    browse: api.hosts.browse.handler(async ({ input }) => {
      const entries = (await hosts.get(input.hostId).files.list(input.folder)).map(({ name, facts }) => ({
        name,
        isFolder: facts.kind === 'folder',
      }));
      entries.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name));
      const parent = folderName(input.folder);
      return {
        folder: input.folder,
        parent: parent === input.folder ? null : parent,
        entries: entries.slice(0, shownEntries),
        isCut: entries.length > shownEntries,
      };
    }),
  };
}
