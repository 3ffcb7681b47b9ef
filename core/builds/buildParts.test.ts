import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PhaseTime } from '#core/contract/builds.ts';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { type HostId, hostIdSchema, localHostId } from '#core/contract/ids.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { buildOutline } from '#core/runtime/definition/buildOutline.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import type { FakerootMode } from '#core/runtime/hostConditions.ts';
import { createBuildFollower } from './buildFollower.ts';
import type { Definition } from './buildRequest.ts';
import { buildWay, type SudoChoice } from './buildWay.ts';
import { type NeededPlaces, neededFiles } from './neededFiles.ts';
import { shipmentOf } from './sendNeeded.ts';
import { canStoreBases } from './storedBases.ts';
import { sudoFailure } from './sudoBuild.ts';

const host: Host = createLocalHost({
  environment: {},
  observer: { started: () => ({ ended: () => undefined }) },
});
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clusterId = hostIdSchema.parse('cluster');
const cluster: Host = { ...host, id: clusterId, kind: 'ssh', label: 'cluster' };
const work = hostPathFromText('/w');

/** Where things may lie: the cluster has the same files, but for what a test says. */
function places(rest: Partial<NeededPlaces> & { readonly there?: Host } = {}) {
  const { there = cluster, ...given } = rest;
  const open = async (id: HostId) => (id === localHostId ? host : there);
  return { elsewhere: [], builderId: clusterId, open, work, ...given };
}

function definition(text: string, values: Readonly<Record<string, string>> = {}): Definition {
  return {
    name: 'x.def',
    path: null,
    hostId: localHostId,
    folder: hostPathFromText(join(folder, 'work')),
    text,
    outline: buildOutline(text, values),
  };
}

describe('what a build needs', () => {
  beforeEach(() => {
    mkdirSync(join(folder, 'work/tree/deep'), { recursive: true });
    mkdirSync(join(folder, 'else'));
    for (const name of [
      'work/a.txt',
      'work/b.txt',
      'work/.c.txt',
      'work/tree/deep/d',
      'else/e f',
      'work/base.sif',
    ])
      writeFileSync(join(folder, name), name);
  });

  const text = (rest: string) => `Bootstrap: localimage\nFrom: base.sif\n\n%files\n${rest}`;

  it('is found by the words of the definition, its patterns and its arguments', async () => {
    const asked = definition(
      text(
        '    *.txt /opt/\n    "../else/e f" /e\n    {{ which }}\n    nothere /x\n%files from build\n    /opt/app\n',
      ),
      { which: 'tree' },
    );
    const needed = await neededFiles(asked, places());
    expect(needed.map(({ source, line, kind, count }) => [source, line, kind, count])).toEqual([
      ['base.sif', 2, 'file', 1],
      ['*.txt', 5, 'file', 2],
      ['../else/e f', 6, 'file', 1],
      ['tree', 7, 'folder', 1],
      ['nothere', 8, 'missing', 0],
    ]);
  });

  it('may be there only where it is built', async () => {
    const asked = definition(text(`    ${folder}/gone /x\n    gone /x\n`));
    const stat = async (path: HostPath) =>
      path.endsWith('/gone') ? await host.files.stat(hostPathFromText('/')) : null;
    const there = { ...cluster, files: { ...host.files, stat } };
    const needed = await neededFiles(asked, places({ there }));
    expect(needed.map(({ kind }) => kind)).toEqual(['file', 'there', 'missing']);
  });

  it('keeps its place where it is sent, and what lies elsewhere gets one', async () => {
    const asked = definition(text(`    tree/deep /opt\n    ../else/e* /opt/\n    ${folder}/else\n`));
    const {
      text: sent,
      parcels,
      replaced,
    } = await shipmentOf(asked, await neededFiles(asked, places()), places());
    expect(parcels.map(({ to, entry }) => `${entry.kind} ${to}`)).toEqual([
      'file context/base.sif',
      'folder context/tree/deep',
      'file context/tree/deep/d',
      'file outside/2/e f',
      'folder outside/3/else',
      'file outside/3/else/e f',
    ]);
    expect(sent.split('\n').slice(4)).toEqual([
      '    tree/deep /opt',
      '    ../outside/2/e* /opt/',
      `    ../outside/3/else ${folder}/else`,
      '',
    ]);
    expect(replaced).toHaveLength(2);
  });

  it('may lie on a third machine, under another name, and goes from there to the one that builds', async () => {
    const asked = definition(text('    data.csv /opt/\n    gone/*.txt\n'));
    const elsewhere = [
      { source: 'data.csv', hostId: clusterId, path: hostPathFromText(join(folder, 'else/e f')) },
      { source: 'gone/*.txt', hostId: clusterId, path: hostPathFromText(join(folder, 'else')) },
    ];
    const here = places({ builderId: localHostId, elsewhere });
    const needed = await neededFiles(asked, here);
    expect(needed.map(({ kind, hostId, pickedPath, isSent }) => [kind, hostId, pickedPath, isSent])).toEqual([
      ['file', 'local', null, false],
      ['file', 'cluster', elsewhere[0]?.path, true],
      ['folder', 'cluster', elsewhere[1]?.path, true],
    ]);
    const shipment = await shipmentOf(asked, needed, here);
    expect(shipment.parcels.map(({ host: from, to }) => `${from.label} ${to}`)).toEqual([
      'cluster outside/1/data.csv',
      'cluster outside/2/else',
      'cluster outside/2/else/e f',
    ]);
    expect(shipment.text.split('\n').slice(4)).toEqual([
      '    /w/outside/1/data.csv /opt/',
      '    /w/outside/2/else gone/',
      '',
    ]);
    expect(shipment.workingFolder).toBe(asked.folder);
  });

  it('is used as it lies where it was picked on the machine that builds', async () => {
    const picked = hostPathFromText(join(folder, 'else/$(touch x)\n%post'));
    writeFileSync(join(folder, 'else/$(touch x)\n%post'), 'odd');
    const asked = definition(text('    data.csv /opt/\n'));
    const elsewhere = [{ source: 'data.csv', hostId: clusterId, path: picked }];
    const needed = await neededFiles(asked, places({ elsewhere }));
    const shipment = await shipmentOf(asked, needed, places({ elsewhere }));
    expect(shipment.links).toEqual([{ path: picked, to: 'outside/1/data.csv' }]);
    expect(shipment.parcels.map(({ to }) => to)).toEqual(['context/base.sif']);
    expect(shipment.text.split('\n')[4]).toBe('    ../outside/1/data.csv /opt/');
  });

  it('lies beside its definition, which may be on another host', async () => {
    const asked = { ...definition(text('    *.txt /opt/\n')), hostId: clusterId };
    const there = await neededFiles(asked, places());
    expect(there.map(({ isSent }) => isSent)).toEqual([false, false]);
    const atHome = await shipmentOf(asked, there, places());
    expect(atHome).toMatchObject({ text: asked.text, parcels: [], links: [], workingFolder: asked.folder });
    const here = places({ builderId: localHostId });
    const fetched = await shipmentOf(asked, await neededFiles(asked, here), here);
    expect(fetched.parcels.map(({ to }) => to)).toEqual([
      'context/base.sif',
      'context/a.txt',
      'context/b.txt',
    ]);
    expect(fetched.workingFolder).toBe('/w/context');
  });

  it('has no names that lead out of where it is sent', async () => {
    const asked = { ...definition(text('    tree /opt\n')), hostId: clusterId };
    for (const name of ['..', '.', 'a/../../b']) {
      const files = {
        ...host.files,
        list: async (path: HostPath) =>
          (await host.files.list(path)).map((entry) => ({ ...entry, name: name as HostPath })),
      };
      const hostile = places({ builderId: localHostId, there: { ...cluster, files } });
      await expect(neededFiles(asked, hostile)).rejects.toMatchObject({
        report: { code: 'transfer.failed' },
      });
    }
  });
});

