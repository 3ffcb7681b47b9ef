import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { StartInstanceInput } from '#core/contract/instances.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import { makeProgram, openUse, type UseFixture } from '#core/workspaces/use.fixture.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { createInstances } from './createInstances.ts';
import type { Instances } from './instances.ts';

const reason = whyMissing('apptainer', 'tiny', 'user');
const limit = { timeout: 60_000 };
const soon = { timeout: 20_000, interval: 50 };

for (const name of ['local', 'cluster'] as const) {
  const missing = reason ?? (name === 'local' ? null : whyMissing('ssh'));
  describe.skipIf(missing !== null)(
    `instances on ${name}${missing === null ? '' : ` (${missing})`}`,
    limit,
    () => {
      let fixture: UseFixture;
      let instances: Instances;
      let program: Uint8Array;
      const mine = `try-${name}-${process.pid}`;
      const folder = mkdtempSync(join(tmpdir(), 'instances-'));
      const one = () => ({ hostId: fixture.host.id, name: mine });
      const input = (more: Partial<StartInstanceInput> = {}): StartInstanceInput => ({
        hostId: fixture.host.id,
        imagePath: fixture.image,
        name: mine,
        options: defaultActionOptions,
        workspace: null,
        args: [],
        ...more,
      });
      const codeOf = async (work: Promise<unknown>) =>
        await work.then(
          () => 'done',
          (thrown: unknown) => reportOf(thrown).code,
        );
      const inside = async (line: string) => {
        const { program, environment } = await instances.resolveShell(one());
        const spec = commandSpec(program, ['exec', `instance://${mine}`, 'sh', '-c', line], {
          purpose: 'Test',
          environment,
        });
        return (await fixture.host.run(spec)).stdout;
      };

      beforeAll(async () => {
        program = makeProgram(folder);
        fixture = await openUse({ name, program });
        instances = createInstances({
          hosts: {
            open: () => Promise.resolve(fixture.host),
            runtime: () => Promise.resolve(fixture.runtime),
          },
          openWorkspace: fixture.use.open,
          rules: stderrRules,
          stateFolderOf: () => joinPath(fixture.folder, hostPathFromText('state')),
        });
      }, 60_000);
      afterAll(async () => {
        await instances.stop(one()).catch(() => undefined); // a test that failed may have left one
        await fixture.dispose();
        rmSync(folder, { recursive: true, force: true });
      });

      it('starts in a workspace, is listed with it, tells what it uses and wrote, and stops', async () => {
        const workspace = await fixture.make('plain');
        const { hostname } = { hostname: (await fixture.say('cat /proc/sys/kernel/hostname')).trim() };
        const started = await instances.start(input({ workspace: workspace.id, args: ['a b'] }));
        expect(started).toMatchObject({
          name: mine,
          node: hostname,
          imagePath: fixture.image,
          isRunning: true,
          outBytes: expect.any(Number),
          workspace: { id: workspace.id, name: 'plain' },
        });
        expect(Math.abs((started.startedAt ?? 0) - Date.now())).toBeLessThan(60_000);

        expect(await inside('echo $HOME; /home/mysingularity/bin/hello; echo kept >~/kept')).toBe(
          '/home/mysingularity\nhello from the library\n',
        );
        const [writer] = (await fixture.store.find(fixture.host, workspace.id)).writers;
        expect(writer).toMatchObject({ processId: started.processId, isAlive: true });

        const stats = await instances.stats(one());
        expect(stats.processes).toBeGreaterThan(0);
        expect(stats.memoryBytes).toBeGreaterThan(0);
        expect(stats.source === 'processes' ? stats.reason : '').toMatch(/control group|^$/);

        await inside('echo said >/proc/1/fd/1');
        expect(await instances.logs(one(), 4096)).toMatchObject({ out: expect.stringContaining('said') });
        expect(await codeOf(instances.start(input()))).toBe('instance.exists');

        await instances.stop(one());
        const { instances: left } = await instances.list(fixture.host.id);
        expect(left.filter((each) => each.name === mine)).toEqual([]);
        expect(await instances.logs(one(), 4096)).toMatchObject({ out: expect.stringContaining('said') });
        await vi.waitFor(
          async () => expect((await fixture.store.find(fixture.host, workspace.id)).writers).toEqual([]),
          soon,
        );
        expect(await fixture.say('cat "$1/plain/home/kept"', fixture.folder)).toBe('kept\n');
      });

      it('keeps a workspace over its packed file mounted until it ends, also by a kill, and no longer', async () => {
        const workspace = await fixture.makePacked('packed');
        const server = `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c "squashfuse -f -o uid=0,gid=0" || true`;
        const before = await fixture.say(server);
        const { processId } = await instances.start(input({ workspace: workspace.id }));
        expect(await inside('/home/mysingularity/bin/hello; echo new >~/new; stat -c %u ~/new')).toBe(
          `hello from the library\n${(await fixture.say('id -u')).trim()}\n`,
        );
        expect((await fixture.store.find(fixture.host, workspace.id)).writers).toHaveLength(1);
        await fixture.say('kill -9 "$1"', String(processId));
        await vi.waitFor(async () => {
          expect((await fixture.store.find(fixture.host, workspace.id)).writers).toEqual([]);
          expect(await fixture.say(server)).toBe(before);
        }, soon);
        expect(await fixture.say('cat "$1/packed/upper/new"; ls -A "$1/packed/leases"', fixture.folder)).toBe(
          'new\n',
        );
        await vi.waitFor(
          async () =>
            expect((await instances.list(fixture.host.id)).instances.some((each) => each.name === mine)).toBe(
              false,
            ),
          soon,
        );
      });

      it('names what is wrong', async () => {
        const none = { hostId: fixture.host.id, name: 'nobody-has-this' };
        expect(await codeOf(instances.stop(none))).toBe('instance.unknown');
        expect(await codeOf(instances.stats(none))).toBe('instance.unknown');
        expect(await codeOf(instances.logs(none, 100))).toBe('instance.unknown');
        expect(await codeOf(instances.resolveShell(none))).toBe('instance.unknown');
        const imagePath = joinPath(fixture.folder, hostPathFromText('none.sif'));
        expect(await codeOf(instances.start(input({ imagePath })))).toBe('image.missing');
        const text = joinPath(fixture.folder, hostPathFromText('text.sif'));
        await fixture.host.files.write(text, 'no image');
        expect(await codeOf(instances.start(input({ imagePath: text })))).toBe('image.notAnImage');
        const two = ['a', 'b'].map((each) => ({ path: hostPathFromText(`/x/${each}`), isReadOnly: false }));
        expect(
          await codeOf(instances.start(input({ options: { ...defaultActionOptions, overlays: two } }))),
        ).toBe('input.invalid');
      });

      // Another configuration needs a runtime of this machine.
      if (name !== 'local') return;
      describe('where binds are forbidden', () => {
        const opened: UseFixture[] = [];
        afterAll(() => Promise.all(opened.map((each) => each.dispose())));
        const restricted = async (configuration: Readonly<Record<string, string>>) => {
          const other = await openUse({ name, program, configuration });
          opened.push(other);
          const workspace = await other.make('linked');
          const own = createInstances({
            hosts: { open: () => Promise.resolve(other.host), runtime: () => Promise.resolve(other.runtime) },
            openWorkspace: other.use.open,
            rules: stderrRules,
            stateFolderOf: () => joinPath(other.folder, hostPathFromText('state')),
          });
          const start = async () =>
            await own.start({ ...input({ workspace: workspace.id }), imagePath: other.image });
          return { other, own, workspace, start };
        };

        it('has its workspace by a link in an overlay, and HOME for the start script too', async () => {
          const { other, own, workspace, start } = await restricted({ 'user bind control': 'no' });
          const { processId } = await start();
          try {
            const [writer] = (await other.store.find(other.host, workspace.id)).writers;
            expect(writer).toMatchObject({ processId, isAlive: true });
            // What the start script runs is a child of the instance's own process.
            const homes = async () =>
              await other.say(
                'for p in $(cat /proc/"$1"/task/"$1"/children); do tr "\\0" "\\n" <"/proc/$p/environ" | grep ^HOME=; done',
                String(processId),
              );
            await vi.waitFor(async () => expect(await homes()).toBe('HOME=/home/mysingularity\n'), soon);
            const shell = await own.resolveShell(one());
            const words = [
              'exec',
              `instance://${mine}`,
              'sh',
              '-c',
              'echo $HOME; ~/bin/hello; echo new >~/new',
            ];
            const { stdout } = await other.host.run(
              commandSpec(shell.program, words, { purpose: 'Test', environment: shell.environment }),
            );
            expect(stdout).toBe('/home/mysingularity\nhello from the library\n');
            expect(await other.say('cat "$1/linked/home/new"', other.folder)).toBe('new\n');
          } finally {
            await own.stop(one());
          }
        });

        it('is refused where overlays are forbidden too: the runtime lets nobody set HOME alone', async () => {
          const { other, workspace, start } = await restricted({
            'user bind control': 'no',
            'enable overlay': 'no',
          });
          expect(await codeOf(start())).toBe('workspace.cannotOpen');
          const said = async (...words: readonly string[]) =>
            await other.say(
              `runtime=$1 name=$2 tree=$3/home image=$4; "$runtime" instance start ${words.join(' ')} "$image" "$name" 2>&1
"$runtime" exec "instance://$name" sh -c 'echo "HOME=$HOME"; ls "$1" 2>&1' sh "$tree" 2>/dev/null; "$runtime" instance stop "$name" 2>&1`,
              other.runtime.path,
              mine,
              workspace.folder,
              other.image,
            );
          expect(await said('--env', '"HOME=$tree"')).toContain('is not permitted');
          const without = await said('--no-home', '--home', '"$tree"');
          expect(without).toContain(`HOME=${workspace.folder}/home\n`);
          expect(without).toContain('No such file or directory');
        });
      });

      // Their files are written into the home of this machine.
      it('shows what other nodes keep in the same home as theirs', async () => {
        const state = join(process.env['HOME'] ?? '', '.apptainer/instances/app/login9/me/far');
        execFileSync('mkdir', ['-p', state]);
        try {
          execFileSync('sh', [
            '-c',
            'printf %s "$1" >"$2/far.json"',
            'sh',
            '{"image":"/x/y z.sif","config":""}',
            state,
          ]);
          const { instances: all } = await instances.list(fixture.host.id);
          expect(all.find((each) => each.node === 'login9')).toMatchObject({
            name: 'far',
            imagePath: '/x/y z.sif',
            isRunning: null,
            processId: null,
          });
        } finally {
          execFileSync('rm', ['-r', join(process.env['HOME'] ?? '', '.apptainer/instances/app/login9')]);
        }
      });
    },
  );
}
