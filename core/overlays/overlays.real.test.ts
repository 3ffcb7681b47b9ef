import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { localHostId } from '#core/contract/ids.ts';
import { smallestOverlayBytes } from '#core/contract/overlays.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { type OverlaysFixture, openOverlays } from './overlays.fixture.ts';

const reason = whyMissing('apptainer', 'tiny', 'user');
const limit = { timeout: 60_000 };
const soon = { timeout: 20_000, interval: 50 };
const codeOf = async (work: Promise<unknown>) =>
  await work.then(
    () => 'done',
    (thrown: unknown) => reportOf(thrown).code,
  );

for (const name of ['local', 'cluster'] as const) {
  const missing = reason ?? (name === 'local' ? null : whyMissing('ssh'));
  describe.skipIf(missing !== null)(
    `overlays on ${name}${missing === null ? '' : ` (${missing})`}`,
    limit,
    () => {
      let fixture: OverlaysFixture;
      const here = mkdtempSync(join(tmpdir(), 'overlays-'));
      const one = (file: string) => ({ hostId: fixture.host.id, path: fixture.at(file) });
      const make = async (file: string) =>
        await fixture.run('overlay.create', {
          folder: null,
          fileName: file,
          sizeBytes: smallestOverlayBytes,
          folders: ['/home/mysingularity'],
          isFakeroot: false,
        });
      const inside = async (file: string, line: string) =>
        await fixture.say(`apptainer exec --overlay ${file} "$TINY" sh -c '${line}' 2>&1`);

      beforeAll(async () => {
        fixture = await openOverlays(name, here);
      }, 60_000);
      afterAll(async () => {
        await fixture.dispose();
        rmSync(here, { recursive: true, force: true });
      });

      it('are made with folders of the person, tell what they are and who holds them, and grow', async () => {
        await make('ov.img');
        expect(await codeOf(make('ov.img'))).toBe('image.targetExists');
        const fresh = await fixture.overlays.detail(one('ov.img'));
        expect(fresh).toMatchObject({
          sizeBytes: smallestOverlayBytes,
          isEmbedded: false,
          isOwn: true,
          wasUnmountedInOrder: true,
          holders: [],
          problem: null,
        });
        expect(fresh.allocatedBytes).toBeLessThan(smallestOverlayBytes / 4);
        expect(await inside('ov.img', 'echo kept >/home/mysingularity/kept; echo ok')).toBe('ok\n');

        const running = fixture.say(
          `mkdir -p bound; apptainer exec --bind "$PWD/bound:/mnt" --overlay ov.img "$TINY" sh -c 'echo in >/home/mysingularity/on; until [ -e /mnt/go ]; do sleep 0.1; done'`,
        );
        await vi.waitFor(async () => {
          const { holders, wasUnmountedInOrder } = await fixture.overlays.detail(one('ov.img'));
          expect(holders.map(({ command }) => command)).toContain('fuse2fs');
          expect(holders.some(({ isWriting, user }) => isWriting && user !== '')).toBe(true);
          expect(wasUnmountedInOrder).toBeNull();
        }, soon);
        const path = fixture.at('ov.img');
        for (const work of [
          () => fixture.run('overlay.grow', { path, sizeBytes: 2 * smallestOverlayBytes }),
          () => fixture.run('overlay.check', { path, isMended: false }),
          () => fixture.overlays.remove(one('ov.img')),
          () => fixture.overlays.planEmbed({ ...one('ov.img'), imagePath: fixture.image }),
        ])
          expect(await codeOf(work())).toBe('overlay.busy');
        const [holder] = (await fixture.overlays.detail(one('ov.img'))).holders;
        await fixture.say('touch bound/go');
        expect(holder?.processId).toBeGreaterThan(1);
        await running;
        await vi.waitFor(
          async () => expect((await fixture.overlays.detail(one('ov.img'))).holders).toEqual([]),
          soon,
        );

        await fixture.run('overlay.grow', {
          path: fixture.at('ov.img'),
          sizeBytes: 2 * smallestOverlayBytes,
        });
        expect(await fixture.overlays.detail(one('ov.img'))).toMatchObject({
          sizeBytes: 2 * smallestOverlayBytes,
          wasUnmountedInOrder: true,
          isOwn: true,
        });
        expect(await inside('ov.img', 'cat /home/mysingularity/kept')).toBe('kept\n');
        expect(
          await codeOf(
            fixture.run('overlay.grow', { path: fixture.at('ov.img'), sizeBytes: smallestOverlayBytes }),
          ),
        ).toBe('input.invalid');
      });

      it('are checked, and mended on a copy', async () => {
        await make('sound.img');
        const check = async (file: string, isMended: boolean) =>
          (await fixture.run('overlay.check', { path: fixture.at(file), isMended })).facts;
        expect(await check('sound.img', true)).toMatchObject({ isClean: true });
        // A block bitmap that knows of nothing, as after a crash of the host.
        await fixture.say(
          'cp sound.img hurt.img; PATH=$PATH:/usr/sbin:/sbin; debugfs -w -R "clri /upper/home" hurt.img; sha256sum <hurt.img >before',
        );
        expect(await check('hurt.img', false)).toMatchObject({
          isClean: false,
          report: expect.stringMatching(/home|inode/i),
        });
        expect(await fixture.say('sha256sum <hurt.img | cmp - before && echo same')).toBe('same\n');
        const mended = await check('hurt.img', true);
        expect(mended).toMatchObject({
          isClean: true,
          keptCopy: expect.stringContaining('hurt.img.damaged-'),
        });
        expect(await fixture.say('cat hurt.img.damaged-* | sha256sum | cmp - before && echo same')).toBe(
          'same\n',
        );
        expect(await check('hurt.img', false)).toMatchObject({ isClean: true });
        expect(await inside('hurt.img', 'echo works')).toBe('works\n');

        await fixture.say('head -c 3000000 sound.img >cut.img');
        expect(
          await codeOf(
            fixture.run('overlay.grow', { path: fixture.at('cut.img'), sizeBytes: 2 * smallestOverlayBytes }),
          ),
        ).toBe('overlay.damaged');
        expect(await fixture.say('stat -c %s cut.img; ls -A | grep -c part || true')).toBe('3000000\n0\n');
      });

      it('come out of an image again, which is then as it was', async () => {
        await make('out.img');
        await inside('out.img', 'echo secret-words >/home/mysingularity/deep');
        await fixture.say('cp "$TINY" plain.sif; cp "$TINY" more.sif');
        const unembed = async (file: string) =>
          await fixture.run('overlay.unembed', { path: fixture.at(file) });
        for (const file of ['plain.sif', 'more.sif'])
          await fixture.run('overlay.embed', { ...one('out.img'), imagePath: fixture.at(file) });
        expect(await fixture.say('grep -c secret-words more.sif')).toBe('1\n');
        // Something behind it, which stays where it is.
        await fixture.say('echo "{}" >more.json; apptainer sif add --datatype 6 more.sif more.json');
        for (const file of ['plain.sif', 'more.sif']) {
          await unembed(file);
          expect(
            await fixture.say(`apptainer exec ${file} echo runs; grep -c secret-words ${file} || true`),
          ).toBe('runs\n0\n');
          expect(await codeOf(fixture.overlays.detail(one(file)))).toBe('overlay.damaged');
        }
        const size = async (file: string) => Number(await fixture.say(`stat -Lc %s ${file}`));
        expect(await size('plain.sif')).toBe(await size('"$TINY"'));
        expect(await fixture.say('apptainer sif dump 5 more.sif')).toBe('{}\n');
        expect(await codeOf(unembed('out.img'))).toBe('input.invalid');
      });

      it('go into an image, which is then whole, listed, and refuses a second one', async () => {
        await make('in.img');
        await inside('in.img', 'echo deep >/home/mysingularity/deep');
        await fixture.say('cp "$TINY" app.sif');
        const input = { ...one('in.img'), imagePath: fixture.at('app.sif') };
        const plan = await fixture.overlays.planEmbed(input);
        expect(plan).toMatchObject({ overlayBytes: smallestOverlayBytes });
        expect(plan.command).toContain('sif add --datatype 4 --partfs 2');
        await fixture.run('overlay.embed', input);
        expect(await fixture.say('apptainer exec app.sif cat /home/mysingularity/deep')).toBe('deep\n');
        expect(await codeOf(fixture.run('overlay.embed', input))).toBe('input.invalid');
        const list = await fixture.overlays.list(fixture.host.id);
        expect(list.find(({ path }) => path === fixture.at('app.sif'))).toMatchObject({
          isEmbedded: true,
          sizeBytes: smallestOverlayBytes,
          isOwn: true,
          wasUnmountedInOrder: true,
        });
        expect(
          await codeOf(
            fixture.run('overlay.grow', { path: fixture.at('app.sif'), sizeBytes: 2 * smallestOverlayBytes }),
          ),
        ).toBe('input.invalid');
        expect(
          (await fixture.run('overlay.check', { path: fixture.at('app.sif'), isMended: false })).facts,
        ).toMatchObject({ isClean: true });
        await fixture.overlays.remove(one('in.img'));
        expect(await fixture.host.files.stat(fixture.at('in.img'))).toBeNull();
        expect(await codeOf(fixture.overlays.remove(one('app.sif')))).toBe('input.invalid');
        expect(await codeOf(fixture.overlays.detail(one('none.img')))).toBe('image.missing');
        expect(await codeOf(fixture.overlays.detail(one('tiny.sif')))).toBe('overlay.damaged');
      });
    },
  );
}