describe('the output of a build', () => {
  function follower(resumeFrom: number, seen: readonly PhaseTime[] = []) {
    const log: (readonly [string, number | undefined])[] = [];
    const built = createBuildFollower(
      { log: (_stream, text, offset) => log.push([text, offset]), report: () => undefined, resumeFrom },
      {
        secrets: ['hunter2', 'hunter2-long'],
        output: { made: '/i/.x.part', target: '/i/x.sif' },
        seen,
        onPhase: () => undefined,
      },
    );
    return { built, log };
  }
  const output = Buffer.from(
    'INFO:    Starting build...\nINFO:    Running post scriptlet\n+ echo hunter2-long\nVERBOSE: chatter\nNumber of inodes 3\nINFO:    Build complete: /i/.x.part\n',
  );

  it('goes to the log without secrets, chatter and private names', () => {
    const { built, log } = follower(0);
    built.take(output, output.length);
    expect(log).toEqual([
      ['INFO: Starting build...', undefined],
      ['INFO: Running post scriptlet', undefined],
      ['+ echo ••••••', undefined],
      ['INFO: Build complete: /i/x.sif', output.length],
    ]);
  });

  it('is read again from its beginning when it is adopted, and goes to the log from where that ended', () => {
    const seen: PhaseTime[] = [
      { phase: 'send', startedAt: 1, endedAt: 2 },
      { phase: 'bootstrap', startedAt: 2, endedAt: 3 },
      { phase: 'post', startedAt: 3, endedAt: null },
    ];
    const from = output.indexOf('+ echo');
    for (const cut of [from - 5, from, from + 7]) {
      const { built, log } = follower(from, seen);
      built.take(output.subarray(0, cut), cut);
      built.take(output.subarray(cut), output.length);
      expect(log.map(([text]) => text)).toEqual(['+ echo ••••••', 'INFO: Build complete: /i/x.sif']);
      expect(built.progress().trace).toEqual(['echo hunter2-long']);
      expect(built.end('succeeded').phases.map(({ phase, startedAt }) => [phase, startedAt])).toEqual([
        ['send', 1],
        ['bootstrap', 2],
        ['post', 3],
        ['sif', expect.any(Number)],
      ]);
    }
  });
});

