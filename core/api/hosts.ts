import { folderName } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { freeHostId } from '#core/hosts/freeHostId.ts';
import { isPartId, listLeftoverParts, removeLeftoverPart } from '#core/transfer/leftoverParts.ts';
import { api } from './base.ts';
import type { Services } from './services.ts';

const shownEntries = 500;

export function hostsApi({
  hosts,
  hostChanges,
  offeredHosts,
  prompts,
  promptChanges,
  settings,
  jobsOf,
  ...services
}: Services) {
  const listed = () => settings.get().hosts;
  return {
    watch: api.hosts.watch.handler(async function* ({ signal }) {
      for await (const _ of hostChanges.follow(
        signal,
        () => ['changed'],
        (waiting) => waiting.slice(-1),
      ))
        yield { hosts: [...hosts.list()] };
    }),
    begin: api.hosts.begin.handler(() => {
      hosts.begin();
      return {};
    }),
    check: api.hosts.check.handler(({ input }) => hosts.check(input.hostId)),
    doctor: api.hosts.doctor.handler(({ input }) => hosts.doctor(input.hostId)),
    installAdvice: api.hosts.installAdvice.handler(({ input }) => hosts.installAdvice(input.hostId)),
    offered: api.hosts.offered.handler(async () => {
      const known = new Set(listed().map(({ destination }) => destination));
      return { hosts: (await offeredHosts()).filter(({ destination }) => !known.has(destination)) };
    }),
    add: api.hosts.add.handler(async ({ input }) => {
      requireNewLabel(listed(), input.label, null);
      const id = freeHostId(input.label, listed());
      await settings.change({ hosts: [...listed(), { ...input, id }] });
      hosts.settingsChanged();
      return hosts.summary(id);
    }),
    edit: api.hosts.edit.handler(async ({ input: { hostId, preferences } }) => {
      requireNewLabel(listed(), preferences.label, hostId);
      await settings.change({
        hosts: listed().map((host) => (host.id === hostId ? { ...preferences, id: hostId } : host)),
      });
      hosts.settingsChanged();
      return hosts.summary(hostId);
    }),
    remove: api.hosts.remove.handler(async ({ input: { hostId } }) => {
      if (services.tasks.runsOn(hostId) || services.terminals.runsOn(hostId))
        throw workbenchError('input.invalid', { reason: 'Tasks or terminals of this host still run.' });
      await settings.change({ hosts: listed().filter((host) => host.id !== hostId) });
      hosts.settingsChanged();
      return {};
    }),
    connect: api.hosts.connect.handler(({ input }) => hosts.connect(input.hostId)),
    disconnect: api.hosts.disconnect.handler(async ({ input }) => {
      await hosts.disconnect(input.hostId);
      return {};
    }),
    watchPrompts: api.hosts.watchPrompts.handler(async function* ({ signal }) {
      for await (const _ of promptChanges.follow(
        signal,
        () => ['changed'],
        (waiting) => waiting.slice(-1),
      ))
        yield { prompts: [...prompts.list()] };
    }),
    answerPrompt: api.hosts.answerPrompt.handler(({ input }) => {
      prompts.answer(input.id, input.answer);
      return {};
    }),
    leftovers: api.hosts.leftovers.handler(async ({ input: { hostId } }) => {
      const jobs = await (await jobsOf(hostId)).list();
      const ended = jobs
        .filter(({ id, state }) => (state === 'ended' || state === 'gone') && !services.tasks.isOpen(id))
        .map(({ id, title, sizeBytes, startedAt }) => ({ id, title, sizeBytes, modifiedAt: startedAt }));
      const { imageFolders } = hosts.summary(hostId);
      const parts = await listLeftoverParts(await hosts.open(hostId), imageFolders);
      return { leftovers: [...ended, ...(services.tasks.runsOn(hostId) ? [] : parts)] };
    }),
    removeLeftovers: api.hosts.removeLeftovers.handler(async ({ input: { hostId, ids } }) => {
      const jobs = await jobsOf(hostId);
      const host = await hosts.open(hostId);
      const { imageFolders } = hosts.summary(hostId);
      let removed = 0;
      for (const id of ids) {
        if (isPartId(id)) {
          if (services.tasks.runsOn(hostId) || !(await removeLeftoverPart(host, imageFolders, id))) continue;
        } else {
          const job = services.tasks.isOpen(id) ? null : await jobs.find(id);
          if (job === null) continue;
          await job.remove();
        }
        removed += 1;
      }
      return { removed };
    }),
    browse: api.hosts.browse.handler(async ({ input }) => {
      const host = await hosts.open(input.hostId);
      const entries = (await host.files.list(input.folder)).map(({ name, facts }) => ({
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

function requireNewLabel(
  hosts: readonly { readonly id: string; readonly label: string }[],
  label: string,
  own: string | null,
): void {
  const isTaken = label === 'local' || hosts.some((host) => host.label === label && host.id !== own);
  if (isTaken) throw workbenchError('input.invalid', { reason: `Another host is called ${label}.` });
}
