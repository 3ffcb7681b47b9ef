import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { diagnose } from './doctor.ts';
import type { Host } from './host.ts';
import { createLocalHost } from './localHost.ts';
import { probeHost } from './probe.ts';

/**
 * The real probe of this machine with one fact really changed: in a user and mount namespace of its own, where the user
 * has his own id again (so that the try of newuidmap cannot succeed there; the test without changes covers it).
 */

const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' };
const here = createLocalHost({ environment, observer: { started: () => ({ ended: () => undefined }) } });
const { uid, gid, username } = userInfo();
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'small'), `${username}:100000:1000\n`);
  const file = '/etc/apptainer/apptainer.conf';
  const text = readFileSync(file, 'utf8');
  writeFileSync(join(folder, 'conf'), text.replace('user bind control = yes', 'user bind control = no'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** This machine after a line that only the probe sees. `$D` is the test's folder. */
function changedBy(line: string): Host {
  return {
    ...here,
    run: (spec, options) => {
      const back = `exec unshare -U --map-user=${uid} --map-group=${gid} "$@"`;
      const script = `D=${folder}; { ${line}; } || exit 9; ${back}`;
      const args = ['-Urm', '/bin/sh', '-c', script, 'sh', spec.program, ...spec.args];
      return here.run(commandSpec('unshare', args, { purpose: 'test' }), options);
    },
  };
}

async function diagnosisOf(host: Host) {
  return diagnose(await probeHost(host, { chosenPath: null, imageFolder: null }));
}

const hide = (...programs: readonly string[]) =>
  programs.map((program) => `mount --bind $D/empty ${program}`).join(' && ');

describe('the doctor of this machine', () => {
  it('finds nothing that blocks an ordinary user, within two seconds', async () => {
    const startedAt = performance.now();
    const { verdicts, features, facts } = await diagnosisOf(here);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(verdicts.filter(({ level }) => level === 'blocked')).toEqual([]);
    expect(verdicts.find(({ id }) => id === 'fakeroot')?.sentence).toBe(
      'You can build from definition files here: subuid fakeroot.',
    );
    const works = features.filter(({ here: state }) => state === 'works').map(({ id }) => id);
    expect(works).toEqual(
      expect.arrayContaining(['runSif', 'runSandbox', 'buildDefinition', 'overlayFolder', 'overlayImage']),
    );
    expect(facts.find(({ name }) => name === 'C library')?.value).toMatch(/glibc|musl/);
  });

  it.each(['dash', 'bash', 'busybox'])('is asked the same by %s', async (shell) => {
    const inShell: Host = {
      ...here,
      run: (spec, options) =>
        here.run(
          commandSpec(shell, shell === 'busybox' ? ['sh', ...spec.args] : spec.args, { purpose: 'test' }),
          options,
        ),
    };
    const probe = await probeHost(inShell, { chosenPath: null, imageFolder: null });
    expect(probe.values.get('complete')).toBe('yes');
    const ids = diagnose(probe).verdicts.map(({ id, level }) => `${id} ${level}`);
    expect(ids.sort()).toEqual(
      (await diagnosisOf(here)).verdicts.map(({ id, level }) => `${id} ${level}`).sort(),
    );
  });

  it.each([
    {
      what: 'no user namespaces',
      line: 'echo 1 > /proc/sys/user/max_user_namespaces',
      id: 'userNamespaces',
      level: 'blocked',
      feature: ['runSif', 'no'],
    },
    {
      what: 'no subordinate ids',
      line: hide('/etc/subuid'),
      id: 'fakeroot',
      level: 'risk',
      feature: ['buildDefinition', 'limited'],
    },
    {
      what: 'too few subordinate ids',
      line: 'mount --bind $D/small /etc/subuid',
      id: 'fakeroot',
      level: 'risk',
      feature: ['fakeroot', 'limited'],
    },
    {
      what: 'no newuidmap',
      line: hide('/usr/bin/newuidmap'),
      id: 'fakeroot',
      level: 'risk',
      feature: ['fakeroot', 'limited'],
    },
    {
      what: 'a closed /dev/fuse',
      line: 'mount --bind /dev/kmsg /dev/fuse',
      id: 'fuse',
      level: 'blocked',
      feature: ['overlayImage', 'no'],
    },
    {
      what: 'no squashfuse',
      line: hide('/usr/bin/squashfuse', '/usr/bin/squashfuse_ll'),
      id: 'fuse',
      level: 'risk',
      feature: ['mountSif', 'limited'],
    },
    {
      what: 'bind control off',
      line: 'mount --bind $D/conf /etc/apptainer/apptainer.conf',
      id: 'bindControl',
      level: 'blocked',
      feature: ['bind', 'no'],
    },
    {
      what: 'a noexec /tmp',
      line: 'mount -t tmpfs -o noexec none /tmp',
      id: 'temporary',
      level: 'risk',
      feature: ['runSif', 'works'],
    },
    {
      what: 'a read-only /tmp',
      line: 'mount -t tmpfs -o ro none /tmp',
      id: 'temporary',
      level: 'blocked',
      feature: ['runSif', 'works'],
    },
    {
      what: 'no runtime',
      line: hide('/usr/bin/apptainer'),
      id: 'runtime',
      level: 'blocked',
      feature: ['runSif', 'no'],
    },
  ] as const)('sees $what', async ({ line, id, level, feature }) => {
    const { verdicts, features } = await diagnosisOf(changedBy(line));
    expect(verdicts.find((verdict) => verdict.id === id)).toMatchObject({ level });
    expect([feature[0], features.find((one) => one.id === feature[0])?.here]).toEqual(feature);
  });
});
