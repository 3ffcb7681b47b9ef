import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostPath, hostPathFromText, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, taskIdSchema } from '#core/contract/ids.ts';
import type { Host } from '#core/hosts/host.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { createWorkspacesFixture, type WorkspacesFixture } from './workspaces.fixture.ts';

const observer = { started: () => ({ ended: () => undefined }) };
const why = whyMissing('ssh', 'sshFar');

/** bash with an rc file that prints, on the near host; tcsh on the far one. */
describe.skipIf(why !== null).each(['cluster', 'cluster-far-bob'])(
  `workspaces of %s${why === null ? '' : ` (${why})`}`,
  (name) => {
    let here: string;
    let connection: SshConnection;
    let host: Host;
    let there: HostPath;
    let fixture: WorkspacesFixture;
    beforeAll(async () => {
      here = mkdtempSync(join(tmpdir(), 'there-test-'));
      const configFile = join(here, 'ssh_config');
      copyFileSync(testbed().ssh.config, configFile);
      const id = hostIdSchema.parse(name);
      connection = createSshConnection({
        hostId: id,
        label: name,
        destination: name,
        port: null,
        sharesConnection: true,
        configFile,
        runtimeFolder: here,
        asker: nobody,
        onChange: () => undefined,
        environment: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' },
      });
      host = await openSshHost({ id, label: name, connection, observer, initLines: () => '' });
      there = await host.files.makeTemporaryFolder(host.homeFolder, "workspaces' test ");
      const parent = hostPathToText(there) ?? '';
      fixture = createWorkspacesFixture({ folder: join(here, 'state'), host, parent });
    });
    afterAll(async () => {
      await host.files.remove(there);
      await connection.disconnect();
      rmSync(here, { recursive: true, force: true });
    });
    const say = async (line: string, ...paths: readonly HostPath[]) =>
      (
        await host.run(
          commandSpec('/bin/sh', ['-c', line, 'sh', ...paths.map((path) => ({ path }))], { purpose: 'Test' }),
        )
      ).stdout;
    const treeOf = (tree: HostPath) =>
      say(
        `cd "$1" && { find . -mindepth 1 -printf '%P %y %m %l\\0'; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum; } | LC_ALL=C sort -z | base64`,
        tree,
      );
    const home = (folder: HostPath) => joinPath(folder, hostPathFromText('home'));

    it('makes, forks, keeps, restores and removes them as here', async () => {
      const source = joinPath(there, hostPathFromText('.source'));
      await say(
        `mkdir "$1" && cd "$1" && mkdir -p "$(printf 'a\\nb')" "$(printf '\\377x')" spack/.spack-db locked && echo one >"$(printf '\\377x')/f"
echo '{}' >spack/.spack-db/index.json; echo x >locked/x; ln -s /etc away; chmod 500 locked`,
        source,
      );
      const before = await treeOf(source);
      const made = await fixture.create('made', { from: { kind: 'folder', path: source } });
      expect(made.software).toEqual([{ kind: 'spack', path: './spack', count: 0, version: null }]);
      expect(made.lineage[0]?.by).toMatch(/^(?:alice|bob)@/);
      const fork = await fixture.create('fork', { from: { kind: 'workspace', id: made.id } });
      expect(await treeOf(home(fork.folder))).toBe(before);
      await fixture.run('workspace.snapshot', { id: made.id, note: 'first' });
      await say('echo changed >"$1/new"', home(made.folder));
      const snapshotId = (await fixture.one('made')).snapshots[0]?.id;
      await fixture.run('workspace.restore', { id: made.id, snapshotId });
      expect(await treeOf(home(made.folder))).toBe(before);
      expect((await fixture.one('made')).snapshots).toHaveLength(2);
      for (const { id } of [made, fork]) await fixture.run('workspace.remove', { id, isForced: false });
      expect(await say('cd "$1" && ls -A', there)).toBe('.source\n');
      expect(await treeOf(source)).toBe(before);
    });

    it('leaves nothing where the disk is full or the quota used up', async () => {
      const { small, quota } = testbed().ssh.places;
      const source = joinPath(there, hostPathFromText('.big'));
      await say('mkdir "$1" && head -c 12000000 /dev/urandom >"$1/big"', source);
      for (const [place, code] of [
        [small, 'disk.full'],
        [quota, 'disk.quota'],
      ] as const) {
        if (place === '') continue;
        const parent = await host.files.makeTemporaryFolder(hostPathFromText(place), 'workspaces-');
        const made = fixture.create('big', { parent, from: { kind: 'folder', path: source } });
        await expect(made).rejects.toMatchObject({ report: { code } });
        expect(await say('ls -A "$1"', parent)).toBe('');
        await host.files.remove(parent);
      }
    });

    it('finishes a copy whose line was cut, once it is back', async () => {
      const source = joinPath(there, hostPathFromText('.many'));
      await say('mkdir "$1" && cd "$1" && seq 1 4000 | xargs touch', source);
      const from = { kind: 'folder', path: source };
      const input = { name: 'cut', description: '', parent: null, imagePath: null, from };
      const id = taskIdSchema.parse(randomUUID());
      const onPhase = (phase: string) => void (phase === 'copy' && connection.disconnect());
      const made = fixture.run('workspace.create', input, { id, onPhase });
      await expect(made).rejects.toMatchObject({ name: 'TaskDetached' });
      await connection.connect();
      const { path } = await fixture.run('workspace.create', input, { id, isAdopted: true });
      expect(await treeOf(home(path ?? there))).toBe(await treeOf(source));
      expect((await say('ls -A "$1" | grep -e -', there)).trim()).toBe('');
      await fixture.run('workspace.remove', { id: (await fixture.one('cut')).id, isForced: false });
      await host.files.remove(source);
    });

    it('lists fifty with one command', async () => {
      const { folder } = await fixture.create('w0');
      await say(
        `cd "$1" && for i in $(seq 1 49); do cp -a w0 w$i && sed -i 's/"name":"w0"/"name":"w'$i'"/; s/"id":"[^"]*"/"id":"copy-number-'$i'"/' w$i/workspace.json; done`,
        there,
      );
      const before = fixture.commands();
      expect((await fixture.workspaces.list(host.id)).workspaces).toHaveLength(50);
      expect(fixture.commands() - before).toBe(1);
      expect(folder.startsWith(there)).toBe(true);
    });
  },
);