describe.skipIf(reason !== null)('overlays when the workbench is killed', limit, () => {
  let fixture: OverlaysFixture;
  const base = mkdtempSync(join(tmpdir(), 'overlays-killed-'));
  const here = join(base, 'files');
  let program = '';
  beforeAll(async () => {
    mkdirSync(here);
    program = await bundleProgram(
      new URL('./overlayWorker.fixture.ts', import.meta.url),
      join(base, 'program'),
    );
    fixture = await openOverlays('local', here);
    await fixture.run('overlay.create', {
      folder: null,
      fileName: 'ov.img',
      sizeBytes: smallestOverlayBytes,
      folders: ['/keep'],
      isFakeroot: false,
    });
    await fixture.say('cp "$TINY" app.sif; cp "$TINY" with.sif');
    const paths = { path: fixture.at('ov.img'), imagePath: fixture.at('with.sif') };
    await fixture.run('overlay.embed', paths);
    await fixture.say('sha256sum ov.img app.sif with.sif >before');
  }, 60_000);
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it.each([
    ['overlay.grow', 'Copying'],
    ['overlay.grow', 'Growing the copy'],
    ['overlay.embed', 'Copying'],
    ['overlay.embed', 'Adding the overlay to a copy of the image'],
    ['overlay.unembed', 'Taking the overlay out of a copy of the image'],
  ] as const)('%s, killed at “%s”, leaves the files whole and nothing beside them', async (kind, when) => {
    const input =
      kind === 'overlay.grow'
        ? { path: fixture.at('ov.img'), sizeBytes: 4 * smallestOverlayBytes }
        : kind === 'overlay.embed'
          ? { path: fixture.at('ov.img'), imagePath: fixture.at('app.sif') }
          : { path: fixture.at('with.sif') };
    const worker = spawn(
      process.execPath,
      [program, here, kind, JSON.stringify({ hostId: localHostId, ...input })],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let said = '';
    const ended = new Promise((resolve) => worker.on('close', resolve));
    worker.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes(when)) worker.kill('SIGKILL');
    });
    await ended;
    expect(said).toContain(when);
    expect(said).not.toContain('done');
    await fixture.overlays.removeLeftovers(localHostId);
    expect(
      await fixture.say('sha256sum --quiet -c before && echo whole; ls -A | grep part || echo none'),
    ).toBe('whole\nnone\n');
  });
});