describe('the way of a build', () => {
  const noSudo: SudoChoice = { isChosen: false, state: 'missing', isElsewhere: false };
  const way = (fakeroot: FakerootMode, agent: string, form: 'sif' | 'sandbox' = 'sif', sudo = noSudo) =>
    buildWay(
      { dialect: createDialect('apptainer', '1.4.5', null), conditions: { fakeroot } },
      {
        byHand: 'apptainer build x',
        definition: definition(`Bootstrap: ${agent}\nFrom: x\n`),
        options: {
          form,
          binds: [],
          nv: false,
          architecture: null,
          noTest: false,
          compression: null,
          sourceDateEpoch: null,
          checkpoints: 'use',
        },
      },
      sudo,
    );

  it('says what will not work with it', () => {
    expect(way('subuid', 'debootstrap')).toMatchObject({
      canBuild: true,
      limits: [],
      asRoot: 'sudo apptainer build x',
    });
    expect(way('root', 'yum').asRoot).toBeNull();
    expect(way('rootMapped', 'debootstrap').limits.join(' ')).toContain('debootstrap will not work');
    expect(way('commandOnly', 'docker')).toMatchObject({ canBuild: false, isFromDocumentation: true });
    expect(way('commandOnly', 'docker', 'sandbox').canBuild).toBe(true);
    expect(way('none', 'docker').canBuild).toBe(false);
  });

  it('offers root through sudo where there is one, and says what becomes of owners', () => {
    const choice = (
      state: SudoChoice['state'],
      isChosen: boolean,
      form: 'sif' | 'sandbox' = 'sif',
      isElsewhere = false,
    ) => way('none', 'yum', form, { isChosen, state, isElsewhere });
    expect(choice('there', false)).toMatchObject({ canBuild: false, canSudo: true });
    expect(choice('there', true)).toMatchObject({ mode: 'sudo', canBuild: true, canSudo: true });
    expect(choice('there', true, 'sandbox').limits.join(' ')).toContain('become yours');
    expect(choice('blocked', true)).toMatchObject({ canBuild: false, canSudo: false });
    expect(choice('there', true, 'sif', true).limits.join(' ')).toContain('ends when the line is cut');
    expect(way('root', 'yum', 'sif', { isChosen: false, state: 'there', isElsewhere: false }).canSudo).toBe(
      false,
    );
  });

  it.each([
    ['\r\nSorry, try again.\r\nsudo: 3 incorrect password attempts\r\n', 1, 'password'],
    ['eve is not in the sudoers file.\r\n', 1, 'notAllowed'],
    ["Sorry, user eve is not allowed to execute '/bin/sh x' as root on here.\r\n", 1, 'notAllowed'],
    ['sudo: sorry, you must have a tty to run sudo\r\n', 1, 'terminal'],
    [
      'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\r\n',
      1,
      'blocked',
    ],
    ['sudo: no password was provided\r\nsudo: a password is required\r\n', 1, 'password'],
    ['sudo: a password is required\r\n', 1, 'closed'],
    ['hunter2\r\n[sudo] password for eve: ', 129, 'closed'],
    ['hunter2\r\nsudo: a thing of tomorrow\r\n', 1, 'other'],
  ])('reads why sudo did not begin: %j', (before, exitStatus, reason) => {
    const { report } = sudoFailure(
      before,
      { exitStatus, signal: null, isClosed: false },
      { hasBegun: false, hostId: localHostId },
    );
    expect(report).toMatchObject({ code: 'build.sudo', data: { reason } });
    expect(JSON.stringify(report)).not.toContain('hunter2'); // typed before the prompt stood there
    if (reason === 'notAllowed') expect(report.nextStep).toContain('in sudoers: eve ALL=(root) ALL.');
  });

  it.each([
    ['Bootstrap: docker\nFrom: alpine:3\n', true],
    ['Bootstrap: docker\nFrom: alpine:3\n\nBootstrap: docker\nFrom: quay.io/a/b\nStage: two\n', true],
    ['Bootstrap: docker\nFrom: alpine:3\n\nBootstrap: docker\nFrom: busybox\n', false],
    ['Bootstrap: docker\nRegistry: host\nFrom: alpine:3\n', false],
    ['Bootstrap: library\nFrom: alpine:3\n\nBootstrap: docker\nFrom: busybox\n', false],
    ['Bootstrap: localimage\nFrom: x.sif\n', false],
  ])('takes bases from the store where it can: %j', (text, expected) => {
    const runtime = { path: hostPathFromText('/a'), dialect: createDialect('apptainer', '1.4.5', null) };
    expect(canStoreBases({ definition: definition(text), runtime })).toBe(expected);
  });
});
